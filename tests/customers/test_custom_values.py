"""What values of custom fields may be, and how they are written. No database."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from customers import custom_values
from customers.custom_values import UnusableValueError
from customers.models import Choice, CustomField

Kind = CustomField.Kind
CHOICES = (
    Choice("gold", "Gold"),
    Choice("silver", "Silver"),
    Choice("tin", "Tin", is_retired=True),
)


def field_of(kind: str, **details: object) -> CustomField:
    field = CustomField(kind=kind, label="Tier", key="tier", **details)
    field.options = CHOICES if kind == Kind.CHOICE else ()
    return field


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        (Kind.TEXT, "  CC-4711 ", "CC-4711"),
        (Kind.TEXT, "<b>{{ x }}</b> %s", "<b>{{ x }}</b> %s"),
        (Kind.TEXT, "日本 💶 Z̷a", "日本 💶 Z̷a"),
        (Kind.TEXT, "x" * 500, "x" * 500),
        (Kind.NUMBER, "1234.50", "1234.5"),
        (Kind.NUMBER, "+0012", "12"),
        (Kind.NUMBER, "-0.0", "0"),
        (Kind.NUMBER, "-0.5", "-0.5"),
        (Kind.NUMBER, "9" * 18 + ".123456", "9" * 18 + ".123456"),
        (Kind.NUMBER, "1." + "0" * 40, "1"),
        (Kind.NUMBER, 7, "7"),
        (Kind.NUMBER, Decimal("1.10"), "1.1"),
        (Kind.DATE, "2024-02-29", "2024-02-29"),
        (Kind.DATE, dt.date(2026, 11, 22), "2026-11-22"),
        (Kind.DATE, dt.datetime(2026, 11, 22, 9, 30, tzinfo=dt.UTC), "2026-11-22"),
        (Kind.CHOICE, "gold", "gold"),
        (Kind.CHOICE, "SILVER", "silver"),
        (Kind.YES_NO, "Yes", True),
        (Kind.YES_NO, "off", False),
        (Kind.YES_NO, False, False),
        *[(kind, empty, None) for kind in Kind for empty in ("", "  \t", None)],
    ],
)
def test_what_is_typed_is_stored_typed(kind: str, typed: object, value: object) -> None:
    parsed = custom_values.parse(field_of(kind), typed)

    assert parsed == value
    assert type(parsed) is type(value)


@pytest.mark.parametrize(
    ("kind", "typed", "sentence"),
    [
        (Kind.TEXT, "x" * 501, "at most 500 characters; these are 501"),
        (Kind.TEXT, "a\x00b", "control character"),
        (Kind.TEXT, "a\nb", "control character"),
        (Kind.TEXT, "a\ud800b", "control character"),
        (Kind.TEXT, "a\u202egnp.exe", "direction"),
        (Kind.NUMBER, "NaN", "without separators"),
        (Kind.NUMBER, "Infinity", "without separators"),
        (Kind.NUMBER, "1e400", "without separators"),
        (Kind.NUMBER, "1,5", "without separators"),
        (Kind.NUMBER, "1 000", "without separators"),
        (Kind.NUMBER, "٣", "without separators"),
        (Kind.NUMBER, "0x10", "without separators"),
        (Kind.NUMBER, "5.", "without separators"),
        (Kind.NUMBER, "9" * 40, "at most 18 digits before the point and 6 after"),
        (Kind.NUMBER, "0.1234567", "at most 18 digits before the point and 6 after"),
        (Kind.NUMBER, "0" * 1_000_000 + "x", "without separators"),
        (Kind.NUMBER, True, "without separators"),
        (Kind.DATE, "2026-02-30", "day of the calendar"),
        (Kind.DATE, "22.11.2026", "day of the calendar"),
        (Kind.DATE, "20261122", "day of the calendar"),
        (Kind.DATE, "2026-W47-7", "day of the calendar"),
        (Kind.DATE, "+12026-01-01", "day of the calendar"),
        (Kind.DATE, "0000-00-00", "day of the calendar"),
        (Kind.DATE, "0206-11-22", "between 1500-01-01 and 2999-12-31"),
        (Kind.DATE, "9999-12-31", "between 1500-01-01 and 2999-12-31"),
        (Kind.CHOICE, "Platinum", "not offered here"),
        (Kind.CHOICE, "Tin", "“Tin” is not offered any more"),
        (Kind.YES_NO, "perhaps", "yes or no"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(kind: str, typed: object, sentence: str) -> None:
    with pytest.raises(UnusableValueError, match=sentence):
        custom_values.parse(field_of(kind), typed)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Kind.TEXT, True),
        (Kind.TEXT, 5),
        (Kind.TEXT, ""),
        (Kind.TEXT, " padded "),
        (Kind.TEXT, ["a"]),
        (Kind.NUMBER, 1.5),
        (Kind.NUMBER, "1.50"),
        (Kind.NUMBER, "-0"),
        (Kind.DATE, "2026-11-22 "),
        (Kind.CHOICE, "Gold"),
        (Kind.CHOICE, "tin"),
        (Kind.CHOICE, "unknown"),
        (Kind.YES_NO, "yes"),
        (Kind.YES_NO, 1),
        (Kind.YES_NO, None),
    ],
)
def test_what_is_not_written_as_its_kind_is_written_is_no_value(kind: str, value: object) -> None:
    with pytest.raises(UnusableValueError):
        custom_values.check(field_of(kind), value)


def test_a_retired_choice_stays_where_it_stood() -> None:
    field = field_of(Kind.CHOICE)

    assert custom_values.check(field, "tin", before="tin") == "tin"
    with pytest.raises(UnusableValueError, match="any more"):
        custom_values.check(field, "tin", before="gold")


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        (Kind.TEXT, "1250", "1250"),
        (Kind.NUMBER, "123456789012345678.5", "123,456,789,012,345,678.5"),
        (Kind.NUMBER, "-1250", "-1,250"),
        (Kind.DATE, "2026-11-22", "Nov. 22, 2026"),
        (Kind.CHOICE, "tin", "Tin"),
        (Kind.CHOICE, "gone", "gone"),
        (Kind.YES_NO, True, "Yes"),
        (Kind.YES_NO, False, "No"),
        (Kind.NUMBER, "what a kind once held", "what a kind once held"),
        (Kind.DATE, "what a kind once held", "what a kind once held"),
        (Kind.TEXT, None, ""),
    ],
)
def test_people_read_it_in_their_manner(kind: str, value: str | bool, shown: str) -> None:
    assert custom_values.display(field_of(kind), value) == shown


def test_the_search_finds_what_is_searched_and_nothing_else() -> None:
    fields = [CustomField(kind=Kind.TEXT, key=key) for key in ("b", "a", "empty")]

    assert custom_values.search_text(fields, {"a": "One", "b": "Two", "c": "Three"}) == "One Two"


printable = st.text(st.characters(blacklist_categories=["Cc", "Cs"]), max_size=600)
numbers = st.decimals(allow_nan=False, allow_infinity=False).map(lambda number: f"{number:f}")
typed = st.one_of(
    printable,
    st.text(),
    numbers,
    st.integers().map(str),
    st.dates().map(str),
    st.sampled_from(["gold", "Tin", "yes", "No", "on", "-0", "+00.10", "1e5", "NaN"]),
    st.none(),
    st.booleans(),
    st.floats(),
    st.datetimes(),
    st.binary(max_size=20),
)


@given(kind=st.sampled_from(list(Kind)), typed=typed)
@example(kind=Kind.NUMBER, typed="-0.000")
def test_whatever_is_typed_becomes_a_typed_value_or_a_sentence(kind: str, typed: object) -> None:
    field, sentence, value = field_of(kind), "", None
    try:
        value = custom_values.parse(field, typed)
    except UnusableValueError as error:
        sentence = str(error)

    if value is None:
        assert bool(sentence) != (custom_values.typed_text(typed) == "")
    else:
        assert custom_values.check(field, value) == value


values_of = {
    Kind.TEXT: printable.map(str.strip)
    .filter(lambda text: 0 < len(text) <= 500)
    .filter(
        lambda text: not any(0x202A <= ord(c) <= 0x202E or 0x2066 <= ord(c) <= 0x2069 for c in text)
    ),
    Kind.NUMBER: st.decimals(min_value=Decimal(-(10**17)), max_value=Decimal(10**17), places=6).map(
        lambda number: custom_values.parse(field_of(Kind.NUMBER), f"{number:f}")
    ),
    Kind.DATE: st.dates(dt.date(1500, 1, 1), dt.date(2999, 12, 31)).map(dt.date.isoformat),
    Kind.CHOICE: st.sampled_from(["gold", "silver"]),
    Kind.YES_NO: st.booleans(),
}


@given(data=st.data(), kind=st.sampled_from(list(Kind)))
def test_a_value_written_out_and_read_again_is_the_same(data: st.DataObject, kind: str) -> None:
    field = field_of(kind)
    value = data.draw(values_of[Kind(kind)])

    assert custom_values.parse(field, custom_values.text_of(field, value)) == value
    assert custom_values.display(field, value) != ""


@given(number=st.decimals(min_value=-(10**17), max_value=10**17, places=6))
def test_a_number_stays_exact(number: Decimal) -> None:
    value = custom_values.parse(field_of(Kind.NUMBER), f"{number:f}")

    assert Decimal(str(value)) == number
    shown = custom_values.display(field_of(Kind.NUMBER), value)
    assert Decimal(shown.replace(",", "")) == number
