"""What an approver types: the customer as it shall be, or why not."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals import presets
from approvals.flows.decisions import Refusal
from approvals.models import ApprovalRequest
from components.forms import PortalForm
from console.forms.customers import CONTACT, OPTIONS, CustomerForm
from customers import codes

SIGNUP_ADDRESS = ("street", "suite", "city", "state", "postal_code")


class ApprovalForm(CustomerForm):
    """The customer that approval makes, prefilled with what was submitted."""

    sections = (
        (
            gettext_lazy("Organization"),
            ("organization_name", "code", "domain", "website", "industry"),
        ),
        (gettext_lazy("Primary contact"), CONTACT),
        (gettext_lazy("Address"), ("country", *SIGNUP_ADDRESS)),
        (gettext_lazy("More"), OPTIONS),
    )
    phone_names = ("contact_phone",)
    refreshes = False  # the page shows other things, too; a country's own rules are told on sending

    # Nobody knows these at sign-up. They can be added to the customer later.
    turnover = None  # type: ignore[assignment]
    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta(CustomerForm.Meta):
        fields = (
            *("organization_name", "code", "domain", "website", "industry"),
            *CONTACT,
            *SIGNUP_ADDRESS,
            "country",
            *OPTIONS,
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
