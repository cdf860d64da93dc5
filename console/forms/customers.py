"""What staff type about a customer."""

import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from audit import trail
from components.forms import PortalModelForm, Sections, Text
from console.forms.customer_fields import CustomFieldsMixin, custom_sections
from customers.flows.customers import FIELDS, CannotEditError, CustomerDetails
from customers.models import Customer
from customers.validators import validate_phone
from resellers.validators import validate_currency

CENT = Decimal("0.01")


class CustomerForm(PortalModelForm):
    """The customer's information. The code is proposed from the name where it is left empty."""

    submit_label: Text = _("Create customer")
    sections: Sections = (
        (
            _("Organization"),
            (
                "organization_name",
                "code",
                "website",
                "industry",
                "account_type",
                "turnover",
                "turnover_currency",
            ),
        ),
        (
            _("Primary contact"),
            ("contact_name", "contact_title", "contact_email", "contact_phone"),
        ),
        (_("Address"), ("street", "suite", "city", "state", "postal_code", "country")),
        (_("More"), ("test_drives_enabled", "notes")),
    )

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        required=False,
        help_text=_("Short and unique, for example ACME. Left empty, it is made from the name."),
    )
    website = forms.URLField(
        label=_("Website"),
        required=False,
        assume_scheme="https",
        error_messages={"invalid": _("Enter a web address such as https://www.example.com.")},
    )
    turnover = forms.DecimalField(
        label=_("Business turnover"),
        max_digits=18,
        decimal_places=2,
        min_value=0,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text=_("In a year."),
        error_messages={"invalid": _("Enter a number without separators, such as 12500000.00.")},
    )

    class Meta:
        model = Customer
        fields = FIELDS
        help_texts = {
            "contact_email": _("Gets the portal's notifications."),
            "notes": _("Only your team reads them."),
            "turnover_currency": _("Three letters, for example EUR."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact_phone"].validators.append(validate_phone)
        for field in self.fields.values():
            # Staff type somebody else's details: the browser must not offer their own.
            field.widget.attrs["autocomplete"] = "off"

    @property
    def details(self) -> CustomerDetails:
        """What the flow takes. Only after `is_valid`."""
        return cast("CustomerDetails", {name: self.cleaned_data[name] for name in FIELDS})

    def propose_code_from(self, url: str) -> None:
        """Let the browser ask `url` for a code while the name is typed. Works without, too."""
        self.fields["organization_name"].widget.attrs.update(
            {"data-proposes": self["code"].id_for_label, "data-propose-url": url}
        )

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).upper()

    def clean_turnover(self) -> Decimal | None:
        turnover: Decimal | None = self.cleaned_data["turnover"]
        return None if turnover is None else turnover.quantize(CENT)

    def clean_turnover_currency(self) -> str:
        currency = str(self.cleaned_data["turnover_currency"]).upper()
        if self.cleaned_data.get("turnover") is None:
            return ""
        validate_currency(currency)
        return currency


class CreateCustomerForm(CustomFieldsMixin, CustomerForm):
    """The same fields and the custom ones, with a key of its own: sent twice, it makes one."""

    key = forms.UUIDField(required=False, initial=uuid.uuid4, widget=forms.HiddenInput)

    def get_layout(self) -> Layout:
        self.sections = (*type(self).sections, *custom_sections(self))
        return super().get_layout()

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        # Sent again, the form must not stumble over the code of the customer that it made itself.
        if key := self.cleaned_data.get("key"):
            self.instance = Customer.objects.filter(pk=key).first() or self.instance
        return cleaned


@dataclass(frozen=True)
class Conflict:
    """One field as it was, as somebody else left it, and as this person wants it."""

    label: str
    was: object
    theirs: object
    yours: object

    @property
    def is_touched(self) -> bool:
        """Whether this person changed the field too."""
        return self.yours != self.was


class EditCustomerForm(CustomerForm):
    """The same fields, with the version that the person saw when they began."""

    submit_label: Text = _("Save customer")

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def conflicts_with(self, error: CannotEditError) -> list[Conflict]:
        """Each field that somebody else changed, beside what was typed. Only after `is_valid`."""
        return [
            Conflict(
                label=str(self.fields[change.field].label),
                was=change.was,
                theirs=change.theirs,
                yours=trail.plain(self.cleaned_data[change.field]),
            )
            for change in error.changes
        ]

    def on_top_of(self, error: CannotEditError) -> dict[str, Any]:
        """How to build the form anew: their version, with what this person changed on top."""
        theirs = {
            change.field: change.theirs
            for change in error.changes
            if trail.plain(self.cleaned_data[change.field]) == change.was
        }
        initial = {**self.cleaned_data, **theirs, "version": error.customer.version}
        return {
            "data": None,
            "files": None,
            "instance": error.customer,
            "initial": initial,
        }


class CountryFilter(forms.Form):
    """Narrows the list of customers; everything else of its state rides along."""

    country = forms.ChoiceField(
        label=_("Country"),
        required=False,
        choices=lambda: [("", _("All countries")), *countries],
        widget=forms.Select(attrs={"class": "form-select"}),
    )
