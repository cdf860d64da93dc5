"""The rules between an order's dates and amounts: the sentences and the database agree."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers import order_terms
from customers.models import Customer, PurchaseOrder
from resellers.models import Reseller
from tests.factories.customers import CustomerFactory

START = dt.date(2026, 1, 1)
DAY = dt.timedelta(days=1)
# Few days close together, so that every order of any two of them is tried, and both ends of time.
DAYS = [
    None,
    *(START + number * DAY for number in range(4)),
    START + 365 * DAY,
    order_terms.FIRST_DAY - DAY,
    order_terms.FIRST_DAY,
    order_terms.LAST_DAY,
    order_terms.LAST_DAY + DAY,
]
PERIODS = [None, -1, 0, 1, 2, 3, 4, 365, 366, 367, order_terms.LONGEST_PERIOD, 36_526]
AMOUNTS = [Decimal(text) for text in ("-0.001", "0", "0.001", "12000")]

any_terms = st.fixed_dictionaries(
    {
        **{field: st.sampled_from(DAYS) for field in order_terms.DATES},
        "contract_period_days": st.sampled_from(PERIODS),
        "annual_value": st.sampled_from(AMOUNTS),
        "consumption_base": st.sampled_from(AMOUNTS),
    }
)


def order(customer: Customer | None = None, **terms: Any) -> PurchaseOrder:
    told = {"name": "PO", "currency": "KWD", "annual_value": Decimal(1), **terms}
    return PurchaseOrder(customer=customer, **told)


def broken(**terms: Any) -> set[str]:
    return {problem.rule for problem in order_terms.problems(order(**terms))}


def refused_by_the_database(customer: Customer, terms: dict[str, Any]) -> str:
    """The name of the constraint that refuses; nothing when the row can be stored."""
    try:
        with transaction.atomic():
            order(customer, **terms).save()
            transaction.set_rollback(True)
    except IntegrityError as error:
        return str(error).split('violates check constraint "')[1].split('"')[0]
    return ""


@pytest.fixture
def customer(alpha: Reseller) -> Customer:
    made: Customer = CustomerFactory()
    return made


@given(terms=any_terms)
@settings(
    max_examples=600, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_database_refuses_exactly_what_has_a_sentence(
    customer: Customer, terms: dict[str, Any]
) -> None:
    rules = broken(**terms)
    refusal = refused_by_the_database(customer, terms)

    # Of several, PostgreSQL names the one that comes first in the alphabet.
    assert bool(refusal) == bool(rules), (refusal, rules)
    assert not refusal or refusal in rules


@pytest.mark.parametrize(
    ("terms", "rule"),
    [
        ({"starts_on": START, "expires_on": START - DAY}, "expires_on_or_after_its_start"),
        (
            {"starts_on": START, "consumption_starts_on": START - DAY},
            "consumption_starts_on_or_after_its_start",
        ),
        (
            {"expires_on": START, "consumption_starts_on": START + DAY},
            "consumption_starts_before_it_expired",
        ),
        ({"starts_on": START, "renewal_on": START - DAY}, "renewal_is_on_or_after_its_start"),
        ({"expires_on": START, "renewal_on": START + DAY}, "renewal_is_before_it_expired"),
        ({"contract_period_days": 0}, "period_is_possible"),
        ({"contract_period_days": 36_526}, "period_is_possible"),
        (
            {"starts_on": START, "expires_on": START + 364 * DAY, "contract_period_days": 366},
            "period_is_not_longer_than_it_is_in_force",
        ),
        ({"annual_value": Decimal("-0.001")}, "value_is_not_negative"),
        ({"consumption_base": Decimal("-0.001")}, "base_is_not_negative"),
        *[
            ({field: day}, f"{field}_is_of_this_age")
            for field in order_terms.DATES
            for day in (dt.date(1999, 12, 31), dt.date(2200, 1, 1))
        ],
    ],
)
def test_each_rule_bites_in_both_places(
    customer: Customer, terms: dict[str, Any], rule: str
) -> None:
    assert broken(**terms) == {f"purchase_order_{rule}"}
    assert refused_by_the_database(customer, terms) == f"purchase_order_{rule}"


def test_every_rule_is_a_constraint() -> None:
    named = {constraint.name for constraint in PurchaseOrder._meta.constraints}

    assert {rule.name for rule in order_terms.RULES} <= named
    assert named - {rule.name for rule in order_terms.RULES} == {
        "purchase_order_has_a_name",
        "purchase_order_currency_is_a_code",
        "purchase_order_expired_has_a_last_day",
    }


@pytest.mark.parametrize(
    ("terms", "rule"),
    [
        ({"name": ""}, "purchase_order_has_a_name"),
        ({"currency": "€"}, "purchase_order_currency_is_a_code"),
        ({"currency": "eur"}, "purchase_order_currency_is_a_code"),
        ({"status": "expired"}, "purchase_order_expired_has_a_last_day"),
    ],
)
def test_the_database_has_rules_of_its_own(
    customer: Customer, terms: dict[str, Any], rule: str
) -> None:
    assert refused_by_the_database(customer, terms) == rule


@pytest.mark.parametrize("period", [1, 365, 366])
def test_a_year_may_be_counted_with_and_without_its_last_day(period: int) -> None:
    """1 January to 1 January: people say 365 days, both days counted are 366."""
    terms: dict[str, Any] = {
        "starts_on": START,
        "expires_on": START + 365 * DAY,
        "contract_period_days": period,
    }

    assert broken(**terms) == set()
    assert order_terms.days_in_force(order(**terms)) == 366


def test_a_whole_contract_on_one_day_is_possible() -> None:
    days = dict.fromkeys(order_terms.DATES, START)

    assert broken(**days, contract_period_days=1) == set()


def test_the_sentence_about_the_period_says_how_many_days_there_are() -> None:
    terms: dict[str, Any] = {
        "starts_on": START,
        "expires_on": START + 364 * DAY,
        "contract_period_days": 366,
    }

    [problem] = order_terms.problems(order(**terms))

    assert problem.field == "contract_period_days"
    assert "From start to expiry are 365 days" in problem.sentence


@pytest.mark.parametrize(
    ("amount", "currency", "sentence"),
    [
        ("1.50", "JPY", "Amounts in JPY have no decimals."),
        ("1.005", "EUR", "Amounts in EUR have at most 2 decimals."),
        ("1", "XXX", "XXX is not a currency"),
    ],
)
def test_an_amount_must_be_payable(amount: str, currency: str, sentence: str) -> None:
    [problem] = order_terms.problems(order(annual_value=Decimal(amount), currency=currency))

    assert sentence in problem.sentence


@pytest.mark.parametrize(
    ("amount", "currency"), [("1.000", "JPY"), ("1E+3", "JPY"), ("1.50", "EUR"), ("1.005", "KWD")]
)
def test_digits_that_say_nothing_do_no_harm(amount: str, currency: str) -> None:
    assert broken(annual_value=Decimal(amount), currency=currency) == set()
