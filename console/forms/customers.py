"""The customer's information: all of it for making one, section by section for changing it."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, ClassVar, cast

from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from components.company_forms import AddressForm, DomainField, clean_phones, show_phones
from components.forms import PortalModelForm, Sections, Text
from console.forms.customer_fields import CustomFieldsMixin, custom_sections
from console.forms.editing import VersionedForm
from console.forms.lifecycle import LookAlikeForm
from console.forms.tags import TagsField
from customers import rules
from customers.flows.customers import CustomerDetails
from customers.models import Customer
from customers.models.addresses import BILLING, BILLING_PARTS, PARTS
from formats import typed

ORGANIZATION = (
    "organization_name",
    "code",
    "domain",
    "website",
    "industry",
    "account_type",
    "turnover",
    "turnover_currency",
)
CONTACT = ("contact_name", "contact_title", "contact_email", "contact_phone")
OPTIONS = ("test_drives_enabled", "notes")
HELP = {
    "contact_email": _("Gets the portal's notifications."),
    "notes": _("Only your team reads them."),
    "turnover_currency": _("Three letters, for example EUR."),
}


def code_field() -> forms.CharField:
    return forms.CharField(
        label=_("Code"),
        max_length=20,
        required=False,
        help_text=_("Short and unique, for example ACME. Left empty, it is made from the name."),
    )


def website_field() -> forms.URLField:
    return typed.web_address_field(label=_("Website"))


def domain_field() -> DomainField:
    return DomainField(
        label=_("Domain"),
        help_text=_("Of its mails and its website, for example example.com. Helps find doubles."),
    )


def turnover_field() -> forms.DecimalField:
    return typed.amount_field(
        label=_("Business turnover"),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text=_("In a year."),
    )


class CustomerDetailsForm(PortalModelForm):
    """Any part of a customer. Which fields it has is the subclass's `Meta.fields`."""

    phone_names: ClassVar[Sequence[str]] = ()

    class Meta:
        model = Customer
        fields: Sequence[str] = ()
        help_texts = HELP

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        show_phones(self, *self.phone_names)
        for field in self.fields.values():
            # Staff type somebody else's details: the browser must not offer their own.
            field.widget.attrs["autocomplete"] = "off"

    @property
    def details(self) -> CustomerDetails:
        """What the flow takes. Only after `is_valid`. What the country does not use is empty."""
        told = {name: self.cleaned_data.get(name, "") for name in self._meta.fields or ()}
        return cast("CustomerDetails", told)

    @property
    def phone_country(self) -> str:
        """Where numbers without a country code belong to."""
        return str(self.cleaned_data.get("country") or self.instance.country or "")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        clean_phones(self, *self.phone_names, country=self.phone_country)
        return cleaned

    def propose_code_from(self, url: str) -> None:
        """Let the browser ask `url` for a code while the name is typed. Works without, too."""
        self.fields["organization_name"].widget.attrs.update(
            {"data-proposes": self["code"].id_for_label, "data-propose-url": url}
        )

    def clean_code(self) -> str:
        return rules.code(self.cleaned_data["code"])

    def clean_turnover(self) -> Decimal | None:
        return rules.turnover(self.cleaned_data["turnover"])

    def clean_turnover_currency(self) -> str:
        turnover = self.cleaned_data.get("turnover")
        return rules.turnover_currency(self.cleaned_data["turnover_currency"], turnover)


class CustomerForm(AddressForm, CustomerDetailsForm):
    """A whole new customer. Bills go to the office until somebody says otherwise."""

    submit_label: Text = _("Create customer")
    phone_names: ClassVar[Sequence[str]] = ("contact_phone", "phone", "fax")
    sections: Sections = (
        (_("Organization"), ORGANIZATION),
        (_("Primary contact"), CONTACT),
        (_("Office address"), ("country", *[part for part in PARTS if part != "country"])),
        (_("More"), OPTIONS),
    )

    code = code_field()
    domain = domain_field()
    website = website_field()
    turnover = turnover_field()

    class Meta(CustomerDetailsForm.Meta):
        fields: Sequence[str] = (*ORGANIZATION, *CONTACT, *PARTS, *OPTIONS)


