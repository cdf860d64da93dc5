"""Filters of the list of customers: alone, together, in the address, with nonsense."""

import datetime as dt
import re
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from accounts.roles import StaffRole
from console.lists.customer_filters import filters, period
from console.lists.customers import CustomerListing, definitions
from customers.flows import custom_values, customers
from customers.flows.customers import CustomerDetails
from customers.models import Customer, CustomField, CustomRank
from resellers.models import Reseller
from tests.console.staff import NASTY, log_in
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory, CustomFieldFactory
from tests.harness.clients import HostClient

LIST = reverse("console:customers:list", "config.urls_reseller")
DAY = dt.date(2026, 3, 15)
PLAIN = ("country", "tag", "industry", "account-type", "period", "created.from", "created.to")
CUSTOM = ("field.tier", "field.paid", "field.contract", "field.seats.from", "field.ends.to")


def make_fields() -> None:
    for key, kind in (
        ("seats", "number"),
        ("ends", "date"),
        ("tier", "choice"),
        ("paid", "yes_no"),
    ):
        CustomFieldFactory(key=key, label=key.title(), **{kind: True})
    CustomFieldFactory(key="contract", label="Contract")


def make(name: str, custom: dict[str, Any] | None = None, **columns: Any) -> Customer:
    """A customer with values of custom fields, saved as people save them."""
    customer = CustomerFactory(organization_name=name, **columns)
    custom_values.edit(customer, custom or {}, version=1, by=UserFactory())
    return customer


def found(**parameters: str) -> list[str]:
    """The names that the list shows."""
    address = QueryDict(urlencode(parameters))
    rows = CustomerListing(address, definitions()).matching
    return sorted(each.organization_name for each in rows)


def rows_of(page: str) -> list[str]:
    return re.findall(r'<th scope="row".*?<a [^>]*>(.*?)</a>', page, re.DOTALL)


@pytest.fixture
def viewer(alpha: Reseller, alpha_client: HostClient) -> HostClient:
    log_in(alpha_client, StaffRole.VIEWER)
    return alpha_client


@pytest.mark.usefixtures("alpha")
class TestEachFilter:
    @pytest.mark.parametrize(
        ("parameters", "names"),
        [
            ({"tag": "media"}, ["A", "B"]),
            ({"tag": " MEDIA ; key account"}, ["A"]),
            ({"tag": "med"}, []),
            ({"industry": "retail"}, ["A"]),
            ({"industry": "RETAIL"}, ["A"]),
            ({"industry": "ret"}, []),
            ({"account-type": "direct"}, ["B"]),
            ({"country": "DE"}, ["A"]),
            ({"country": "DE", "tag": "media", "industry": "Retail"}, ["A"]),
            ({"country": "DE", "account-type": "direct"}, []),
        ],
    )
    def test_of_columns(self, parameters: dict[str, str], names: list[str]) -> None:
        make("A", country="DE", tags=["key account", "media"], industry="Retail")
        make("B", country="FR", tags=["media"], account_type="Direct")
        make("C")

        assert found(**parameters) == names

    @pytest.mark.parametrize(
        ("parameters", "names"),
        [
            ({"field.tier": "gold"}, ["A"]),
            ({"field.tier": "tin"}, ["C"]),
            ({"field.paid": "yes"}, ["A"]),
            ({"field.paid": "no"}, ["B"]),
            ({"field.contract": "CC-1"}, ["A"]),
            ({"field.contract": "CC"}, []),
            ({"field.seats.from": "10"}, ["A", "B"]),
            ({"field.seats.from": "10.5"}, ["B"]),
            ({"field.seats.to": "10.00"}, ["A", "C"]),
            ({"field.seats.from": "-3", "field.seats.to": "-2.5"}, ["C"]),
            ({"field.seats.from": "10", "field.seats.to": "10"}, ["A"]),
            ({"field.ends.from": "2026-03-15"}, ["A"]),
            ({"field.ends.to": "2026-03-14"}, ["B"]),
            ({"field.ends.from": "2026-03-14", "field.ends.to": "2026-03-15"}, ["A", "B"]),
            ({"field.tier": "gold", "field.seats.to": "9"}, []),
            ({"field.tier": "gold", "field.paid": "yes", "field.seats.to": "11"}, ["A"]),
        ],
    )
    def test_of_custom_fields(self, parameters: dict[str, str], names: list[str]) -> None:
        make_fields()
        make(
            "A",
            {"tier": "gold", "paid": True, "contract": "CC-1", "seats": "10", "ends": "2026-03-15"},
        )
        make("B", {"paid": False, "contract": "cc-1", "seats": "200", "ends": "2026-03-14"})
        chosen = make("C", {"seats": "-2.5"})
        Customer.objects.filter(pk=chosen.pk).update(custom_values={"seats": "-2.5", "tier": "tin"})
        make("D")

        assert found(**parameters) == names

    @pytest.mark.parametrize(
        ("parameters", "names"),
        [
            ({"created.from": "2026-03-15"}, ["In", "Late"]),
            ({"created.to": "2026-03-15"}, ["Early", "In"]),
            ({"created.from": "2026-03-15", "created.to": "2026-03-15"}, ["In"]),
        ],
    )
    def test_days_are_those_of_the_resellers_clock(
        self, alpha: Reseller, parameters: dict[str, str], names: list[str]
    ) -> None:
        alpha.time_zone = "Pacific/Auckland"  # twelve hours ahead
        utc = dt.UTC
        make("Early", created_at=dt.datetime(2026, 3, 14, 10, 59, tzinfo=utc))
        make("In", created_at=dt.datetime(2026, 3, 14, 11, 0, tzinfo=utc))
        make("Late", created_at=dt.datetime(2026, 3, 15, 11, 0, tzinfo=utc))

        assert found(**parameters) == names

    def test_a_period_moves_with_the_calendar(self) -> None:
        make("Now", created_at=timezone.now())
        make("Long ago", created_at=timezone.now() - dt.timedelta(days=400))

        for name in ("this-month", "last-90-days", "this-year"):
            assert found(period=name) == ["Now"]
        assert found(period="last-month") == []

    def test_of_views_and_searches(self) -> None:
        make("Acme DE", country="DE")
        make("Bolt DE", country="DE")
        make("Acme gone", country="DE", status="suspended")

        assert found(country="DE", q="acme") == ["Acme DE", "Acme gone"]
        assert found(country="DE", q="acme", view="suspended") == ["Acme gone"]
        assert found(country="DE", view="active") == ["Acme DE", "Bolt DE"]


