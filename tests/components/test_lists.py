from typing import ClassVar

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ImproperlyConfigured
from django.db.models import QuerySet
from django.db.models.functions import Upper
from django.http import QueryDict
from pytest_django import DjangoAssertNumQueries

from components.lists import Column, Listing, ListView, number_text


class Kinds(Listing[ContentType]):
    """Content types serve as rows: every schema holds some, with many ties in `app_label`."""

    columns: ClassVar = (
        Column("Model", "model", sort="model"),
        Column("App", "app_label", sort="app_label"),
        Column("Shout", "shout", sort="shout"),
    )
    views: ClassVar = (
        ListView("", "All"),
        ListView("auth", "Auth", lambda rows: rows.filter(app_label="auth"), counted=True),
    )
    default_sort: ClassVar = "model"

    def search(self, rows: QuerySet[ContentType], text: str) -> QuerySet[ContentType]:
        return rows.filter(model__icontains=text)


def listing(query: str = "") -> Kinds:
    return Kinds(QueryDict(query), ContentType.objects.annotate(shout=Upper("model")))


@pytest.mark.parametrize(
    "query",
    [
        "sort=password",
        "sort=-",
        "sort=model__id",
        "view=nobody",
        "cursor=x",
        "cursor=%00",
        "cursor=" + "A" * 5000,
        "q=%00",
        "q=" + "x" * 500,
        "cursor=%F0%9F%A5%A8",
    ],
)
def test_nonsense_in_the_address_is_ignored_with_a_notice(query: str) -> None:
    asked = listing(query)

    assert len(asked.notices) == 1
    assert asked.sort == "model"
    assert asked.cursor is None
    assert asked.search_text == ""


@pytest.mark.parametrize("per", ["0", "-1", "1000000", "x", "٥٠", ""])
def test_only_offered_page_sizes_are_used(per: str) -> None:
    assert listing(f"per={per}").per == 50
    assert listing("per=100").per == 100


def test_a_sort_key_that_may_be_unknown_is_our_mistake_and_says_so() -> None:
    class Bad(Listing[ContentType]):
        columns: ClassVar = (Column("X", "nowhere", sort="nowhere"),)

    with pytest.raises(ImproperlyConfigured, match="cannot be sorted"):
        _ = Bad(QueryDict("sort=nowhere&cursor=x"), ContentType.objects.all()).cursor


def test_addresses_keep_what_was_chosen_and_leave_out_what_is_usual() -> None:
    asked = listing("q=a+b&view=auth&sort=-app_label&per=100&other=1")

    assert asked.url() == "?q=a+b&view=auth&sort=-app_label&per=100"
    assert asked.clear_url == "?sort=-app_label&per=100"
    assert asked.kept_parameters == [("view", "auth"), ("sort", "-app_label"), ("per", "100")]
    assert listing().url() == "?"


def test_headers_say_the_order_and_lead_to_the_other_one() -> None:
    model, app, _shout = listing("sort=app_label").headers

    assert (app.direction, app.url) == ("ascending", "?sort=-app_label")
    assert (model.direction, model.url) == ("", "?")


@pytest.mark.parametrize(
    ("number", "shown"), [(0, "0"), (1204, "1,204"), (10_000, "10,000"), (10_001, "10,000+")]
)
def test_numbers_beyond_the_limit_end_in_a_plus(number: int, shown: str) -> None:
    assert number_text(number, 10_000) == shown


@pytest.mark.django_db
@pytest.mark.parametrize("sort", ["model", "-model", "app_label", "-app_label", "shout", "-shout"])
def test_walking_forth_and_back_meets_every_row_once(
    sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("components.lists.PER_PAGE", (3,))
    sign = "-" if sort.startswith("-") else ""
    expected = list(ContentType.objects.annotate(shout=Upper("model")).order_by(sort, f"{sign}pk"))
    forth, page = [], listing(f"sort={sort}&per=3")
    assert page.previous_url == ""
    while True:
        forth += [row.record for row in page.rows]
        if not page.next_url:
            break
        page = listing(page.next_url.removeprefix("?"))
    back = [row.record for row in page.rows]
    while page.previous_url:
        page = listing(page.previous_url.removeprefix("?"))
        back = [row.record for row in page.rows] + back

    assert forth == expected
    assert back == expected
    assert page.notices == []


@pytest.mark.django_db
def test_search_and_view_narrow_the_rows_and_the_count() -> None:
    asked = listing("q=PERM&view=auth")

    assert [row.record.model for row in asked.rows] == ["permission"]
    assert asked.result_count == "1 entry"
    assert asked.is_filtered


@pytest.mark.django_db
def test_a_page_of_rows_that_are_gone_is_empty_and_leads_back() -> None:
    last = listing("per=25")
    while last.next_url:
        last = listing(last.next_url.removeprefix("?"))
    cursor = last._page_url("after", [last.rows[-1].record])

    beyond = listing(cursor.removeprefix("?"))

    assert beyond.rows == []
    assert beyond.previous_url == "?per=25"


def test_what_was_found_has_an_order_of_its_own_until_somebody_chooses() -> None:
    class Found(Kinds):
        search_sort = "-app_label"

    def asked(query: str) -> Found:
        return Found(QueryDict(query), ContentType.objects.all())

    assert (asked("").sort, asked("q=a").sort) == ("model", "-app_label")
    assert asked("q=a").kept_parameters == []
    assert asked("q=a&sort=model").kept_parameters == [("sort", "model")]
    assert asked("q=a&sort=-app_label").clear_url == "?sort=-app_label"
    assert asked("sort=model").url() == "?"
    by_app = asked("q=a").headers[1]
    assert (by_app.direction, by_app.url) == ("descending", "?q=a&sort=app_label")
    by_model = asked("q=a").headers[0]
    assert (by_model.direction, by_model.url) == ("", "?q=a&sort=model")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "count", "queries"),
    [
        ("per=100", "5 entries", 1),  # all on this page: nothing is counted
        ("per=2", "3+ entries", 2),
        ("per=2&q=e", "2+ entries", 1),  # counting what matches could cost more than the page
        ("per=5&q=e", "5 entries", 1),
    ],
)
def test_counting_never_costs_more_than_the_page(
    query: str,
    count: str,
    queries: int,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    monkeypatch.setattr("components.lists.PER_PAGE", (2, 5, 100))
    monkeypatch.setattr("components.lists.COUNT_LIMIT", 3)
    five = list(ContentType.objects.filter(model__contains="e").values_list("pk", flat=True)[:5])
    asked = Kinds(QueryDict(query), ContentType.objects.filter(pk__in=five))

    with django_assert_num_queries(queries):
        assert (len(asked.rows) <= asked.per, asked.result_count) == (True, count)
