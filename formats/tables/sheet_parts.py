"""The parts of an XLSX file: workbook, styles, strings, rows."""

import datetime as dt
import re
import tempfile
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from formats.tables import sheet_xml
from formats.tables.rows import LONGEST_CELL, MOST_COLUMNS, Row, UnreadableTableError

MOST_STRINGS = 3_000_000
MOST_ROWS = 1_048_576  # Excel's own
# What one piece of the file may unfold to: a few bytes can name a long string again and again.
MOST_TEXT = 8_000_000  # characters
DATE_FORMATS = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_ZEROS = re.compile(r"0{2,15}\Z")
_REFERENCE = re.compile(r"([A-Z]{1,3})[0-9]+\Z")


@dataclass
class Workbook:
    """Which sheet to read, and where its days begin."""

    sheet_id: str = ""
    sheet_name: str = ""
    starts_1904: bool = False


@dataclass
class _Elements:
    """Elements with these names, and their attributes by local name."""

    names: frozenset[str]
    found: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    path: list[str] = field(default_factory=list)

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name in self.names:
            inside = self.path[-1] if self.path else ""
            local = {key.rpartition(":")[2]: value for key, value in attributes.items()}
            self.found.append((f"{inside}/{name}", local))
        self.path.append(name)

    def end(self, _name: str) -> None:
        self.path.pop()

    def text(self, _text: str) -> None:
        pass

    def take(self) -> list[tuple[str, dict[str, str]]]:
        taken, self.found = self.found, []
        return taken


def read_workbook(pieces: Iterator[bytes]) -> Workbook:
    """The first sheet that is not hidden."""
    book = Workbook()
    wanted = _Elements(frozenset({"workbookPr", "sheet"}))
    for path, attributes in sheet_xml.read(pieces, wanted):
        if path.endswith("/workbookPr"):
            book.starts_1904 = attributes.get("date1904") in {"1", "true"}
        elif not book.sheet_id and attributes.get("state", "visible") == "visible":
            book.sheet_id, book.sheet_name = attributes.get("id", ""), attributes.get("name", "")
    return book


def read_relations(pieces: Iterator[bytes]) -> dict[str, str]:
    """Id → the part that it means."""
    wanted = _Elements(frozenset({"Relationship"}))
    return {
        attributes.get("Id", ""): attributes.get("Target", "")
        for _path, attributes in sheet_xml.read(pieces, wanted)
        if attributes.get("TargetMode") != "External"
    }


def read_formats(pieces: Iterator[bytes]) -> list[str]:
    """For each style: "date", so many zeros as a number is filled up with, or nothing."""
    codes: dict[str, str] = {}
    styles: list[str] = []
    wanted = _Elements(frozenset({"numFmt", "xf"}))
    for path, attributes in sheet_xml.read(pieces, wanted):
        number = attributes.get("numFmtId", "0")
        if path == "numFmts/numFmt":
            codes[number] = attributes.get("formatCode", "")
        elif path == "cellXfs/xf":
            styles.append(_format(number, codes))
    return styles


def _format(number: str, codes: dict[str, str]) -> str:
    if number in codes:
        bare = _QUOTED.sub("", codes[number]).split(";")[0].lower()
        if _ZEROS.match(bare):
            return bare
        return "date" if re.search(r"[dmyhs]", bare) else ""
    return "date" if number.isdecimal() and int(number) in DATE_FORMATS else ""


class Strings:
    """The strings that cells share. They lie on disk: there may be millions."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - see close
        self._ends = array("Q", [0])

    def add(self, text: str) -> None:
        if len(self._ends) > MOST_STRINGS:
            raise sheet_xml.refused()
        self._ends.append(self._ends[-1] + self._file.write(text.encode("utf-8", "surrogatepass")))

    def close(self) -> None:
        self._file.close()

    def __getitem__(self, number: int) -> str:
        if not 0 <= number < len(self._ends) - 1:
            raise sheet_xml.refused()
        begin, end = self._ends[number], self._ends[number + 1]
        self._file.seek(begin)
        return self._file.read(end - begin).decode("utf-8", "surrogatepass")


class _StringReader:
    """One text for each `si`; how it is pronounced (`rPh`) is not part of it."""

    def __init__(self) -> None:
        self._found: list[str] = []
        self._text = _Bounded()
        self._is_on = False
        self._is_phonetic = False

    def begin(self, name: str, _attributes: dict[str, str]) -> None:
        if name == "si":
            self._text.clear()
        elif name == "rPh":
            self._is_phonetic = True
        self._is_on = name == "t" and not self._is_phonetic

    def text(self, text: str) -> None:
        if self._is_on:
            self._text.add(text, 0)

    def end(self, name: str) -> None:
        self._is_on = False
        if name == "rPh":
            self._is_phonetic = False
        elif name == "si":
            self._found.append(str(self._text))

    def take(self) -> list[str]:
        taken, self._found = self._found, []
        return taken


def read_strings(pieces: Iterator[bytes]) -> Iterator[str]:
    """The shared strings in their order."""
    return sheet_xml.read(pieces, _StringReader())


class _Bounded:
    """Text that comes in pieces and must not grow without end."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self._parts: list[str] = []
        self._size = 0

    def add(self, text: str, row: int) -> None:
        self._parts.append(text)
        self._size += len(text)
        if self._size > LONGEST_CELL:
            raise UnreadableTableError(
                _("A cell of row %(number)s holds too much text.") % {"number": row}
                if row
                else _("A cell of this file holds too much text.")
            )

    def __str__(self) -> str:
        return "".join(self._parts)


