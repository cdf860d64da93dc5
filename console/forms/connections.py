"""What the reseller says about their own AWS organization."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cloudaccounts.flows.connections import NOTHING_SEEN, ConnectionDetails
from cloudaccounts.models import Connection
from components.forms import PortalForm, Text
from console.forms.editing import VersionedForm


class ConnectionForm(VersionedForm, PortalForm):
    """The management account, and the role that leads into it."""

    submit_label: Text = _("Save connection")

    version = forms.IntegerField(min_value=NOTHING_SEEN, widget=forms.HiddenInput)
    account_id = forms.CharField(
        label=_("Management account ID"),
        max_length=20,
        help_text=_("12 digits. The account that owns your AWS organization."),
    )
    role_arn = forms.CharField(
        label=_("Role ARN"),
        max_length=2048,
        required=False,
        help_text=_("Left empty, the role has the name that the next page proposes."),
    )

    def __init__(
        self, *args: Any, instance: Connection, initial: dict[str, Any], **kwargs: Any
    ) -> None:
        stored = {"account_id": instance.account_id, "role_arn": instance.role_arn}
        super().__init__(*args, initial={**stored, **initial}, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    @property
    def details(self) -> ConnectionDetails:
        """What the flow takes. Only after `is_valid`."""
        return ConnectionDetails(self.cleaned_data["account_id"], self.cleaned_data["role_arn"])
