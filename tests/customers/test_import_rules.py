"""A file and a form take and refuse the same values: the rules have one home."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from console.forms.contacts import AddContactForm
from console.forms.customers import BillingAddressForm, CreateCustomerForm
from customers.flows import customers as customer_flows
from customers.flows.contacts import ContactDetails
from customers.imports.contact_rows import ContactPlan, ContactTaker
from customers.imports.customer_rows import CustomerPlan, CustomerTaker
from customers.imports.reading import Typed
from customers.models import Contact, Customer, CustomField, Import
from customers.models.addresses import BILLING_PARTS
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory, CustomFieldFactory

pytestmark = [pytest.mark.usefixtures("alpha"), pytest.mark.django_db]
several = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

LEAST = {"organization_name": "Acme", "contact_name": "Anna", "contact_email": "a@a.example"}
ANNA = {"first_name": "Anna", "last_name": "Miller", "email": "a@a.example"}
# What people type, and what goes wrong in it.
TEXTS = st.one_of(
    st.text(max_size=30),
    st.text("abcXYZ09.-@/:+= äß\u00a0\t", max_size=24),
    st.sampled_from(
        [
            "x" * 19,
            "x" * 61,
            "x" * 101,
            "x" * 201,
            "x" * 260,
            "a\x00b",
            "a\u202eb",
            "a\nb",
            "\ud800",
        ]
    ),
)
EMAILS = st.one_of(TEXTS, st.emails(), st.sampled_from(["A@B.example", " a@b.example ", "a@b"]))
PHONES = st.one_of(
    TEXTS, st.sampled_from(["030 901820", "+49 30 901820", "0049 30 9", "+49 30 901820 x 5", "+1"])
)
WEB = st.one_of(
    TEXTS,
    st.sampled_from(
        ["www.acme.example", "https://acme.example/x?y", "javascript:alert(1)", "ftp://x.example"]
    ),
)
AMOUNTS = st.one_of(
    st.decimals(allow_nan=True).map(str),
    st.floats().map(str),
    st.sampled_from(
        ["1.5", "1.555", "-1", "1,5", "9" * 16, "9" * 17, "NaN", "Infinity", "1e5", "٣"]
    ),
)
CELLS: dict[str, st.SearchStrategy[str]] = {
    "organization_name": TEXTS,
    "code": st.one_of(TEXTS, st.text("abcABC019-", max_size=22)),
    "domain": st.one_of(WEB, st.text("abc.-ü", max_size=30)),
    "website": WEB,
    "industry": TEXTS,
    "account_type": TEXTS,
    "turnover": AMOUNTS,
    "turnover_currency": st.one_of(TEXTS, st.sampled_from(["EUR", "eur", "E"])),
    "contact_name": TEXTS,
    "contact_title": TEXTS,
    "contact_email": EMAILS,
    "contact_phone": PHONES,
    "street": TEXTS,
    "city": TEXTS,
    "postal_code": st.one_of(TEXTS, st.sampled_from(["10115", "1011", "sw1a 1aa"])),
    "country": st.sampled_from(["", "DE", "US", "GB", "AQ"]),
    "phone": PHONES,
    "fax": PHONES,
    "notes": TEXTS,
}
BILLING_CELLS: dict[str, st.SearchStrategy[str]] = {
    "billing_street": TEXTS,
    "billing_city": TEXTS,
    "billing_landmark": TEXTS,
    "billing_postal_code": st.one_of(TEXTS, st.sampled_from(["1010", "10115"])),
    "billing_country": st.sampled_from(["", "DE", "US", "AT"]),
    "billing_phone": PHONES,
}
IN_WIEN = {"billing_city": "Wien", "billing_same_as_office": False}
CONTACT_CELLS: dict[str, st.SearchStrategy[str]] = {
    "first_name": TEXTS,
    "last_name": TEXTS,
    "designation": TEXTS,
    "email": EMAILS,
    "phone": PHONES,
    "mobile": PHONES,
}


def cells(known: dict[str, st.SearchStrategy[str]]) -> st.SearchStrategy[dict[str, str]]:
    """One to three cells of different columns."""
    names = st.lists(st.sampled_from(sorted(known)), min_size=1, max_size=3, unique=True)
    return names.flatmap(
        lambda chosen: st.fixed_dictionaries({each: known[each] for each in chosen})
    )


@contextmanager
def undone() -> Iterator[None]:
    """What one example writes, the next one does not meet, whatever became of it."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def texts_of(typed: dict[str, str]) -> dict[str, str]:
    return {key: text.strip() for key, text in typed.items() if text.strip()}


def imported(typed: dict[str, str]) -> CustomerPlan:
    source = Import(id=uuid.uuid4(), what=Import.What.CUSTOMERS)
    (plan,) = CustomerTaker(source, ()).plan([Typed(2, texts_of(typed))], to_take=False)
    return plan


def stored(details: dict[str, Any]) -> dict[str, Any]:
    """What a customer made of these details holds."""
    customer = Customer(**details)
    return {
        name: str(getattr(customer, name)) if name == "country" else getattr(customer, name)
        for name in details
    }


