"""What the dates and amounts of a purchase order must keep to.

Each rule that the database can check is a constraint of the same name on
`customers.models.PurchaseOrder`; here each has its sentence and the field it stands beside.

An order is in force from its start to its expiry, both days counted. Consumption begins on the
start or later, and renewal falls on one of these days, too. The contract period is at most as long
as the order is in force. It may be shorter: people count 1 January to 1 January as 365 days as well
as 366, and a contract may end before the order that it was given with. An unknown date binds
nothing.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from formats.currencies import MOST_DIGITS, digits_of, require_currency

# Any other year is a slip of the keyboard.
FIRST_DAY = dt.date(2000, 1, 1)
LAST_DAY = dt.date(2199, 12, 31)
LONGEST_PERIOD = 36_525  # days: a hundred years
WHOLE_DIGITS = 15
SMALLEST = Decimal(1).scaleb(-MOST_DIGITS)
NOTHING = Decimal(0).quantize(SMALLEST)
DATES = ("starts_on", "expires_on", "renewal_on", "consumption_starts_on")


class Terms(Protocol):
    """A purchase order, as far as its terms go."""

    annual_value: Decimal
    consumption_base: Decimal
    currency: str
    starts_on: dt.date | None
    expires_on: dt.date | None
    renewal_on: dt.date | None
    consumption_starts_on: dt.date | None
    contract_period_days: int | None


@dataclass(frozen=True)
class Rule:
    """One rule: its name in the database, whether terms break it, and what to say beside where."""

    name: str
    is_broken_by: Callable[[Any], bool]
    field: str
    sentence: str | Promise


@dataclass(frozen=True)
class Problem:
    """A broken rule, as a person reads it."""

    rule: str
    field: str
    sentence: str


def days_in_force(terms: Terms) -> int | None:
    """From start to expiry, both counted; None while one of them is unknown."""
    if terms.starts_on is None or terms.expires_on is None:
        return None
    return (terms.expires_on - terms.starts_on).days + 1


def problems(terms: Terms) -> list[Problem]:
    """Every rule that the terms break, with its sentence."""
    words = {
        "days": days_in_force(terms),
        "first": FIRST_DAY.year,
        "last": LAST_DAY.year,
        "longest": LONGEST_PERIOD,
    }
    broken = [
        Problem(rule.name, rule.field, str(rule.sentence) % words)
        for rule in RULES
        if rule.is_broken_by(terms)
    ]
    return broken + _money_problems(terms)


def _money_problems(terms: Terms) -> list[Problem]:
    """What the database does not know: the currencies of the world and their smallest coins."""
    try:
        require_currency(terms.currency)
    except ValidationError as error:
        return [Problem("currency_is_known", "currency", error.messages[0])]
    digits = digits_of(terms.currency)
    return [
        Problem("amount_can_be_paid", field, _too_fine(terms.currency, digits))
        for field in ("annual_value", "consumption_base")
        if _digits_behind_the_point(getattr(terms, field)) > digits
    ]


def _digits_behind_the_point(amount: Decimal) -> int:
    exponent = amount.normalize().as_tuple().exponent
    return -min(int(exponent), 0)


def _too_fine(currency: str, digits: int) -> str:
    words = {"currency": currency, "digits": digits}
    if not digits:
        return _("Amounts in %(currency)s have no decimals.") % words
    return _("Amounts in %(currency)s have at most %(digits)s decimals.") % words


def _after(earlier: str, later: str) -> Callable[[Any], bool]:
    """Whether the day that must not be earlier is, both being known."""

    def is_broken(terms: Any) -> bool:
        first, last = getattr(terms, earlier), getattr(terms, later)
        return first is not None and last is not None and first > last

    return is_broken


def _out_of_this_age(field: str) -> Callable[[Any], bool]:
    def is_broken(terms: Any) -> bool:
        day = getattr(terms, field)
        return day is not None and not FIRST_DAY <= day <= LAST_DAY

    return is_broken


def _negative(field: str) -> Callable[[Any], bool]:
    return lambda terms: getattr(terms, field) < 0


def _longer_than_in_force(terms: Terms) -> bool:
    """An order that expires before it starts has no days to compare with, and its own sentence."""
    days, period = days_in_force(terms), terms.contract_period_days
    return days is not None and period is not None and 1 <= days < period


def _no_period(terms: Terms) -> bool:
    period = terms.contract_period_days
    return period is not None and not 1 <= period <= LONGEST_PERIOD


_AGE = gettext_lazy("Choose a day in the years %(first)s to %(last)s.")
_NEGATIVE = gettext_lazy("An amount cannot be negative.")

RULES = (
    *[
        Rule(f"purchase_order_{field}_is_of_this_age", _out_of_this_age(field), field, _AGE)
        for field in DATES
    ],
    Rule(
        "purchase_order_value_is_not_negative", _negative("annual_value"), "annual_value", _NEGATIVE
    ),
    Rule(
        "purchase_order_base_is_not_negative",
        _negative("consumption_base"),
        "consumption_base",
        _NEGATIVE,
    ),
    Rule(
        "purchase_order_expires_on_or_after_its_start",
        _after("starts_on", "expires_on"),
        "expires_on",
        gettext_lazy("The order cannot expire before it starts."),
    ),
    Rule(
        "purchase_order_consumption_starts_on_or_after_its_start",
        _after("starts_on", "consumption_starts_on"),
        "consumption_starts_on",
        gettext_lazy("Consumption cannot start before the order does."),
    ),
    Rule(
        "purchase_order_consumption_starts_before_it_expired",
        _after("consumption_starts_on", "expires_on"),
        "consumption_starts_on",
        gettext_lazy("Consumption cannot start after the order expires."),
    ),
    Rule(
        "purchase_order_renewal_is_on_or_after_its_start",
        _after("starts_on", "renewal_on"),
        "renewal_on",
        gettext_lazy("The renewal date cannot lie before the start."),
    ),
    Rule(
        "purchase_order_renewal_is_before_it_expired",
        _after("renewal_on", "expires_on"),
        "renewal_on",
        gettext_lazy("The renewal date cannot lie after the expiry date."),
    ),
    Rule(
        "purchase_order_period_is_possible",
        _no_period,
        "contract_period_days",
        gettext_lazy("A contract period has 1 to %(longest)s days."),
    ),
    Rule(
        "purchase_order_period_is_not_longer_than_it_is_in_force",
        _longer_than_in_force,
        "contract_period_days",
        gettext_lazy(
            "From start to expiry are %(days)s days, both counted. The contract period cannot be"
            " longer."
        ),
    ),
)
