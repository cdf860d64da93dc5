"""Cells that a spreadsheet would take for formulas (OWASP: CSV injection)."""

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
_QUOTE = "'"
_FIRST = frozenset((*_DANGEROUS, _QUOTE))
# How a cell begins that `plain` changes or that may look like a formula. Most begin otherwise.
SUSPICIOUS = frozenset("'=+-@")


def neutral(text: str) -> str:
    """The text for a CSV that people open in a spreadsheet: shown, never calculated.

    Text that looks as if it had been made neutral before gets one more quote, so that `plain` gives
    back every text as it was.
    """
    if text[:1] not in _FIRST:  # nearly all: a file has millions of cells
        return text
    return f"{_QUOTE}{text}" if text.lstrip(_QUOTE).startswith(_DANGEROUS) else text


def plain(cell: str) -> str:
    """What `neutral` was given: a file of ours can be read again."""
    if cell.startswith(_QUOTE) and cell.lstrip(_QUOTE).startswith(_DANGEROUS):
        return cell[1:]
    return cell


def looks_like_formula(text: str) -> bool:
    """Whether a person should look at it. Phone numbers and negative amounts are common."""
    return text.startswith(("=", "@")) or (
        text.startswith(("+", "-")) and any(each.isalpha() for each in text)
    )
