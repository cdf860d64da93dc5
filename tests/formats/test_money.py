"""Amounts and currencies."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from formats import currencies
from formats.money import MixedCurrenciesError, Money


def euros(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


def test_amounts_of_one_currency_are_added_and_subtracted_exactly() -> None:
    assert euros("0.1") + euros("0.2") == euros("0.3")
    assert euros("1") - euros("1.005") == euros("-0.005")
    assert -euros("2") == euros("-2")
    assert euros("-0.001").is_negative
    assert not Money.zero("EUR").is_negative


@pytest.mark.parametrize("reckon", [Money.__add__, Money.__sub__, Money.share_of])
def test_two_currencies_are_never_mixed(reckon: object) -> None:
    assert callable(reckon)
    with pytest.raises(MixedCurrenciesError, match="EUR and USD"):
        reckon(euros("1"), Money(Decimal(1), "USD"))


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("1234567.5", "EUR", "1,234,567.50\u00a0EUR"),
        ("0.125", "USD", "0.13\u00a0USD"),
        ("1000.5", "JPY", "1,001\u00a0JPY"),
        ("1.5", "KWD", "1.500\u00a0KWD"),
        ("-2", "EUR", "-2.00\u00a0EUR"),
    ],
)
def test_an_amount_reads_as_its_currency_is_written(amount: str, currency: str, text: str) -> None:
    assert str(Money(Decimal(amount), currency)) == text


@pytest.mark.parametrize(
    ("part", "whole", "percent"),
    [("1", "3", "33.3"), ("2", "3", "66.7"), ("3", "2", "150.0"), ("0", "5", "0.0")],
)
def test_a_share_is_told_in_percent(part: str, whole: str, percent: str) -> None:
    assert euros(part).share_of(euros(whole)) == Decimal(percent)


def test_there_is_no_share_of_nothing() -> None:
    assert euros("1").share_of(euros("0")) is None


def test_only_currencies_in_use_are_known() -> None:
    assert len(currencies.CURRENCIES) == 155
    currencies.require_currency("EUR")
    for code in ("", "eur", "XXX", "XAU", "BGN", "EURO"):
        with pytest.raises(ValidationError):
            currencies.require_currency(code)


def test_the_usual_currency_is_offered_first() -> None:
    codes = [code for code, _label in currencies.choices(first="USD")]

    assert codes[:2] == ["USD", "AED"]
    assert sorted(codes) == sorted(currencies.CURRENCIES)


@pytest.mark.parametrize(("code", "digits"), [("EUR", 2), ("JPY", 0), ("TND", 3)])
def test_currencies_have_their_own_smallest_coin(code: str, digits: int) -> None:
    assert currencies.digits_of(code) == digits
