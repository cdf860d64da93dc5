"""What staff say about where a customer's detailed bills are put."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cloudaccounts.flows.bill_places import LONGEST_PREFIX, BillPlace
from cloudaccounts.flows.providers import NOTHING_SEEN
from cloudaccounts.models import CloudAccount, CustomerProvider
from components.forms import PortalForm, Text
from console.forms.editing import VersionedForm


class BillPlaceForm(VersionedForm, PortalForm):
    """A bucket of the customer's own."""

    submit_label: Text = _("Save")

    version = forms.IntegerField(min_value=NOTHING_SEEN, widget=forms.HiddenInput)
    exports_bill = forms.BooleanField(label=_("Export the detailed bill to S3"), required=False)
    bill_owner_id = forms.ChoiceField(
        label=_("Account that owns the bucket"),
        required=False,
        help_text=_("One of the customer's linked AWS accounts."),
    )
    bill_bucket = forms.CharField(label=_("Bucket"), max_length=63, required=False)
    bill_region = forms.CharField(
        label=_("Region"), max_length=40, required=False, help_text=_("Such as eu-central-1.")
    )
    bill_prefix = forms.CharField(
        label=_("Prefix"),
        max_length=LONGEST_PREFIX,
        required=False,
        help_text=_("The folder in the bucket, such as bills/cloud/. May be empty."),
    )

    def __init__(
        self,
        *args: Any,
        instance: CustomerProvider,
        owners: Iterable[CloudAccount],
        initial: dict[str, Any],
        **kwargs: Any,
    ) -> None:
        names = ("exports_bill", "bill_owner_id", "bill_bucket", "bill_region", "bill_prefix")
        stored = {name: getattr(instance, name) for name in names}
        super().__init__(*args, initial={**stored, **initial}, **kwargs)
        offered = {each.account_id: f"{each.name} ({each.account_id})" for each in owners}
        field = self.fields["bill_owner_id"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = [("", "—"), *offered.items()]
        for each in self.fields.values():
            each.widget.attrs["autocomplete"] = "off"

    @property
    def place(self) -> BillPlace:
        """What the flow takes. Only after `is_valid`."""
        told = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        return BillPlace(**told)