class CreateCustomerForm(CustomFieldsMixin, LookAlikeForm, CustomerForm):
    """The same fields and the custom ones, with a key of its own: sent twice, it makes one."""

    def get_layout(self) -> Layout:
        self.sections = (*type(self).sections, *custom_sections(self))
        return super().get_layout()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        # Sent again, the form must not stumble over the code of the customer that it made itself.
        if key := self.cleaned_data.get("key"):
            self.instance = Customer.objects.filter(pk=key).first() or self.instance
        return cleaned


class SectionForm(VersionedForm, CustomerDetailsForm):
    """One section of a customer that exists: saved on its own."""

    title: ClassVar[Text]
    submit_label: Text = _("Save changes")


class OrganizationForm(SectionForm):
    title = _("Organization details")

    code = code_field()
    domain = domain_field()
    website = website_field()
    turnover = turnover_field()

    class Meta(CustomerDetailsForm.Meta):
        fields = ORGANIZATION


class ContactForm(SectionForm):
    title = _("Primary contact")
    phone_names = ("contact_phone",)

    class Meta(CustomerDetailsForm.Meta):
        fields = CONTACT


class OfficeAddressForm(AddressForm, SectionForm):
    title = _("Office address")
    phone_names = ("phone", "fax")
    sections: Sections = (
        (_("Office address"), ("country", *[part for part in PARTS if part != "country"])),
    )

    class Meta(CustomerDetailsForm.Meta):
        fields = PARTS


class BillingAddressForm(AddressForm, SectionForm):
    title = _("Billing address")
    phone_names = ("billing_phone", "billing_fax")
    address_prefix = BILLING
    sections: Sections = (
        (
            _("Billing address"),
            (
                "billing_same_as_office",
                "billing_country",
                *[part for part in BILLING_PARTS if part != "billing_country"],
            ),
        ),
    )

    class Meta(CustomerDetailsForm.Meta):
        fields = ("billing_same_as_office", *BILLING_PARTS)
        help_texts = {
            **HELP,
            "billing_same_as_office": _("Then the boxes below stay empty."),
        }

    @property
    def phone_country(self) -> str:
        return str(self.cleaned_data.get("billing_country") or self.instance.country or "")

    def address_is_wanted(self) -> bool:
        return not self.cleaned_data.get("billing_same_as_office")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("billing_same_as_office"):
            # What stands in the boxes counts no more: without this, the model would object to it.
            cleaned.update({part: "" for part in BILLING_PARTS if part in self.fields})
            return cleaned
        if not cleaned.get("billing_street") and not cleaned.get("billing_city"):
            self.add_error("billing_same_as_office", str(rules.NO_BILLING_ADDRESS))
        return cleaned


class OptionsForm(SectionForm):
    title = _("Options and notes")

    class Meta(CustomerDetailsForm.Meta):
        fields = OPTIONS


class TagsForm(SectionForm):
    title = _("Tags")

    tags = TagsField(help_text=_("Separated by commas, for example: public sector, key account."))

    class Meta(CustomerDetailsForm.Meta):
        fields = ("tags",)

    def suggest(self, words: Iterable[str]) -> None:
        """Offer these tags to click."""
        field = self.fields["tags"]
        assert isinstance(field, TagsField)  # noqa: S101 - for the type checker
        field.suggest(words)


# What stands in the address of the page that edits it.
SECTIONS: dict[str, type[SectionForm]] = {
    "organization": OrganizationForm,
    "contact": ContactForm,
    "office-address": OfficeAddressForm,
    "billing-address": BillingAddressForm,
    "options": OptionsForm,
    "tags": TagsForm,
}
