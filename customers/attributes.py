"""Attributes: what a group says about itself, as key = value, one on each line.

Keys are unique whatever their case; they keep the case that was typed. The order is the
alphabet's: the database keeps none.
"""

import unicodedata
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MOST = 50
LONGEST_KEY = 64
LONGEST_VALUE = 256

_EXTRA = frozenset(" -_.:/+@")  # beside letters, marks and digits of any script


class Attributes(dict[str, str]):
    """Keys and values. As text, they are the lines that a person may type."""

    def __init__(self, pairs: Mapping[str, str] | None = None) -> None:
        known = pairs or {}
        super().__init__({key: known[key] for key in sorted(known, key=str.lower)})

    def __str__(self) -> str:
        return "\n".join(f"{key} = {value}" for key, value in self.items())


def parse(typed: str) -> Attributes:
    """The attributes that lines of `key = value` name; empty lines are passed over.

    Raises ValidationError with one sentence for each line that cannot be read.
    """
    found: dict[str, str] = {}
    lines: dict[str, int] = {}  # where each key stands, whatever its case
    wrong: list[str] = []
    for number, line in enumerate(typed.splitlines(), start=1):
        if not line.strip():
            continue
        key, equals, value = (_tidy(part) for part in line.partition("="))
        sentence = _problem(key, equals, value) or _repeated(key, lines)
        if sentence:
            wrong.append(
                _("Line %(number)s: %(sentence)s") % {"number": number, "sentence": sentence}
            )
        else:
            found[key] = value
            lines[key.lower()] = number
    if len(found) > MOST:
        wrong.append(
            _("These are %(count)s attributes; keep to %(most)s.")
            % {"count": len(found), "most": MOST}
        )
    if wrong:
        raise ValidationError(wrong)
    return Attributes(found)


def _tidy(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _problem(key: str, equals: str, value: str) -> str:
    """What is wrong with one line; nothing: an empty text."""
    if not equals:
        return _("“=” is missing. Write it as key = value.")
    return _key_problem(key) or _value_problem(key, value)


def _key_problem(key: str) -> str:
    words = {"key": key[:LONGEST_KEY], "longest": LONGEST_KEY}
    if not key:
        return _("The key before “=” is missing.")
    if len(key) > LONGEST_KEY:
        return _("The key “%(key)s…” is longer than %(longest)s characters.") % words
    if not _is_plain(key):
        return (
            _(
                "The key “%(key)s” must begin with a letter or a digit. It may hold letters,"
                " digits, spaces and - _ . : / + @."
            )
            % words
        )
    return ""


def _value_problem(key: str, value: str) -> str:
    words = {"key": key, "longest": LONGEST_VALUE}
    if not value:
        return _("The value of “%(key)s” after “=” is missing.") % words
    if len(value) > LONGEST_VALUE:
        return _("The value of “%(key)s” is longer than %(longest)s characters.") % words
    return ""


def _repeated(key: str, lines: Mapping[str, int]) -> str:
    if key.lower() not in lines:
        return ""
    words = {"key": key, "number": lines[key.lower()]}
    return _("The key “%(key)s” stands in line %(number)s already.") % words


def _is_plain(key: str) -> bool:
    kinds = [unicodedata.category(each)[0] for each in key]
    allowed = all(kind in "LMN" or each in _EXTRA for kind, each in zip(kinds, key, strict=True))
    return allowed and kinds[0] in "LN"
