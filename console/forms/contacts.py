"""What staff type about a customer's contacts."""

import uuid
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from components.company_forms import clean_phones, show_phones
from components.forms import PortalModelForm, Sections, Text
from console.forms.editing import VersionedForm
from customers.flows.contacts import FIELDS, ContactDetails
from customers.models import Contact, Customer

PHONES = ("phone", "mobile")


class ContactForm(PortalModelForm):
    """Somebody at the customer. Numbers are stored as E.164."""

    submit_label: Text = _("Save contact")
    sections: Sections = (
        (_("Person"), ("first_name", "last_name", "designation")),
        (_("Reached by"), ("email", "phone", "mobile")),
        (_("In the portal"), ("user_type", "gets_billing_alerts", "primary")),
    )

    class Meta:
        model = Contact
        fields = FIELDS
        labels = {"gets_billing_alerts": _("Gets billing alerts")}
        help_texts = {
            "designation": _("For example Head of IT."),
            "user_type": _("The role that the person gets when a user account is made."),
            "gets_billing_alerts": _("Mails about budgets and statements."),
        }

    def __init__(self, *args: Any, country: str = "", **kwargs: Any) -> None:
        self.country = country  # of numbers that are typed without a country code
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            # Staff type somebody else's details: the browser must not offer their own.
            field.widget.attrs["autocomplete"] = "off"
        show_phones(self, *PHONES)

    def get_layout(self) -> Any:
        self.sections = tuple(
            (legend, tuple(name for name in names if name in self.fields))
            for legend, names in self.sections
        )
        return super().get_layout()

    @property
    def details(self) -> ContactDetails:
        """What the flow takes. Only after `is_valid`."""
        return cast("ContactDetails", {name: self.cleaned_data[name] for name in FIELDS})

    def clean_email(self) -> str:
        return User.objects.normalize_email(self.cleaned_data["email"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        clean_phones(self, *PHONES, country=self.country)
        return cleaned


class AddContactForm(ContactForm):
    """The same fields, with a key of its own: sent twice, the form makes one contact."""

    submit_label: Text = _("Add contact")

    primary = forms.BooleanField(
        label=_("Primary contact"),
        required=False,
        help_text=_("Whom your team turns to first. Takes the place of whoever is primary now."),
    )
    key = forms.UUIDField(required=False, initial=uuid.uuid4, widget=forms.HiddenInput)

    def __init__(self, *args: Any, is_first: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_first:
            del self.fields["primary"]
            self.helper.layout = self.get_layout()


class EditContactForm(VersionedForm, ContactForm):
    """The same fields, with the version that the person saw when they began."""


def initial_from(customer: Customer) -> dict[str, str]:
    """The customer's own contact, as a proposal for the first one."""
    first, _space, last = customer.contact_name.strip().rpartition(" ")
    return {
        "first_name": first[:59],
        "last_name": last[:60],
        "designation": customer.contact_title,
        "email": customer.contact_email,
        "phone": customer.contact_phone,
    }
