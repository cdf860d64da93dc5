"""Finding what somebody typed in a column of text that has an index of its trigrams."""

import re
import uuid

from django.db.models import Q

# An index of trigrams knows no shorter word: without it, each search would read the whole table.
SHORTEST_FOUND_ANYWHERE = 3

_LETTERS = re.compile(r"[^\W_]+")


def holds(column: str, word: str) -> Q:
    """The rows whose text holds the word, in lower case both.

    A word of one or two letters is found only where a word begins with it: the index keeps
    beginnings as trigrams with spaces in front.
    """
    if is_long(word):
        return Q(**{f"{column}__contains": word})
    return Q(**{f"{column}__startswith": word}) | Q(**{f"{column}__contains": f" {word}"})


def is_long(word: str) -> bool:
    """Whether the index can find the word anywhere."""
    return any(len(part) >= SHORTEST_FOUND_ANYWHERE for part in _LETTERS.findall(word))


def id_in(text: str) -> uuid.UUID | None:
    """The id of a record, if that is what somebody pasted."""
    try:
        return uuid.UUID(text.strip())
    except ValueError:
        return None
