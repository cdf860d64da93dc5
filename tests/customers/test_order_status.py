"""Which status may follow which, and what the calendar makes of an order."""

import datetime as dt
from itertools import product

import pytest

from customers import order_status
from customers.models import PurchaseOrder
from customers.order_status import OrderStatus

TODAY = dt.date(2026, 11, 22)
DAY = dt.timedelta(days=1)
# Every pair, written out: what may follow what. The dates below fit the new status.
TABLE = {
    ("in_discussion", "in_discussion"): True,
    ("in_discussion", "active"): True,
    ("in_discussion", "inactive"): True,
    ("in_discussion", "expired"): False,
    ("active", "in_discussion"): False,
    ("active", "active"): True,
    ("active", "inactive"): True,
    ("active", "expired"): True,
    ("inactive", "in_discussion"): True,
    ("inactive", "active"): True,
    ("inactive", "inactive"): True,
    ("inactive", "expired"): True,
    ("expired", "in_discussion"): True,
    ("expired", "active"): True,
    ("expired", "inactive"): False,
    ("expired", "expired"): True,
}


def order(status: str, ends: dt.date | None = None, **dates: dt.date) -> PurchaseOrder:
    return PurchaseOrder(status=status, expires_on=ends, **dates)


def fitting(status: str) -> dt.date:
    return TODAY - DAY if status == OrderStatus.EXPIRED else TODAY


def test_the_table_holds_every_pair() -> None:
    assert set(TABLE) == set(product(OrderStatus.values, repeat=2))


@pytest.mark.parametrize(("old", "new"), TABLE)
def test_old_and_new(old: str, new: str) -> None:
    refusal = order_status.refusal(order(new, fitting(new)), before=old, today=TODAY)

    if TABLE[old, new]:
        assert refusal is None
    else:
        assert refusal is not None
        assert refusal.field == "status"
        labels = OrderStatus(old).label, OrderStatus(new).label
        assert refusal.sentence == "An order that is {} cannot become {}.".format(*labels)


@pytest.mark.parametrize("status", OrderStatus.values)
def test_a_new_order_may_have_any_status(status: str) -> None:
    assert order_status.refusal(order(status, fitting(status)), before=None, today=TODAY) is None


@pytest.mark.parametrize("before", [None, "active", "inactive", "in_discussion"])
def test_an_active_order_ends_today_or_later(before: str | None) -> None:
    past = order_status.refusal(order("active", TODAY - DAY), before=before, today=TODAY)

    assert past is not None
    assert (past.field, past.sentence[:20]) == ("expires_on", "This day has passed.")
    for ends in (TODAY, None):
        assert order_status.refusal(order("active", ends), before=before, today=TODAY) is None


@pytest.mark.parametrize("ends", [None, TODAY - DAY])
def test_reopening_needs_a_new_date(ends: dt.date | None) -> None:
    refusal = order_status.refusal(order("active", ends), before="expired", today=TODAY)

    assert refusal is not None
    assert refusal.field == "expires_on"
    assert "new expiry date" in refusal.sentence


@pytest.mark.parametrize(("ends", "field"), [(None, "expires_on"), (TODAY, "status")])
@pytest.mark.parametrize("before", [None, "active", "inactive", "expired"])
def test_an_expired_order_has_a_last_day_that_has_passed(
    before: str | None, ends: dt.date | None, field: str
) -> None:
    refusal = order_status.refusal(order("expired", ends), before=before, today=TODAY)

    assert refusal is not None
    assert refusal.field == field


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-1, ["past its last day"]),
        (0, ["expires today"]),
        (1, ["expires in 1 day"]),
        (12, ["expires in 12 days"]),
        (30, ["expires in 30 days"]),
        (31, []),
    ],
)
def test_the_end_is_announced(days: int, words: list[str]) -> None:
    signs = order_status.signs(order("active", TODAY + days * DAY), today=TODAY)

    assert [sign.text for sign in signs] == words


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-3, ["renewal overdue by 3 days"]),
        (-1, ["renewal overdue by 1 day"]),
        (0, ["renewal due today"]),
        (1, ["renewal due in 1 day"]),
        (30, ["renewal due in 30 days"]),
        (31, []),
    ],
)
def test_the_renewal_is_announced(days: int, words: list[str]) -> None:
    signs = order_status.signs(order("active", renewal_on=TODAY + days * DAY), today=TODAY)

    assert [sign.text for sign in signs] == words


@pytest.mark.parametrize(
    ("days", "words"), [(0, []), (1, ["starts in 1 day"]), (99, ["starts in 99 days"])]
)
def test_the_start_is_announced(days: int, words: list[str]) -> None:
    signs = order_status.signs(order("active", starts_on=TODAY + days * DAY), today=TODAY)

    assert [sign.text for sign in signs] == words


@pytest.mark.parametrize("status", ["inactive", "expired", "in_discussion"])
def test_only_an_active_order_has_something_to_watch(status: str) -> None:
    watched = order(status, TODAY, renewal_on=TODAY, starts_on=TODAY + DAY)

    assert order_status.signs(watched, today=TODAY) == []
    watched.status = "active"
    assert len(order_status.signs(watched, today=TODAY)) == 3


def test_an_order_without_dates_has_nothing_to_watch() -> None:
    assert order_status.signs(order("active"), today=TODAY) == []