@pytest.mark.parametrize(
    ("key", "first", "last"),
    [
        ("this-month", "2026-03-01", "2026-03-15"),
        ("last-month", "2026-02-01", "2026-02-28"),
        ("last-90-days", "2025-12-16", "2026-03-15"),
        ("this-year", "2026-01-01", "2026-03-15"),
    ],
)
def test_periods(key: str, first: str, last: str) -> None:
    assert [day.isoformat() for day in period(key, DAY)] == [first, last]


class TestNonsense:
    @pytest.mark.parametrize(
        ("parameters", "sentence"),
        [
            ({"country": "XX"}, "Select a valid choice"),
            ({"tag": "!"}, "must begin with a letter"),
            ({"period": "tomorrow"}, "Select a valid choice"),
            ({"created.from": "yesterday"}, "Enter a valid date"),
            ({"created.from": "0001-01-01"}, "between 1500 and 2999"),
            ({"created.from": "2026-02-01", "created.to": "2026-01-01"}, "begins after its end"),
            ({"industry": "x" * 101}, "at most 100"),
            ({"industry": "a\x00b"}, "cannot be stored"),
            ({"field.seats.from": "1,5"}, "without separators"),
            ({"field.seats.from": "2", "field.seats.to": "1"}, "begins after its end"),
            ({"field.ends.to": "2026-02-30"}, "a day of the calendar"),
            ({"field.tier": "platinum"}, "not offered any more"),
            ({"field.paid": "perhaps"}, "Enter yes or no"),
        ],
    )
    def test_gets_a_sentence_and_narrows_nothing(
        self, viewer: HostClient, parameters: dict[str, str], sentence: str
    ) -> None:
        make_fields()
        make("Acme")

        page = viewer.get(LIST, parameters).content.decode()

        assert rows_of(page) == ["Acme"]
        assert "was not used" in page
        assert sentence in page
        assert '<details class="filters" id="list-filters" open>' in page
        assert 'aria-label="Filters in use"' not in page

    def test_leaves_the_other_filters_in_use(self, viewer: HostClient) -> None:
        make("Acme", country="DE")
        make("Bolt")

        page = viewer.get(LIST, {"country": "DE", "created.from": "soon"}).content.decode()

        assert rows_of(page) == ["Acme"]
        assert "“Created between” was not used" in page
        assert 'value="soon"' in page

    @pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
    def test_never_ends_in_an_error(self, viewer: HostClient, text: str) -> None:
        make_fields()
        make("Acme")

        for name in (*PLAIN, *CUSTOM):
            assert viewer.get(LIST, {name: text}).status_code == 200, name

    def test_a_retired_field_is_no_filter_any_more(self, viewer: HostClient) -> None:
        CustomFieldFactory(key="old", retired=True)
        make("Acme")

        assert rows_of(viewer.get(LIST, {"field.old": "x"}).content.decode()) == ["Acme"]


