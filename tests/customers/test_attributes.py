"""Attributes are lines of key = value."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from customers import attributes
from customers.attributes import Attributes


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("", {}),
        ("\n  \r\n", {}),
        ("env = prod", {"env": "prod"}),
        ("env=prod\r\n\r\nCost  Centre =  47  11 ", {"Cost Centre": "47 11", "env": "prod"}),
        ("url = https://a.example/?b=c", {"url": "https://a.example/?b=c"}),
    ],
)
def test_attributes_are_read_from_lines(typed: str, read: dict[str, str]) -> None:
    assert attributes.parse(typed) == read


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("env prod", "“=” is missing"),
        ("= prod", "key before “=” is missing"),
        ("env =", "value of “env” after “=” is missing"),
        ("-env = 1", "must begin with a letter"),
        ("e<v = 1", "It may hold letters"),
        ("k" * 65 + " = 1", "longer than 64"),
        ("env = " + "v" * 257, "longer than 256"),
        ("NAME = again", "“NAME” stands in line 1 already"),
    ],
)
def test_each_wrong_line_is_told_with_its_number(line: str, sentence: str) -> None:
    with pytest.raises(ValidationError) as refused:
        attributes.parse(f"name = first\n\n{line}\nfine = too")

    [message] = refused.value.messages
    assert message.startswith("Line 3: ")
    assert sentence in message


def test_all_wrong_lines_are_told_at_once() -> None:
    with pytest.raises(ValidationError) as refused:
        attributes.parse("a\nb = 1\nc")

    assert [each[:7] for each in refused.value.messages] == ["Line 1:", "Line 3:"]


def test_too_many_are_refused() -> None:
    fifty = "\n".join(f"k{number} = v" for number in range(50))

    assert len(attributes.parse(fifty)) == 50
    with pytest.raises(ValidationError, match="These are 51 attributes; keep to 50"):
        attributes.parse(f"{fifty}\none = more")


def test_they_stand_in_the_order_of_the_alphabet() -> None:
    assert str(Attributes({"b": "2", "A": "1", "c": "3"})) == "A = 1\nb = 2\nc = 3"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200))
def test_what_was_read_reads_the_same_again(text: str) -> None:
    try:
        read = attributes.parse(text)
    except ValidationError:
        return

    assert attributes.parse(str(read)) == read
