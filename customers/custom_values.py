"""What the values of custom fields may be, and how they are written. Pure: no query is made here.

A value is stored typed: text as it was typed, a number as an exact decimal without needless zeros
("1234.5"), a date in ISO's form ("2026-11-22"), a choice by its key, yes or no as true or false.
What is not known is not stored.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils import formats
from django.utils.translation import gettext as _

from customers.models import CustomField
from formats.plain_text import PlainText

Value = str | bool
Values = Mapping[str, Value]

LONGEST_TEXT = 500
# A number has so many digits before and after its point.
MOST_DIGITS = 18
MOST_DECIMALS = 6
FIRST_DAY = dt.date(1500, 1, 1)
LAST_DAY = dt.date(2999, 12, 31)

_NUMBER = re.compile(r"(?P<sign>[+-]?)(?P<whole>[0-9]+)(?:\.(?P<rest>[0-9]+))?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YES = frozenset({"yes", "true", "on", "1"})
_NO = frozenset({"no", "false", "off", "0"})

_check_characters = PlainText()
Kind = CustomField.Kind


class UnusableValueError(ValueError):
    """This field cannot hold that. The message is fit to show beside it."""


def parse(field: CustomField, typed: object) -> Value | None:
    """The value that somebody means who types this, or None for nothing.

    Choices are named by their labels, in any case. Raises UnusableValueError.
    """
    text = typed_text(typed)
    return _PARSERS[Kind(field.kind)](field, text) if text else None


def check(field: CustomField, value: object, *, before: object = None) -> Value:
    """The value itself, if the field can hold it. Raises UnusableValueError.

    A choice that was retired stays where it stood `before`.
    """
    if field.kind == Kind.YES_NO and isinstance(value, bool):
        return value
    if not isinstance(value, str) or not value:
        raise UnusableValueError(_("This is not a value of the kind “%s”.") % kind_name(field))
    if field.kind == Kind.CHOICE:
        return _choice_with_key(field, value, before)
    if parse(field, value) != value:
        raise UnusableValueError(_("This is not a value of the kind “%s”.") % kind_name(field))
    return value


def conforms(field: CustomField, value: object) -> bool:
    """Whether this is stored as the field's kind is stored; retired choices are."""
    try:
        check(field, value, before=value)
    except UnusableValueError:
        return False
    return True


def text_of(field: CustomField, value: Value | None) -> str:
    """The value in words that `parse` reads as the same value: for exports and for forms."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    choice = field.option(value) if field.kind == Kind.CHOICE else None
    return choice.label if choice else value


def display(field: CustomField, value: Value | None) -> str:
    """The value as people of the reader's language read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if field.kind == Kind.NUMBER and conforms(field, value):
        return str(formats.number_format(Decimal(value), force_grouping=True))
    if (day := day_of(field, value)) is not None:
        return str(formats.date_format(day))
    return text_of(field, value)


def day_of(field: CustomField, value: Value | None) -> dt.date | None:
    """The day that the value of a date field names."""
    is_day = field.kind == Kind.DATE and isinstance(value, str) and conforms(field, value)
    return dt.date.fromisoformat(str(value)) if is_day else None


def is_number(text: str) -> bool:
    """Whether this reads as a number of ours: digits, a point, a sign."""
    return _NUMBER.fullmatch(text) is not None


def search_text(searched: Iterable[CustomField], values: Values) -> str:
    """What the search finds of a record: the values of the fields that are searched."""
    keys = sorted(field.key for field in searched)
    return " ".join(str(values[key]) for key in keys if key in values)


def typed_text(typed: object) -> str:
    """What stands in a cell or box, as text without blanks around it."""
    if isinstance(typed, bool):
        return "yes" if typed else "no"
    if isinstance(typed, dt.datetime):
        return typed.date().isoformat()
    return "" if typed is None else str(typed).strip()


def kind_name(field: CustomField) -> str:
    return str(Kind(field.kind).label)


def _text(_field: CustomField, text: str) -> str:
    try:
        _check_characters(text)
    except ValidationError as error:
        raise UnusableValueError(" ".join(error.messages)) from error
    if len(text) > LONGEST_TEXT:
        raise UnusableValueError(
            _("Use at most %(most)s characters; these are %(number)s.")
            % {"most": LONGEST_TEXT, "number": len(text)}
        )
    return text


def _number(_field: CustomField, text: str) -> str:
    found = _NUMBER.fullmatch(text)
    if not found:
        raise UnusableValueError(_("Enter a number without separators, such as 1234.50."))
    whole, rest = found["whole"].lstrip("0") or "0", (found["rest"] or "").rstrip("0")
    if len(whole) > MOST_DIGITS or len(rest) > MOST_DECIMALS:
        raise UnusableValueError(
            _("Use at most %(digits)s digits before the point and %(decimals)s after it.")
            % {"digits": MOST_DIGITS, "decimals": MOST_DECIMALS}
        )
    number = f"{whole}.{rest}" if rest else whole
    return f"-{number}" if found["sign"] == "-" and number != "0" else number


def _date(_field: CustomField, text: str) -> str:
    try:
        day = dt.date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        raise UnusableValueError(
            _("Enter a day of the calendar as year-month-day, such as 2026-11-22.")
        )
    if not FIRST_DAY <= day <= LAST_DAY:
        raise UnusableValueError(
            _("Enter a day between %(first)s and %(last)s.")
            % {"first": FIRST_DAY.isoformat(), "last": LAST_DAY.isoformat()}
        )
    return text


def _choice(field: CustomField, text: str) -> str:
    for option in field.options:
        if option.label.casefold() == text.casefold():
            return _choice_with_key(field, option.key, None)
    raise UnusableValueError(_("“%s” is not offered here. Choose another answer.") % text[:80])


def _choice_with_key(field: CustomField, key: str, before: object) -> str:
    option = field.option(key)
    if option is None:
        raise UnusableValueError(_("This answer is not offered any more. Choose another one."))
    if option.is_retired and key != before:
        raise UnusableValueError(
            _("“%s” is not offered any more. Choose another answer.") % option.label
        )
    return key


def yes_or_no(text: str) -> bool:
    """What somebody means who writes yes, no, true, 0, … Raises UnusableValueError."""
    word = text.strip().casefold()
    if word in _YES or word == _("Yes").casefold():
        return True
    if word in _NO or word == _("No").casefold():
        return False
    raise UnusableValueError(_("Enter yes or no."))


_PARSERS: dict[CustomField.Kind, Callable[[CustomField, str], Value]] = {
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.DATE: _date,
    Kind.CHOICE: _choice,
    Kind.YES_NO: lambda _field, text: yes_or_no(text),
}
