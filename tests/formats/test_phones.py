"""Phone numbers: typed as people do, stored as any phone can dial them."""

import re

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from formats import phones


@pytest.mark.parametrize(
    ("typed", "country", "stored", "shown"),
    [
        ("", "DE", "", ""),
        ("030 901820", "DE", "+4930901820", "+49 30 901820"),
        ("+49 (0)30 / 90 18-20", "", "+4930901820", "+49 30 901820"),
        ("0049 30 901820", "FR", "+4930901820", "+49 30 901820"),
        ("(206) 555-0142 ext. 12", "US", "+12065550142;ext=12", "+1 206-555-0142 ext. 12"),
        ("06 1234 5678", "IT", "+390612345678", "+39 06 1234 5678"),
    ],
)
def test_numbers_are_read_as_people_write_them(
    typed: str, country: str, stored: str, shown: str
) -> None:
    assert phones.parse(typed, country) == stored
    assert re.match(phones.STORED, stored)
    assert phones.shown(stored) == shown if stored else True
    assert phones.parse(stored, "US") == stored


@pytest.mark.parametrize(
    ("typed", "country", "sentence"),
    [
        ("030 901820", "", "country code"),
        ("+999 1234567", "", "country code"),
        ("1", "DE", "no phone number"),
        ("(206) 555-01", "US", "this many digits"),
        ("call me", "DE", "digits, spaces"),
        ("\u0663\u0663\u0663\u0663", "DE", "digits, spaces"),
        ("1" * 100, "DE", "digits, spaces"),
    ],
)
def test_what_no_phone_can_dial_is_refused_with_a_sentence(
    typed: str, country: str, sentence: str
) -> None:
    with pytest.raises(ValidationError, match=sentence):
        phones.parse(typed, country)


@given(st.text(max_size=70), st.sampled_from(["", "DE", "US", "XX", "JP"]))
def test_whatever_is_typed_is_stored_right_or_refused(typed: str, country: str) -> None:
    try:
        stored = phones.parse(typed, country)
    except ValidationError:
        return
    assert re.match(phones.STORED, stored)
    assert len(stored) <= phones.LONGEST
    assert phones.parse(phones.shown(stored)) == stored


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("030 901820", "30901820"),
        ("+49 (0)30 90", "493090"),
        ("acme", ""),
        ("12", ""),
        ("4711 x", ""),
    ],
)
def test_what_looks_like_a_number_is_searched_by_its_digits(typed: str, digits: str) -> None:
    assert phones.searched(typed) == digits
