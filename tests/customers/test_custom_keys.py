"""Keys that are proposed from labels."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers import custom_keys


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("Cost centre", "cost_centre"),
        ("Größe (m²)", "groesse_m2"),
        ("2nd contact", "field_2nd_contact"),
        ("日本", "field"),
        ("__", "field"),
        ("x" * 90, "x" * 40),
    ],
)
def test_a_key_is_made_from_the_label(label: str, key: str) -> None:
    assert custom_keys.propose(label, taken=(), fallback="field") == key


def test_a_key_that_is_taken_is_numbered_within_its_length() -> None:
    assert custom_keys.propose("Tier", taken={"tier", "tier_2"}, fallback="field") == "tier_3"
    long = "x" * 40
    assert custom_keys.propose(long, taken={long}, fallback="field") == "x" * 38 + "_2"


@given(label=st.text(max_size=100), taken=st.sets(st.text(max_size=5), max_size=5))
def test_any_label_gets_a_plain_key_of_its_own(label: str, taken: set[str]) -> None:
    key = custom_keys.propose(label, taken=taken, fallback="choice")

    assert custom_keys.PLAIN.fullmatch(key)
    assert len(key) <= 40
    assert key not in taken
