"""Which columns a file may have, and which header means which."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from customers import rules
from customers.codes import spell_out
from customers.flows.contacts import FIELDS as CONTACT_FIELDS
from customers.flows.customers import FIELDS as CUSTOMER_FIELDS
from customers.flows.filling import form_name
from customers.models import Contact, Customer, CustomField, Import
from customers.models.addresses import BILLING, BILLING_PARTS, SAME_AS_OFFICE

CUSTOMER_CODE = "customer_code"  # of the customer that a contact belongs to

# What else people and other products call a field, as `plain_header` has it.
ALIASES: dict[str, str] = {
    "organization_name": "organization organisation organisationname company companyname name"
    " customer customername firma firmenname kunde kundenname",
    "code": "customercode customerid customernumber kundennummer kundennr externalid",
    "website": "web url homepage webseite",
    "industry": "vertical branche",
    "turnover": "turnover revenue umsatz",
    "turnover_currency": "currency turnovercurrency waehrung",
    "contact_name": "contact primarycontact primarycontactname ansprechpartner",
    "contact_email": "email mail emailaddress contactemail primarycontactemail",
    "contact_phone": "contactphone telephone telefon",
    "contact_title": "contacttitle position",
    "street": "address address1 addressline1 strasse",
    "suite": "address2 addressline2 suite floor",
    "address_3": "address3",
    "city": "town ort stadt",
    "state": "state province region county bundesland",
    "postal_code": "zip zipcode postcode plz pin pincode",
    "country": "countrycode land",
    "phone": "officephone phone telephone telefon",
    "notes": "note comment comments bemerkung",
    SAME_AS_OFFICE: "sameasoffice sameasofficeaddress billingsameasofficeaddress samebillingaddress"
    " rechnungsadressewiebuero rechnungsadressegleich",
    "test_drives_enabled": "testdrives",
    CUSTOMER_CODE: "customer code customerid kundennummer kundennr",
    "first_name": "givenname forename vorname",
    "last_name": "surname familyname lastname nachname",
    "designation": "title jobtitle position",
    "email": "mail emailaddress",
    "mobile": "mobilephone cell cellphone handy mobil",
    "user_type": "role usertype rolle",
    "gets_billing_alerts": "billingalerts alerts",
}
_REQUIRED = {
    Import.What.CUSTOMERS: {"organization_name", "contact_name", "contact_email"},
    Import.What.CONTACTS: {CUSTOMER_CODE, "first_name", "last_name", "email"},
}
_EXAMPLES = {
    "organization_name": "Nordlicht Energie GmbH",
    "code": "NORDLICHT",
    "domain": "nordlicht.example",
    "website": "https://www.nordlicht.example",
    "industry": "Energy",
    "turnover": "12500000.00",
    "turnover_currency": "EUR",
    "contact_name": "Anna Petersen",
    "contact_title": "Head of IT",
    "contact_email": "anna.petersen@nordlicht.example",
    "contact_phone": "+49 40 300510",
    "street": "Jungfernstieg 1",
    "city": "Hamburg",
    "postal_code": "20095",
    "country": "DE",
    "phone": "+49 40 300511",
    SAME_AS_OFFICE: "yes",
    CUSTOMER_CODE: "NORDLICHT",
    "first_name": "Anna",
    "last_name": "Petersen",
    "designation": "Head of IT",
    "email": "anna.petersen@nordlicht.example",
    "mobile": "+49 160 1234567",
    "user_type": "viewer",
    "gets_billing_alerts": "yes",
}


@dataclass(frozen=True)
class Column:
    """A field that a column of the file can fill. `key` is the field's name in forms."""

    key: str
    label: str
    is_required: bool = False  # for a row that adds something
    example: str = ""
    field: CustomField | None = None

    @property
    def headers(self) -> set[str]:
        """What its header may be, plain."""
        own = {self.label, self.field.key} if self.field else {self.label, self.key}
        return {plain_header(each) for each in own} | set(ALIASES.get(self.key, "").split())


def columns_of(what: str, fields: Iterable[CustomField]) -> list[Column]:
    """Every column that a file may have. `fields`: the custom fields of customers."""
    if what == Import.What.CONTACTS:
        code = Column(CUSTOMER_CODE, _("Customer code"), True, _EXAMPLES[CUSTOMER_CODE])  # noqa: FBT003
        return [code, *(_column(what, name) for name in CONTACT_FIELDS)]
    live = [each for each in fields if not each.is_retired]
    return [*(_column(what, name) for name in CUSTOMER_FIELDS), *map(_custom, live)]


def guess(headers: Sequence[str], columns: Sequence[Column]) -> list[str]:
    """For each header the key of its column, or nothing. A column is given once.

    Labels and keys win over other names: "Title" is a custom field's before it is anything else.
    """
    guessed = [""] * len(headers)
    free = list(columns)
    for names in (_own_names, lambda column: column.headers):
        for number, header in enumerate(headers):
            plain = plain_header(header)
            found = next((each for each in free if plain and plain in names(each)), None)
            if found and not guessed[number]:
                guessed[number] = found.key
                free.remove(found)
    return guessed


def template(columns: Sequence[Column]) -> list[list[str]]:
    """The headers of a file with every column, required ones first, and an example."""
    ordered = sorted(columns, key=lambda column: not column.is_required)
    return [[each.label for each in ordered], [each.example for each in ordered]]


def plain_header(header: str) -> str:
    """A header without case, blanks and punctuation: "E-Mail Address*" is "emailaddress"."""
    return re.sub(r"[^a-z0-9]", "", spell_out(header).lower()) or header.strip().casefold()


def _own_names(column: Column) -> set[str]:
    key = column.field.key if column.field else column.key
    return {plain_header(column.label), plain_header(key)}


def _column(what: str, name: str) -> Column:
    model = Contact if what == Import.What.CONTACTS else Customer
    label = rules.label_of(model, name)
    if name.startswith("contact_"):
        bare = label.removeprefix("Contact ")
        label = _("Contact: %(field)s") % {"field": bare[:1].upper() + bare[1:]}
    elif name == SAME_AS_OFFICE:
        label = _("Billing: %(field)s") % {"field": label}
    elif name in BILLING_PARTS:
        # The labels of the two addresses are the same.
        office = rules.label_of(model, name.removeprefix(BILLING))
        label = _("Billing: %(field)s") % {"field": office}
    required = name in _REQUIRED[Import.What(what)]
    return Column(name, label, required, _EXAMPLES.get(name, ""))


def _custom(field: CustomField) -> Column:
    examples = {
        CustomField.Kind.NUMBER: "100",
        CustomField.Kind.DATE: "2026-11-22",
        CustomField.Kind.YES_NO: "yes",
    }
    offered = [each.label for each in field.options if not each.is_retired]
    example = offered[0] if offered else examples.get(CustomField.Kind(field.kind), "")
    return Column(form_name(field.key), field.label, field.required, example, field)
