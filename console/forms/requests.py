"""What an approver types: the customer as it shall be, or why not."""

from typing import Any, cast

from django import forms
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals import presets
from approvals.flows.decisions import Refusal
from approvals.models import ApprovalRequest
from components.forms import PortalForm
from console.forms.customers import CustomerForm
from customers import codes
from customers.flows.customers import CustomerDetails


class ApprovalForm(CustomerForm):
    """The customer that approval makes, prefilled with what was submitted."""

    sections = (
        (gettext_lazy("Organization"), ("organization_name", "code", "website", "industry")),
        (
            gettext_lazy("Primary contact"),
            ("contact_name", "contact_title", "contact_email", "contact_phone"),
        ),
        (
            gettext_lazy("Address"),
            ("street", "suite", "city", "state", "postal_code", "country"),
        ),
        (gettext_lazy("More"), ("test_drives_enabled", "notes")),
    )

    # Nobody knows these at sign-up. They can be added to the customer later.
    turnover = None  # type: ignore[assignment]
    turnover_currency = None
    account_type = None
    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta(CustomerForm.Meta):
        fields = tuple(
            field
            for field in CustomerForm.Meta.fields
            if field not in {"turnover", "turnover_currency", "account_type"}
        )

    def __init__(self, *args: Any, request: ApprovalRequest, **kwargs: Any) -> None:
        kwargs["initial"] = {
            **presets.customer_details(request.signup),
            "code": codes.propose(request.signup.company),
            "version": request.version,
        }
        super().__init__(*args, **kwargs)
        self.action = reverse("console:requests:approve", args=[request.pk])
        label: Any = format_lazy(
            gettext_lazy("Approve and welcome {email}"), email=request.signup.email
        )
        self.submit_label = label

    @property
    def details(self) -> CustomerDetails:
        details = {name: self.cleaned_data[name] for name in self.Meta.fields}
        return cast("CustomerDetails", details)


class DeclineForm(PortalForm):
    submit_label = gettext_lazy("Decline request")
    submit_kind = "danger"

    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        choices=[("", "—"), *ApprovalRequest.DeclineReason.choices],
        help_text=gettext_lazy("Stands in the mail, too."),
    )
    message = forms.CharField(
        label=gettext_lazy("Your words to the customer"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("What is missing, or what the company can do now."),
    )
    silently = forms.BooleanField(
        label=gettext_lazy("Decline silently"),
        required=False,
        help_text=gettext_lazy("No mail is sent. Meant for spam."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        unexplained = cleaned.get("reason") == ApprovalRequest.DeclineReason.OTHER
        if unexplained and not cleaned.get("message") and not cleaned.get("silently"):
            self.add_error("message", _("Say why in your own words, or choose another reason."))
        return cleaned

    @property
    def refusal(self) -> Refusal:
        """What the flow takes. Only after `is_valid`."""
        return Refusal(
            reason=self.cleaned_data["reason"],
            message=self.cleaned_data["message"],
            silently=self.cleaned_data["silently"],
        )
