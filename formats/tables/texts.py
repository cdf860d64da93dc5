"""CSV: which encoding, which delimiter, and the rows."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from django.utils.translation import gettext as _

from formats.tables.rows import LONGEST_CELL, MOST_COLUMNS, Row, Table, UnreadableTableError

SAMPLE = 64 * 1024  # bytes from which the delimiter is told
LONGEST_LINE = 1_000_000  # characters
PIECE = 256 * 1024
DELIMITERS = ",;\t"
_HINT = re.compile(r'"?sep=(.)"?\s*\Z')  # Excel's own first line: "sep=;"
_CONTROL = frozenset(range(0x20)) - frozenset(b"\t\n\r\f")
_BOMS = (
    (codecs.BOM_UTF32_LE, ""),  # begins like UTF-16, so it is asked first
    (codecs.BOM_UTF32_BE, ""),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NAMES = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1252": "Windows-1252",
}


def open_text(file: IO[bytes]) -> Table:
    """Decide how the file is read. Looks at all of it. Raises UnreadableTableError."""
    encoding = _encoding(file)
    lines = _lines(file, encoding)
    first = next(lines, "")
    hint = _HINT.match(first)
    delimiter = hint[1] if hint else _delimiter(first, lines)
    names = {",": _("commas"), ";": _("semicolons"), "\t": _("tabs")}
    told = _("Read as %(encoding)s, with %(delimiter)s between the cells.") % {
        "encoding": _NAMES[encoding],
        "delimiter": names.get(delimiter, f"“{delimiter}”"),
    }
    skipped = 1 if hint else 0
    return Table(told, lambda: _rows(file, encoding, delimiter, skipped))


def _rows(file: IO[bytes], encoding: str, delimiter: str, skipped: int) -> Iterator[Row]:
    lines = _lines(file, encoding)
    for _hint in range(skipped):
        next(lines)
    number = skipped
    try:
        for number, cells in enumerate(
            csv.reader(lines, delimiter=delimiter, strict=True), skipped
        ):
            if len(cells) > MOST_COLUMNS and any(cells[MOST_COLUMNS:]):
                raise UnreadableTableError.too_wide(number + 1)
            yield Row(number + 1, cells[:MOST_COLUMNS])
    except csv.Error as error:
        # `number` is the row before the broken one.
        raise _broken(error, number + 2) from error


def _broken(error: csv.Error, number: int) -> UnreadableTableError:
    words = str(error)
    if "limit" in words or "unexpected end" in words:
        return UnreadableTableError.too_long_cell(number)
    return UnreadableTableError(
        _(
            "Row %(number)s cannot be read: something follows a closing quotation mark. "
            "A quotation mark inside of a cell is written twice."
        )
        % {"number": number}
    )


def _lines(file: IO[bytes], encoding: str) -> Iterator[str]:
    """The lines with their ends. One without an end is not read into memory."""
    file.seek(0)
    text = io.TextIOWrapper(io.BufferedReader(_Unclosed(file)), encoding=encoding, newline="")
    while line := text.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE and line[-1] not in "\r\n":
            raise UnreadableTableError(
                _("A line of this file has more than %(most)s characters: this is no table.")
                % {"most": f"{LONGEST_LINE:,}"}
            )
        yield line


class _Unclosed(io.RawIOBase):
    """Reads a file and leaves it open, whatever becomes of the wrapper around it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._file.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)


def _delimiter(first: str, lines: Iterator[str]) -> str:
    """What cuts the first row that is not empty into the most cells."""
    sample, size = [first], len(first)
    for line in lines:
        if size > SAMPLE:
            break
        sample.append(line)
        size += len(line)

    def width(delimiter: str) -> int:
        try:
            cut = csv.reader(sample, delimiter=delimiter)
            return next((len(cells) for cells in cut if any(cells)), 0)
        except csv.Error:
            return 0

    return max(DELIMITERS, key=width)


@dataclass
class _Findings:
    """What the bytes of a file look like."""

    is_utf8: bool = True
    letters: int = 0  # beyond ASCII, as UTF-8
    strange: int = 0  # what is no UTF-8
    is_printable: bool = True  # as Windows-1252


def _encoding(file: IO[bytes]) -> str:
    """The encoding of the whole file, or UnreadableTableError. Leaves the file anywhere."""
    file.seek(0)
    head = file.read(4096)
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return _checked(file, encoding)
    if wide := _wide(head):
        return _checked(file, wide)
    found = _look(file)
    if found.is_utf8:
        return "utf-8"
    # A page of umlauts in UTF-8 with one broken letter would be read as gibberish.
    if found.is_printable and found.strange > found.letters:
        return "cp1252"
    raise _unknown()


def _wide(head: bytes) -> str:
    """UTF-16 without a mark: every other byte of European text is zero."""
    half = max(len(head) // 2, 1)
    if head[1::2].count(0) > half * 0.4 and head[0::2].count(0) < half * 0.1:
        return "utf-16-le"
    if head[0::2].count(0) > half * 0.4 and head[1::2].count(0) < half * 0.1:
        return "utf-16-be"
    return ""


def _checked(file: IO[bytes], encoding: str) -> str:
    """The encoding itself, if the whole file is written in it."""
    if not encoding:
        raise _unknown()
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while piece := file.read(PIECE):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise _unknown() from error
    return encoding


def _look(file: IO[bytes]) -> _Findings:
    found = _Findings()
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    undefined = _CONTROL | {0x81, 0x8D, 0x8F, 0x90, 0x9D}
    unprintable = bytes(sorted(undefined))
    file.seek(0)
    while True:
        piece = file.read(PIECE)
        text = decoder.decode(piece, final=not piece)
        strange = text.count("\N{REPLACEMENT CHARACTER}")
        found.strange += strange
        found.letters += 0 if text.isascii() else sum(each > "\x7f" for each in text) - strange
        found.is_printable = found.is_printable and len(piece.translate(None, unprintable)) == len(
            piece
        )
        if not piece:
            break
    found.is_utf8 = not found.strange or _is_really_utf8(file)
    return found


def _is_really_utf8(file: IO[bytes]) -> bool:
    """Whether the replacement characters stand in the file itself."""
    try:
        _checked(file, "utf-8")
    except UnreadableTableError:
        return False
    return True


def _unknown() -> UnreadableTableError:
    return UnreadableTableError(
        _(
            "The encoding of this file is not clear: it is neither UTF-8 nor UTF-16 nor "
            "Windows-1252. Save it as “CSV UTF-8” or as XLSX."
        )
    )


assert csv.field_size_limit() == LONGEST_CELL  # noqa: S101 - two names for one number
