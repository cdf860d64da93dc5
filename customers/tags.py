"""Tags: short words that staff put on customers and groups, written one way everywhere.

A tag is lower case, with single spaces, in Unicode's composed form (NFC): `  Public  Sector ` and
`public sector` are one tag.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

LONGEST = 40
MOST = 20  # of one record
SUGGESTED = 30
LOOKED_AT = 500  # records, the newest: suggestions must not cost more than the page

_SEPARATORS = re.compile(r"[,;\n]")
_EXTRA = frozenset(" -_.:/+&#@")  # beside letters, marks and digits of any script


class Tags(list[str]):
    """The tags of one record, in the order of the alphabet. As text, they are joined by commas."""

    def __str__(self) -> str:
        return ", ".join(self)


def normalise(typed: str) -> str:
    """How a tag is stored."""
    return " ".join(unicodedata.normalize("NFC", typed.lower()).split())


def parse(typed: str) -> Tags:
    """The tags in a text that separates them by commas, semicolons or lines.

    Raises ValidationError with one sentence for each tag that cannot be one.
    """
    return of([each for each in _SEPARATORS.split(typed) if each.strip()])


def of(words: Iterable[str]) -> Tags:
    """The tags that these words are; each once. Raises ValidationError."""
    tags = sorted({normalise(word) for word in words})
    wrong = [sentence for sentence in map(_problem, tags) if sentence]
    if len(tags) > MOST:
        wrong.append(
            _("These are %(count)s tags; keep to %(most)s.") % {**_BOUND, "count": len(tags)}
        )
    if wrong:
        raise ValidationError(wrong)
    return Tags(tags)


def in_use(*sources: "QuerySet[Any]") -> list[str]:
    """The tags to suggest, in the order of the alphabet: what most of the newest records have.

    Each source is a queryset of records with `tags` and `created_at`, and an index of the latter
    for those that have tags.
    """
    counted: Counter[str] = Counter()
    for source in sources:
        newest = source.exclude(tags=[]).order_by("-created_at").values_list("tags", flat=True)
        counted.update(tag for tags in newest[:LOOKED_AT] for tag in tags)
    return sorted(tag for tag, _number in counted.most_common(SUGGESTED))


_BOUND = {"most": MOST, "longest": LONGEST}


def _problem(tag: str) -> str:
    words = {**_BOUND, "tag": tag[:LONGEST]}
    if len(tag) > LONGEST:
        return _("The tag “%(tag)s…” is longer than %(longest)s characters.") % words
    if not tag or unicodedata.category(tag[0])[0] not in "LN":
        return _("The tag “%(tag)s” must begin with a letter or a digit.") % words
    if any(unicodedata.category(each)[0] not in "LMN" and each not in _EXTRA for each in tag):
        return (
            _("The tag “%(tag)s” may hold letters, digits, spaces and - _ . : / + & # @.") % words
        )
    return ""
