"""XLSX with typed cells, a header that stays in sight and filters."""

import datetime as dt
import re
import tempfile
from collections.abc import Callable, Generator
from decimal import Decimal
from typing import IO, Any

from xlsxwriter import Workbook

from console.exports.columns import Kind
from console.exports.reading import Table

MOST_ROWS = 1_048_575  # of a sheet (ECMA-376, as Excel limits it), below its header
_WIDTHS = {Kind.TEXT: 24, Kind.NUMBER: 14, Kind.DAY: 12, Kind.MOMENT: 19}
_FORMATS = {Kind.DAY: "yyyy-mm-dd", Kind.MOMENT: "yyyy-mm-dd hh:mm:ss"}
_FIRST_DAY = dt.date(1900, 3, 1)  # Excel takes 1900 for a leap year: its days before are wrong
_MOST_DIGITS = 15  # that a number of Excel holds exactly
_NO_XML = re.compile("[\ufffe\uffff]")
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write(table: Table, file: IO[bytes]) -> Generator[int, None, None]:
    """Write the table into a file. Yields the number of rows written, time and again; the file is
    whole when it ends."""
    with (
        tempfile.TemporaryDirectory() as folder,  # the rows wait there for the end of the sheet
        Workbook(file, {**_OPTIONS, "tmpdir": folder}) as book,
    ):
        sheet = book.add_worksheet("Customers")
        head = book.add_format({"bold": True})
        shapes = {kind: book.add_format({"num_format": text}) for kind, text in _FORMATS.items()}
        for number, column in enumerate(table.columns):
            sheet.set_column(number, number, _WIDTHS[column.kind])
            sheet.write_string(0, number, column.label, head)
        sheet.freeze_panes(1, 0)
        rows = table.rows()
        cells = [
            (number, place, make, shapes.get(column.kind))
            for number, ((place, make), column) in enumerate(
                zip(table.cells(_MAKE), table.columns, strict=True)
            )
        ]
        done = 0
        for done, row in enumerate(rows, 1):
            for number, place, make, shape in cells:
                value = make(row[place])
                if value is not None and value != "":
                    _put(sheet, done, number, value, shape)
            if done % 500 == 0:
                yield done
        sheet.autofilter(0, 0, max(done, 1), max(len(table.columns) - 1, 0))
        yield done


def _put(sheet: Any, row: int, column: int, value: object, shape: Any) -> None:
    if isinstance(value, str):
        sheet.write_string(row, column, value)
    elif isinstance(value, dt.date):
        sheet.write_datetime(row, column, value, shape)
    else:
        sheet.write_number(row, column, value)


def _text(value: str | None) -> str:
    return _NO_XML.sub("\ufffd", value) if value else ""


def _number(value: object) -> object:
    """Where Excel would round it, the digits as text."""
    if isinstance(value, Decimal) and len(value.normalize().as_tuple().digits) > _MOST_DIGITS:
        return str(value)
    return _text(value) if isinstance(value, str) else value


def _day(value: object) -> object:
    if isinstance(value, dt.date):
        return value if value >= _FIRST_DAY else value.isoformat()
    return _text(value) if isinstance(value, str) else value


_MAKE: dict[Kind, Callable[[Any], Any]] = {
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.DAY: _day,
    Kind.MOMENT: lambda moment: moment.replace(tzinfo=None, microsecond=0),
}
