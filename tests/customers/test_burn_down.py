"""How far an order is spent."""

import datetime as dt
from decimal import Decimal

import pytest

from customers.burn_down import burn_down
from customers.models import PurchaseOrder
from formats.money import MixedCurrenciesError, Money

TODAY = dt.date(2026, 11, 22)


def order(value: str = "1000", base: str = "100", ends: dt.date | None = None) -> PurchaseOrder:
    return PurchaseOrder(
        annual_value=Decimal(value), consumption_base=Decimal(base), currency="EUR", expires_on=ends
    )


def euros(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


def test_the_base_and_what_was_consumed_are_spent() -> None:
    figure = burn_down(order(), consumed=euros("150.25"), today=TODAY)

    assert (figure.value, figure.base, figure.consumed) == (
        euros("1000"),
        euros("100"),
        euros("150.25"),
    )
    assert (figure.spent, figure.remaining) == (euros("250.25"), euros("749.75"))
    assert figure.percent == Decimal("25.0")
    assert figure.overspent is None
    assert figure.is_tracked


def test_unmeasured_consumption_is_nothing_and_says_so() -> None:
    figure = burn_down(order(), consumed=None, today=TODAY)

    assert (figure.consumed, figure.spent) == (euros("0"), euros("100"))
    assert not figure.is_tracked


def test_measured_consumption_of_nothing_is_measured() -> None:
    assert burn_down(order(), consumed=euros("0"), today=TODAY).is_tracked


def test_more_than_was_ordered_can_be_spent() -> None:
    figure = burn_down(order(), consumed=euros("1000"), today=TODAY)

    assert (figure.remaining, figure.overspent) == (euros("-100"), euros("100"))
    assert figure.percent == Decimal("110.0")


def test_of_an_order_of_nothing_there_is_no_percentage() -> None:
    figure = burn_down(order(value="0", base="0"), consumed=None, today=TODAY)

    assert figure.percent is None
    assert figure.overspent is None


@pytest.mark.parametrize(
    ("ends", "days"),
    [
        (None, None),
        (TODAY, 0),
        (TODAY + dt.timedelta(days=1), 1),
        (TODAY - dt.timedelta(days=9), 0),
        (dt.date(2027, 11, 22), 365),
    ],
)
def test_days_are_left_until_the_last_day(ends: dt.date | None, days: int | None) -> None:
    assert burn_down(order(ends=ends), consumed=None, today=TODAY).days_left == days


def test_consumption_in_another_currency_is_refused_at_once() -> None:
    with pytest.raises(MixedCurrenciesError):
        burn_down(order(), consumed=Money(Decimal(1), "USD"), today=TODAY)
