"""What staff say about one provider of a customer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cloudaccounts.flows.providers import NOTHING_SEEN, ProviderDetails
from cloudaccounts.models import CustomerProvider
from components.forms import PortalForm, Text
from console.forms.editing import VersionedForm


class ProviderForm(VersionedForm, PortalForm):
    """On or off, and seen by the customer's people or not."""

    submit_label: Text = _("Save provider")

    version = forms.IntegerField(min_value=NOTHING_SEEN, widget=forms.HiddenInput)
    is_enabled = forms.BooleanField(
        label=_("Enabled"),
        required=False,
        help_text=_("Cloud accounts of this provider can be added and requested."),
    )
    shown_in_portal = forms.BooleanField(
        label=_("Show in the customer portal"),
        required=False,
        help_text=_("The customer's people see their accounts and may ask for more."),
    )

    def __init__(
        self, *args: Any, instance: CustomerProvider, initial: dict[str, Any], **kwargs: Any
    ) -> None:
        stored = {
            "is_enabled": instance.is_enabled,
            # Usual for what is switched on for the first time.
            "shown_in_portal": instance.shown_in_portal or not instance.is_enabled,
        }
        super().__init__(*args, initial={**stored, **initial}, **kwargs)

    @property
    def details(self) -> ProviderDetails:
        """What the flow takes. Only after `is_valid`."""
        told = self.cleaned_data
        return ProviderDetails(
            is_enabled=told["is_enabled"],
            shown_in_portal=told["is_enabled"] and told["shown_in_portal"],
        )
