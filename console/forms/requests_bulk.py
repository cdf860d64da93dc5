"""What staff say about a decision on many requests."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.flows.account_decisions import REASONS
from approvals.flows.bulk import SIGNUP, What
from approvals.flows.decisions import Refusal
from approvals.models import ApprovalRequest
from components.forms import PortalForm
from components.request_forms import long_text
from console.forms.bulk import Ids

Reason = ApprovalRequest.DeclineReason


class BulkDecisionForm(PortalForm):
    """Says that it is meant so. Each row is a request with the version that was shown."""

    guard = False

    what = forms.ChoiceField(
        choices=[(each.value, each.value) for each in What], widget=forms.HiddenInput
    )
    rows = Ids(required=False)


class BulkDeclineForm(BulkDecisionForm):
    """Asks for the one reason of all. `kind` is that of the requests."""

    submit_kind = "danger"

    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"), help_text=gettext_lazy("Stands in the mails, too.")
    )
    message = long_text(gettext_lazy("Your words to the requesters"), required=False)

    field_order = ("reason", "message", "what", "rows")

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reasons = Reason if kind == SIGNUP else [Reason(each) for each in REASONS]
        field = self.fields["reason"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [("", "—"), *((each.value, each.label) for each in reasons)]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("reason") == Reason.OTHER and not cleaned.get("message"):
            self.add_error("message", _("Say why in your own words, or choose another reason."))
        return cleaned

    @property
    def refusal(self) -> Refusal:
        """What the flow takes. Only after `is_valid`."""
        return Refusal(reason=self.cleaned_data["reason"], message=self.cleaned_data["message"])