class TestPage:
    def test_chips_take_one_filter_away_and_keep_the_rest(self, viewer: HostClient) -> None:
        make_fields()
        make("Acme", {"seats": "10"}, country="DE", tags=["media"])
        asked = {"country": "DE", "tag": "media", "field.seats.from": "5", "sort": "-created_at"}

        page = viewer.get(LIST, {**asked, "q": "acme"}).content.decode()

        chips = re.findall(r'<li class="chip"><span>(.*?)</span><a href="\?(.*?)"', page)
        assert [text for text, _url in chips] == [
            "Country: Germany",
            "Tags: media",
            "Seats: from 5",
        ]
        left = parse_qs(chips[2][1].replace("&amp;", "&"))
        assert left == {
            "country": ["DE"],
            "tag": ["media"],
            "q": ["acme"],
            "sort": ["-created_at"],
        }

    def test_the_form_shows_what_is_in_use_and_carries_the_rest(self, viewer: HostClient) -> None:
        make("Acme", tags=["media"], status="suspended")

        page = viewer.get(LIST, {"tag": "media", "q": "acme", "view": "suspended"}).content.decode()

        form = page[page.index('class="card filter-form"') : page.index("Apply filters")]
        assert 'name="tag" value="media"' in form
        assert '<input type="hidden" name="q" value="acme">' in form
        assert '<input type="hidden" name="view" value="suspended">' in form
        assert form.count('name="tag"') == 1

    def test_every_box_has_a_label(self, viewer: HostClient) -> None:
        make_fields()

        page = viewer.get(LIST).content.decode()

        form = page[page.index('class="card filter-form"') : page.index("Apply filters")]
        boxes = re.findall(r'id="(filter-[^"]+)"', form)
        assert len(boxes) == len(PLAIN) + len(CUSTOM) + 2  # both ends of each range
        assert boxes == re.findall(r'<label [^>]*for="([^"]+)"', form)

    def test_pages_and_orders_keep_the_filters(self, viewer: HostClient) -> None:
        for number in range(30):
            make(f"Name {number:02}", tags=["media"])
        make("Another")

        page = viewer.get(LIST, {"tag": "media", "per": "25"}).content.decode()

        assert "30 customers" in page
        further = re.search(r'rel="next" href="([^"]*)"', page)
        assert further
        second = viewer.get(LIST + further[1].replace("&amp;", "&")).content.decode()
        assert len(rows_of(page)) + len(rows_of(second)) == 30
        assert all(
            "tag=media" in url for url in re.findall(r'class="sort-link" href="([^"]*)', page)
        )


class TestRanks:
    """What ranges are found by follows what is kept."""

    @pytest.mark.usefixtures("alpha")
    def test_follow_each_edit(self) -> None:
        make_fields()
        customer = make("A", {"seats": "10", "ends": "2026-03-15"})
        assert dict(CustomRank.objects.values_list("key", "rank")) == {
            "seats": 10,
            "ends": dt.date(2026, 3, 15).toordinal(),
        }

        custom_values.edit(customer, {"seats": "11", "ends": None}, version=2, by=UserFactory())

        assert dict(CustomRank.objects.values_list("key", "rank")) == {"seats": 11}

    @pytest.mark.usefixtures("alpha")
    def test_begin_with_the_customer(self) -> None:
        make_fields()
        details = CustomerDetails(
            organization_name="New", contact_name="Anna", contact_email="a@new.example"
        )

        customers.create(details, by=UserFactory(), custom={"seats": "3.5"})

        assert found(**{"field.seats.from": "3.5", "field.seats.to": "3.5"}) == ["New"]

    @pytest.mark.usefixtures("alpha")
    def test_of_one_customer_are_not_anothers(self) -> None:
        make_fields()
        make("A", {"seats": "10"})
        other = make("B", {"seats": "20"})

        custom_values.edit(other, {"seats": None}, version=2, by=UserFactory())

        assert found(**{"field.seats.from": "0"}) == ["A"]


@pytest.mark.usefixtures("alpha")
def test_a_task_finds_the_same_rows_by_the_parameters_alone() -> None:
    make_fields()
    make("Acme", {"seats": "10"}, country="DE")
    make("Bolt", {"seats": "10"})
    asked = {"country": "DE", "field.seats.from": "5", "q": "ac", "per": "25", "sort": "code"}
    listing = CustomerListing(QueryDict(urlencode(asked)), definitions())

    again = CustomerListing(QueryDict(urlencode(listing.parameters)), definitions())

    assert listing.parameters == {
        "q": "ac",
        "sort": "code",
        "country": "DE",
        "field.seats.from": "5",
    }
    assert [str(each) for each in again.matching] == ["Acme"]


@pytest.mark.usefixtures("alpha")
def test_a_task_reads_the_rows_in_the_order_of_the_list() -> None:
    for name, code in (("Bolt", "C"), ("Core", "A"), ("Acme", "B")):
        make(name, code=code)

    listing = CustomerListing(QueryDict("sort=-code&per=25"), definitions())

    assert [str(each) for each in listing.in_order] == ["Bolt", "Acme", "Core"]


@pytest.mark.usefixtures("alpha")
def test_each_kind_of_custom_field_has_a_filter() -> None:
    make_fields()

    own = [each for each in filters(definitions()) if each.name.startswith("field.")]

    assert len(own) == len(CustomField.Kind)
