import base64
import datetime as dt
import json
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.db import models
from hypothesis import given
from hypothesis import strategies as st

from components import cursors
from components.cursors import Cursor, UnreadableCursorError

MOMENT = dt.datetime(2026, 3, 29, 1, 30, 0, 123456, tzinfo=dt.UTC)
PK: Any = models.BigAutoField()


def encoded(parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (models.CharField(), "Bäckerei “Öztürk” 🥨"),
        (models.CharField(), ""),
        (models.DateTimeField(), MOMENT),
        (models.DateField(), dt.date(2026, 2, 28)),
        (models.IntegerField(), -7),
        (models.DecimalField(), Decimal("12.50")),
        (models.UUIDField(), uuid.UUID(int=7)),
    ],
)
def test_what_was_written_is_read_again(field: Any, value: object) -> None:
    written = cursors.write(Cursor("-name", "before", value, 42))

    assert cursors.read(written, sort="-name", field=field, pk_field=PK) == Cursor(
        "-name", "before", value, 42
    )


def test_a_cursor_of_another_order_is_refused() -> None:
    written = cursors.write(Cursor("name", "after", "a", 1))

    with pytest.raises(UnreadableCursorError):
        cursors.read(written, sort="-name", field=models.CharField(), pk_field=PK)


@pytest.mark.parametrize(
    "parts",
    [
        ["name", "sideways", "a", "1"],
        ["name", "after", "a"],
        ["name", "after", "a", 1],
        ["name", "after", ["a"], "1"],
        {"name": "after"},
        7,
        None,
        ["name", "after", "a\x00b", "1"],
        ["name", "after", "\ud800", "1"],
        ["name", "after", "a", "one"],
        ["name", "after", "a", "9" * 5000],
    ],
)
def test_tampered_parts_are_refused(parts: object) -> None:
    with pytest.raises(UnreadableCursorError):
        cursors.read(encoded(parts), sort="name", field=models.CharField(), pk_field=PK)


@pytest.mark.parametrize("value", ["2026-01-01T00:00:00", "2026-13-01", "yesterday", "", "0"])
def test_moments_without_a_zone_and_nonsense_are_refused(value: str) -> None:
    text = encoded(["name", "after", value, "1"])

    with pytest.raises(UnreadableCursorError):
        cursors.read(text, sort="name", field=models.DateTimeField(), pk_field=PK)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-inf", "1e5x"])
def test_numbers_that_have_no_order_are_refused(value: str) -> None:
    text = encoded(["name", "after", value, "1"])

    with pytest.raises(UnreadableCursorError):
        cursors.read(text, sort="name", field=models.DecimalField(), pk_field=PK)


@given(st.text())
def test_no_text_at_all_breaks_the_reader(text: str) -> None:
    with pytest.raises(UnreadableCursorError):
        cursors.read(text, sort="name", field=models.DateTimeField(), pk_field=PK)


@given(st.lists(st.text() | st.integers() | st.none(), max_size=5))
def test_no_list_breaks_the_reader(parts: list[object]) -> None:
    with pytest.raises(UnreadableCursorError):
        cursors.read(encoded(parts), sort="-", field=models.DateTimeField(), pk_field=PK)