@dataclass
class Cells:
    """How the cells of a sheet are turned into text."""

    strings: Strings
    formats: Sequence[str]
    starts_1904: bool

    def read(self, kind: str, style: str, text: str) -> str:
        """What a person sees in the cell."""
        if kind == "s":
            return self.strings[int(text)] if text.isdecimal() else ""
        if kind in {"str", "inlineStr", "e", "d"}:
            return text
        if kind == "b":
            return "yes" if text == "1" else "no"
        return self._number(text, self._format(style))

    def _format(self, style: str) -> str:
        number = int(style) if style.isdecimal() and len(style) < 6 else 0  # noqa: PLR2004
        return self.formats[number] if number < len(self.formats) else ""

    def _number(self, text: str, how: str) -> str:
        try:
            number = float(text)
        except ValueError:
            return text
        if how == "date" and (day := self._moment(number)):
            return day
        if number.is_integer() and abs(number) < 1e15:  # noqa: PLR2004 - exact in a spreadsheet
            return f"{int(number):0{len(how) if how != 'date' else 0}d}"
        # Fifteen digits are what a spreadsheet shows; the rest is noise of binary fractions.
        shown = f"{number:.15g}"
        return shown if "e" not in shown and "n" not in shown else text

    def _moment(self, days: float) -> str:
        """A day counted from 1900, where Excel believes in a 29 February, or from 1904."""
        begin = dt.datetime(1904, 1, 1) if self.starts_1904 else dt.datetime(1899, 12, 30)  # noqa: DTZ001
        try:
            moment = begin + dt.timedelta(seconds=round(days * 86_400))
        except (OverflowError, ValueError):
            return ""
        is_whole = moment.time() == dt.time()
        return moment.date().isoformat() if is_whole else moment.isoformat(sep=" ")


class _RowReader:
    """The rows of a sheet. Cells beyond the last column with a value are not there."""

    def __init__(self, cells: Cells) -> None:
        self._how = cells
        self._found: list[Row] = []
        self._number = self._count = self._size = 0
        self._cells: list[str] = []
        self._error = ""
        self._column = -1
        self._kind = self._style = ""
        self._text = _Bounded()
        self._is_on = self._is_phonetic = False

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        self._is_on = name in {"v", "t"} and not self._is_phonetic
        if name == "c":
            self._begin_cell(attributes)
        elif name == "row":
            self._begin_row(attributes.get("r", ""))
        elif name == "rPh":
            self._is_phonetic = True

    def text(self, text: str) -> None:
        if self._is_on:
            self._text.add(text, self._number)

    def end(self, name: str) -> None:
        self._is_on = False
        if name == "c":
            self._end_cell()
        elif name == "row":
            if self._cells:
                self._found.append(Row(self._number, self._cells, self._error))
        elif name == "rPh":
            self._is_phonetic = False

    def take(self) -> list[Row]:
        taken, self._found, self._size = self._found, [], 0
        return taken

    def _begin_row(self, told: str) -> None:
        self._count += 1
        number = int(told) if told.isdecimal() and len(told) < 8 else self._number + 1  # noqa: PLR2004
        if self._count > MOST_ROWS or number <= self._number or number > MOST_ROWS:
            raise sheet_xml.refused()
        self._number, self._cells, self._error, self._column = number, [], "", -1

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        found = _REFERENCE.match(attributes.get("r", ""))
        self._column = _column(found[1]) if found else self._column + 1
        self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "0")
        self._text.clear()

    def _end_cell(self) -> None:
        text = str(self._text)
        if not text:
            return
        if self._column >= MOST_COLUMNS:
            raise UnreadableTableError.too_wide(self._number)
        shown = self._how.read(self._kind, self._style, text)
        self._size += len(shown)
        if self._size > MOST_TEXT:
            raise sheet_xml.refused()
        if self._kind == "e":
            self._error = self._error or shown
        self._cells.extend([""] * (self._column + 1 - len(self._cells)))
        self._cells[self._column] = shown


def _column(letters: str) -> int:
    """A → 0, Z → 25, AA → 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def read_rows(pieces: Iterator[bytes], cells: Cells) -> Iterator[Row]:
    """The rows that hold anything, with the numbers that their spreadsheet shows."""
    return sheet_xml.read(pieces, _RowReader(cells))