@several
@given(cells(CELLS))
@example({"turnover": "5", "turnover_currency": "eur"})
@example({"turnover_currency": "0000"})
@example({"organization_name": "a\0b"})
@example({"organization_name": "\ud800"})
@example({"code": "A\0"})
@example({"country": "DE", "street": "Weg 1", "city": "Berlin", "postal_code": "10115"})
@example({"country": "DE", "contact_phone": "030 901820", "phone": "030 901820"})
def test_a_new_customer_is_taken_or_refused_alike(typed: dict[str, str]) -> None:
    row = {**LEAST, **typed}
    form = CreateCustomerForm({**row, "key": str(uuid.uuid4())}, definitions=[])
    plan = imported(row)

    assert form.is_valid() is not bool(plan.problems), (form.errors, plan.problems)
    if plan.customer:
        told = {name: value for name, value in form.details.items() if name != "code" or value}
        made = {name: getattr(plan.customer, name) for name in told}
        made["country"] = str(made["country"])
        assert made == stored(told)


@several
@given(cells(CONTACT_CELLS), st.sampled_from(["", "DE", "US"]))
@example({"email": "a\0@b.example"}, "")
@example({"email": "\ud800"}, "")
def test_a_new_contact_is_taken_or_refused_alike(typed: dict[str, str], country: str) -> None:
    with undone():
        CustomerFactory.create(code="ACME", country=country)
        row = {**ANNA, **typed}
        form = AddContactForm({**row, "user_type": "viewer"}, country=country)
        source = Import(id=uuid.uuid4(), what=Import.What.CONTACTS)
        texts = {**texts_of(row), "customer_code": "ACME"}
        plan: ContactPlan
        (plan,) = ContactTaker(source, ()).plan([Typed(2, texts)], to_take=False)

        assert form.is_valid() is not bool(plan.problems), (form.errors, plan.problems)
        if plan.contact:
            details: ContactDetails = form.details
            made = Contact(**details)
            assert all(getattr(plan.contact, name) == getattr(made, name) for name in details)


@several
@given(
    cells(BILLING_CELLS),
    st.sampled_from(["yes", "no"]),
    st.sampled_from([{}, IN_WIEN]),
)
@example({"billing_city": "Wien"}, "yes", {})
@example({"billing_landmark": "Tower"}, "no", {})
@example({"billing_phone": "nonsense"}, "yes", {})
@example({"billing_landmark": "Tower"}, "no", IN_WIEN)
def test_a_billing_address_is_taken_or_refused_alike(
    typed: dict[str, str], same: str, before: dict[str, Any]
) -> None:
    """The form begins with what is stored; an empty cell leaves it."""
    with undone():
        customer = CustomerFactory.create(code="ACME", country="DE", **before)
        boxes = {**before, **texts_of(typed), "version": 1}
        boxes["billing_same_as_office"] = "on" if same == "yes" else ""
        form = BillingAddressForm(boxes, instance=Customer.objects.get(pk=customer.pk))
        row = {**texts_of(typed), "code": "ACME", "billing_same_as_office": same}
        plan = imported(row)

        assert form.is_valid() is not bool(plan.problems), (form.errors, plan.problems)
        if plan.customer:
            by_form = Customer.objects.get(pk=customer.pk)
            customer_flows.edit(by_form, form.details, version=1, by=UserFactory.create())
            by_form.refresh_from_db()
            names = ("billing_same_as_office", *BILLING_PARTS)
            told = {name: getattr(plan.customer, name) for name in names}
            assert told == {name: getattr(by_form, name) for name in names}


@pytest.mark.parametrize("kind", CustomField.Kind.values)
@settings(parent=several, max_examples=25)
@given(text=st.one_of(TEXTS, AMOUNTS, st.dates().map(str), st.sampled_from(["Gold", "tin", "yes"])))
def test_a_custom_value_is_taken_or_refused_alike(kind: str, text: str) -> None:
    with undone():
        trait = {} if kind == "text" else {kind: True}
        field = CustomFieldFactory.create(key="own", label="Own", **trait)
        form = CreateCustomerForm(
            {**LEAST, "field.own": text, "key": str(uuid.uuid4())}, definitions=[field]
        )
        plan = imported({**LEAST, "field.own": text})
        by_label = {each.label.casefold(): each.key for each in field.options}

        if kind in {"choice", "yes_no"}:
            # The form offers a box of answers; who types one into a file uses the same words.
            asked = by_label.get(text.strip().casefold(), "") not in {"", "tin"}
            words = text.strip().casefold() in {"yes", "true", "on", "1", "no", "false", "off", "0"}
            offered = asked if kind == "choice" else words
            assert bool(plan.problems) is bool(text.strip() and not offered)
            return
        assert form.is_valid() is not bool(plan.problems), (form.errors, plan.problems)
        if plan.customer:
            told = {key: value for key, value in form.told.items() if value is not None}
            assert plan.customer.custom_values == told
