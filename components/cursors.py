"""Where a page of a list begins, written into the address. What cannot be read is no cursor."""

import base64
import binascii
import datetime as dt
import json
from dataclasses import dataclass
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.db.models import Field
from django.utils import timezone

Direction = Literal["after", "before"]
LONGEST = 1_000
PARTS = 4  # sort, direction, value, primary key


class UnreadableCursorError(Exception):
    """The text is no cursor of this list in this order."""


@dataclass(frozen=True)
class Cursor:
    """The row next to which the page lies, by its sort value and its primary key."""

    sort: str  # as in the address, with "-" for descending
    direction: Direction
    value: Any
    pk: Any


def write(cursor: Cursor) -> str:
    parts = [cursor.sort, cursor.direction, _as_text(cursor.value), _as_text(cursor.pk)]
    raw = json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def read(text: str, *, sort: str, field: "Field[Any, Any]", pk_field: "Field[Any, Any]") -> Cursor:
    """What `text` holds. Raises UnreadableCursorError unless it belongs to this order."""
    parts = _parts(text)
    if parts[0] != sort or parts[1] not in {"after", "before"}:
        raise UnreadableCursorError
    direction: Direction = "after" if parts[1] == "after" else "before"
    return Cursor(sort, direction, _as_value(parts[2], field), _as_value(parts[3], pk_field))


def _parts(text: str) -> list[str]:
    if len(text) > LONGEST:
        raise UnreadableCursorError
    try:
        raw = base64.b64decode(
            text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True
        )
        parts = json.loads(raw.decode())
    except (UnicodeError, binascii.Error, ValueError, RecursionError) as error:
        raise UnreadableCursorError from error
    if (
        not isinstance(parts, list)
        or len(parts) != PARTS
        or not all(isinstance(p, str) for p in parts)
    ):
        raise UnreadableCursorError
    return parts


def _as_text(value: Any) -> str:
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


def _as_value(text: str, field: "Field[Any, Any]") -> Any:
    # PostgreSQL stores neither NUL nor half of a surrogate pair.
    if "\x00" in text or any("\ud800" <= each <= "\udfff" for each in text):
        raise UnreadableCursorError
    try:
        value = field.to_python(text)
    except (ValidationError, ValueError, ArithmeticError, TypeError) as error:
        raise UnreadableCursorError from error
    if value is None or not _is_comparable(value):
        raise UnreadableCursorError
    return value


def _is_comparable(value: Any) -> bool:
    if isinstance(value, dt.datetime):
        return timezone.is_aware(value)
    if hasattr(value, "is_finite"):
        return bool(value.is_finite())
    return True
