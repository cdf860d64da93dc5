"""Addresses follow the rules of their country."""

import pytest
from django_countries import countries
from hypothesis import given
from hypothesis import strategies as st

from formats import addresses


@pytest.mark.parametrize(
    ("country", "parts", "wrong"),
    [
        ("DE", {"street": "A 1", "city": "Köln", "postal_code": "50667"}, set()),
        ("DE", {"street": "A 1", "city": "Köln", "postal_code": "5066"}, {"postal_code"}),
        ("DE", {"street": "A 1"}, {"city", "postal_code"}),
        ("US", {"street": "A 1", "city": "X", "postal_code": "62701"}, {"state"}),
        ("US", {"street": "A", "city": "X", "state": "ZZ", "postal_code": "62701"}, {"state"}),
        ("IE", {"street": "A 1", "city": "Dublin"}, set()),
        ("", {"street": "A 1"}, set()),
        ("XX", {"street": "A 1"}, set()),
        ("DE", {}, set()),
    ],
)
def test_what_is_missing_or_wrong(country: str, parts: dict[str, str], wrong: set[str]) -> None:
    assert set(addresses.problems({"country": country, **parts})) == wrong


@pytest.mark.parametrize(
    ("country", "typed", "stored"),
    [
        ("US", "california", "CA"),
        ("US", "ca", "CA"),
        ("US", "Narnia", "Narnia"),
        ("JP", "Hokkaido", "北海道"),
        ("CA", "Colombie-Britannique", "BC"),
        ("DE", "Bayern", "Bayern"),
    ],
)
def test_states_are_known_by_their_names(country: str, typed: str, stored: str) -> None:
    assert addresses.tidied({"country": country, "state": typed})["state"] == stored


def test_postal_codes_are_put_into_capitals() -> None:
    assert (
        addresses.tidied({"country": "GB", "postal_code": "sw1a 1aa"})["postal_code"] == "SW1A 1AA"
    )


def test_each_country_calls_its_parts_by_their_names() -> None:
    american, irish = addresses.rules_of("US"), addresses.rules_of("IE")

    assert (addresses.state_label(american), addresses.postal_label(american)) == (
        "State",
        "ZIP code",
    )
    assert (addresses.state_label(irish), addresses.postal_label(irish)) == ("County", "Eircode")
    assert not addresses.rules_of("DE").uses_state
    assert addresses.rules_of("DE").order == ("street", "postal_code", "city")


def test_a_letter_is_addressed_in_the_manner_of_the_country() -> None:
    parts = {"country": "US", "street": "1 Main St", "suite": "Suite 5", "city": "Springfield"}

    lines = addresses.lines({**parts, "state": "IL", "postal_code": "62701"})

    assert lines == ["1 Main St", "Suite 5", "SPRINGFIELD, IL 62701", "UNITED STATES"]


def test_no_address_has_no_lines() -> None:
    assert addresses.lines({"street": "", "country": ""}) == []


PART = st.text(max_size=30)


@given(
    st.sampled_from(["", "XX", *[code for code, _name in countries]]),
    st.dictionaries(st.sampled_from(["street", "city", "state", "postal_code", "suite"]), PART),
)
def test_any_address_of_any_country_is_judged_and_printed(
    country: str, typed: dict[str, str]
) -> None:
    parts = addresses.tidied({"country": country, **typed})

    assert all(sentence for sentence in addresses.problems(parts).values())
    assert all(line.strip() for line in addresses.lines(parts) if line)
