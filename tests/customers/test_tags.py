"""Tags are written one way everywhere."""

import unicodedata

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from customers import tags
from customers.models import Group
from resellers.models import Reseller
from tests.factories.customers import GroupFactory


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("", []),
        (" , ;; ", []),
        ("Production, eu-West ;PRODUCTION", ["eu-west", "production"]),
        ("  Public \t  Sector ", ["public sector"]),
        ("Zürich, zu\u0308rich", ["zürich"]),
        ("a\nb", ["a", "b"]),
        ("日本, 4711, cost:42", ["4711", "cost:42", "日本"]),
    ],
)
def test_tags_are_read_from_text(typed: str, stored: list[str]) -> None:
    assert tags.parse(typed) == stored


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("x" * 41, "longer than 40"),
        ("-dash", "begin with a letter"),
        ("a<b>", "may hold letters"),
        ("💶", "begin with a letter"),
        (",".join(f"t{number}" for number in range(21)), "These are 21 tags; keep to 20."),
    ],
)
def test_what_cannot_be_a_tag_is_told(typed: str, sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        tags.parse(typed)


def test_every_wrong_tag_has_its_sentence() -> None:
    with pytest.raises(ValidationError) as refused:
        tags.parse("good, -bad, a<b")

    assert len(refused.value.messages) == 2


@given(st.text(max_size=60))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = tags.normalise(text)

    assert tags.normalise(once) == once
    assert unicodedata.is_normalized("NFC", once)


@given(st.text(max_size=60))
def test_what_was_read_reads_the_same_again(text: str) -> None:
    try:
        read = tags.parse(text)
    except ValidationError:
        return

    assert tags.parse(str(read)) == read


def test_tags_in_use_are_suggested_once_and_in_order(alpha: Reseller) -> None:
    GroupFactory(tags=["prod", "eu"])
    GroupFactory(tags=["eu", "dev"])
    GroupFactory()

    assert tags.in_use(Group.objects.all()) == ["dev", "eu", "prod"]
    assert tags.in_use(Group.objects.all(), Group.objects.all()) == ["dev", "eu", "prod"]
    assert tags.in_use(Group.objects.none()) == []


def test_not_more_are_suggested_than_a_page_can_show(alpha: Reseller) -> None:
    for number in range(4):
        GroupFactory(tags=[f"t{number}-{each}" for each in range(20)])

    GroupFactory(tags=["t3-19", "zz"])
    GroupFactory(tags=["zz"])

    suggested = tags.in_use(Group.objects.all())

    assert len(suggested) == tags.SUGGESTED
    assert {"t3-19", "zz"} <= set(suggested), "what many have comes first"
    assert suggested == sorted(suggested)
