"""Making plain text of what people typed."""

import re
import unicodedata

_EMPTY_LINES = re.compile(r"\n{3,}")
# They turn the direction of the text that follows: a name could make a subject read as another.
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")


def one_line(value: str) -> str:
    """The value without line breaks, control characters and direction overrides."""
    plain = "".join(
        " " if unicodedata.category(each) in {"Cc", "Zl", "Zp"} else each for each in value
    )
    return " ".join(_DIRECTION.sub("", plain).split())


def several_lines(value: str) -> str:
    """The value's lines, each in itself one line, with at most one empty line between them."""
    lines = [one_line(line) for line in value.splitlines()]
    return without_gaps("\n".join(lines)).strip()


def without_gaps(text: str) -> str:
    """The text with at most one empty line between its paragraphs."""
    return _EMPTY_LINES.sub("\n\n", text)
