"""A file with all columns, imported again as it is, changes nothing."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.exports import texts
from console.exports.reading import table_of
from console.lists.customers import CustomerListing, definitions
from customers import custom_values, rules
from customers.custom_values import UnusableValueError
from customers.flows import imports as import_flows
from customers.models import Customer, CustomField, ImportRow
from formats.tables.cells import neutral, plain
from resellers.models import Reseller
from tests.customers.importing import take_over, upload
from tests.factories.customers import CustomerFactory, CustomFieldFactory

ODD = st.text(
    st.one_of(st.sampled_from("'=+-@\t\r\n\",; 0aé💶\u2028\ufeff"), st.characters()), max_size=20
)
# Each holds a value in every customer of the tests.
FIELDS = ("organization_name", "industry", "contact_name", "street", "notes", "account_type")
KEYS = ("text", "number", "date", "choice", "yes")


def exported(delimiter: str = ",") -> bytes:
    listing = CustomerListing(QueryDict(""), definitions())
    return b"".join(part for _n, part in texts.parts(table_of(listing, None, None), delimiter))


def stored() -> list[dict[str, Any]]:
    return [dict(each) for each in Customer.objects.order_by("pk").values()]


def outcomes(raw: bytes) -> list[str]:
    """What becomes of the rows; why one is refused shows where it is."""
    rows = take_over(raw).rows.values_list("outcome", "reason")
    return [reason if outcome == "refused" else outcome for outcome, reason in rows]


def make_fields() -> None:
    for key in KEYS:
        kind = {"yes": "yes_no"}.get(key, key)
        CustomFieldFactory(key=key, label=key.title(), **({kind: True} if kind != "text" else {}))
    CustomFieldFactory(key="gone", label="Gone", retired=True)


def kept(name: str, text: str) -> str | None:
    """What is stored when somebody types this; None where it is refused or empty."""
    try:
        return rules.value_of(Customer, name, text) or None if text.strip() else None
    except ValidationError:
        return None


def kept_value(text: str) -> str | None:
    try:
        found = custom_values.parse(CustomField(kind="text"), text)
    except UnusableValueError:
        return None
    return str(found) if found else None


@st.composite
def customers(draw: st.DrawFn) -> dict[str, Any]:
    """The columns of a customer, as the product would store them."""
    told = {name: found for name in FIELDS if (found := kept(name, draw(ODD)))}
    values: dict[str, Any] = {"gone": "kept", "choice": draw(st.sampled_from(["gold", "tin"]))}
    if text := kept_value(draw(ODD)):
        values["text"] = text
    values["yes"] = draw(st.booleans())
    values["number"] = draw(st.sampled_from(["-1", "0.5", "123456789012345678.123456"]))
    values["date"] = draw(st.dates(custom_values.FIRST_DAY, custom_values.LAST_DAY)).isoformat()
    return {**told, "custom_values": values}


@pytest.fixture
def _fields(alpha: Reseller) -> None:
    make_fields()


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(made=st.lists(customers(), min_size=1, max_size=4), delimiter=st.sampled_from(",;\t"))
@pytest.mark.usefixtures("_fields")
def test_odd_cells_come_back_as_they_were(made: list[dict[str, Any]], delimiter: str) -> None:
    Customer.objects.all().delete()
    for columns in made:
        CustomerFactory(**columns)
    before = stored()

    assert outcomes(exported(delimiter)) == ["unchanged"] * len(made)
    assert stored() == before


def test_every_field_comes_back(alpha: Reseller) -> None:
    make_fields()
    CustomerFactory(complete=True, tags=["gold", "öffentlich"])
    CustomerFactory(
        complete=True,
        country="US",
        state="CA",
        city="Los Angeles",
        postal_code="90001",
        billing_same_as_office=False,
        billing_street="Hauptstraße 1",
        billing_city="Wien",
        billing_postal_code="1010",
        billing_country="AT",
        billing_phone="+4315128091",
        billing_fax="+4315128092",
        turnover="0.50",
    )
    before = stored()

    assert outcomes(exported()) == ["unchanged"] * 2
    assert stored() == before


def test_every_header_is_taken_for_its_own_field(alpha: Reseller) -> None:
    make_fields()
    # Whatever a reseller calls a field: like one of ours, like another's key, like a column that
    # is no import's.
    for label in ("Status", "ID", "E-mail", "Text 2", "Phone", "Titel", "Created"):
        CustomFieldFactory(label=label)
    CustomFieldFactory(label="Status", retired=True)
    CustomerFactory()

    source = upload(exported())

    known = [each.key for each in import_flows.columns_of(source.what)]
    assert source.columns[: len(known)] == known
    assert set(source.columns[len(known) :]) == {""}


def test_a_retired_answer_is_only_kept_where_it_stands(alpha: Reseller) -> None:
    make_fields()
    CustomerFactory(code="HAS", custom_values={"choice": "tin"})
    CustomerFactory(code="HAS-NOT")

    source = take_over("Code,Choice\nHAS,Tin\nHAS-NOT,Tin\n")

    rows = dict(source.rows.values_list("number", "outcome"))
    assert rows == {2: ImportRow.Outcome.UNCHANGED, 3: ImportRow.Outcome.REFUSED}


@given(text=st.text(st.one_of(st.sampled_from("'=+-@\t\r\n"), st.characters())))
def test_plain_undoes_neutral(text: str) -> None:
    made = neutral(text)

    assert plain(made) == text
    assert not made.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
