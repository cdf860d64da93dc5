"""What staff type about requests for cloud accounts."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.flows.account_decisions import REASONS
from approvals.flows.decisions import Refusal
from approvals.models import ApprovalRequest
from components.forms import PortalForm, Text
from components.request_forms import long_text

_REASONS = [(each, ApprovalRequest.DeclineReason(each).label) for each in REASONS]


class VersionedRequestForm(PortalForm):
    """Carries the version of the request that the person read."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class DeclineAccountForm(VersionedRequestForm):
    submit_label: Text = gettext_lazy("Decline request")
    submit_kind = "danger"

    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        choices=[("", "—"), *_REASONS],
        help_text=gettext_lazy("Stands in the mail, too."),
    )
    message = long_text(
        gettext_lazy("Your words to the requester"),
        required=False,
        help_text=gettext_lazy("What is missing, or what the requester can do now."),
    )

    field_order = ("reason", "message", "version")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        unexplained = cleaned.get("reason") == ApprovalRequest.DeclineReason.OTHER
        if unexplained and not cleaned.get("message"):
            self.add_error("message", _("Say why in your own words, or choose another reason."))
        return cleaned

    @property
    def refusal(self) -> Refusal:
        """What the flow takes. Only after `is_valid`."""
        return Refusal(reason=self.cleaned_data["reason"], message=self.cleaned_data["message"])


class QuestionForm(VersionedRequestForm):
    submit_label: Text = gettext_lazy("Send question")

    text = long_text(
        gettext_lazy("What do you want to know?"),
        help_text=gettext_lazy("It is mailed to the requester, who answers on the request's page."),
    )

    field_order = ("text", "version")


class FinishForm(VersionedRequestForm):
    """For what was done in the provider's own console."""

    submit_label: Text = gettext_lazy("It is done")

    account_id = forms.CharField(
        label=gettext_lazy("Account ID"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("Of a new account: the ID that the provider gave it."),
    )

    field_order = ("account_id", "version")


class GiveUpForm(VersionedRequestForm):
    submit_label: Text = gettext_lazy("It could not be done")
    submit_kind = "danger"

    note = long_text(
        gettext_lazy("Why not?"), help_text=gettext_lazy("It is mailed to the requester.")
    )

    field_order = ("note", "version")
