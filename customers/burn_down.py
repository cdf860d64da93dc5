"""How far a purchase order is spent."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from customers.models import PurchaseOrder
from formats.money import Money


@dataclass(frozen=True)
class BurnDown:
    """What was ordered for a year, what of it is spent, and how long it has to last."""

    value: Money
    base: Money  # spent before consumption was tracked here
    consumed: Money  # tracked here since
    is_tracked: bool  # False: nobody measures consumption, `consumed` is zero for lack of numbers
    days_left: int | None  # after today, to the last day; None where none is known

    @property
    def spent(self) -> Money:
        return self.base + self.consumed

    @property
    def remaining(self) -> Money:
        """Negative when more was spent than ordered."""
        return self.value - self.spent

    @property
    def overspent(self) -> Money | None:
        """By how much the order is overspent, if it is."""
        return -self.remaining if self.remaining.is_negative else None

    @property
    def percent(self) -> Decimal | None:
        """Of the value, spent, to one decimal; None for an order of nothing."""
        return self.spent.share_of(self.value)


def burn_down(order: PurchaseOrder, *, consumed: Money | None, today: dt.date) -> BurnDown:
    """The figure of one order. Asks the database nothing.

    `consumed`: what was consumed against it since its consumption start, in its own currency; None
    where nobody measures it. An order of several years has its annual value once a year: pass what
    was consumed in the year in question. Raises MixedCurrenciesError for another currency.
    """
    days_left = None if order.expires_on is None else max((order.expires_on - today).days, 0)
    figure = BurnDown(
        value=order.value,
        base=order.base,
        consumed=Money.zero(order.currency) if consumed is None else consumed,
        is_tracked=consumed is not None,
        days_left=days_left,
    )
    figure.spent  # noqa: B018 - refuses another currency here and not somewhere in a template
    return figure
