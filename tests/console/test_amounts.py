"""Amounts are read exactly or not at all."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from console.forms import amounts


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("0", "0"),
        (" 12500.50 ", "12500.50"),
        ("0.001", "0.001"),
        ("007", "7"),
        ("999999999999999.999", "999999999999999.999"),
    ],
)
def test_a_plain_number_is_read(typed: str, amount: str) -> None:
    assert amounts.parse(typed, whole_digits=15) == Decimal(amount)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("12.500,50", "Write 12500.50: without thousands separators, a point before decimals."),
        ("12,500.50", "Write 12500.50: without thousands separators, a point before decimals."),
        ("12'500.50", "Write 12500.50: without thousands separators, a point before decimals."),
        ("12\u00a0500,50", "Write 12500.50: without thousands separators"),
        ("12,50", "Write 12.50: without"),
        ("1.250.000", "Write 1250000: without thousands separators."),
        ("1,250", "Write 1250 or 1.250, whichever you mean."),
        ("-5", "An amount cannot be negative."),
        ("−5", "An amount cannot be negative."),
        ("1e5", "Enter a number such as 12500.50."),
        ("NaN", "Enter a number such as"),
        ("Infinity", "Enter a number such as"),
        (".5", "Enter a number such as"),
        ("5.", "Enter a number such as"),
        ("12 EUR", "Enter a number such as"),
        ("٣", "Enter a number such as"),
        ("1.0001", "at most 3 digits behind"),
        ("1" * 16, "at most 15 digits before"),
    ],
)
def test_anything_else_has_its_sentence(typed: str, sentence: str) -> None:
    with pytest.raises(ValidationError) as refused:
        amounts.parse(typed, whole_digits=15)

    assert sentence in refused.value.messages[0]


@given(st.decimals(min_value=0, max_value=10**15 - 1, places=3))
def test_what_is_shown_is_read_as_the_same_amount(amount: Decimal) -> None:
    assert amounts.parse(amounts.shown(amount), whole_digits=15) == amount


@pytest.mark.parametrize(
    ("amount", "text"), [("12000.000", "12000.00"), ("0", "0.00"), ("1.005", "1.005")]
)
def test_an_amount_is_shown_as_one_would_type_it(amount: str, text: str) -> None:
    assert amounts.shown(Decimal(amount)) == text
