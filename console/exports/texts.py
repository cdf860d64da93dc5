"""CSV as spreadsheets and programs read it: RFC 4180, UTF-8 with its mark, no formulas."""

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from console.exports.columns import Kind
from console.exports.reading import CHUNK, Table
from formats.tables.cells import neutral


def parts(table: Table, delimiter: str) -> Iterator[tuple[int, bytes]]:
    """The file in pieces, each with the number of rows up to its end. The rows are read from the
    moment of this call on."""
    return _parts(table, delimiter, table.rows())


def _parts(
    table: Table, delimiter: str, rows: Iterator[tuple[Any, ...]]
) -> Iterator[tuple[int, bytes]]:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow([neutral(each) for each in table.headers])
    yield 0, codecs.BOM_UTF8 + _taken(text)
    cells = table.cells(_WRITE)
    done = 0
    while chunk := list(islice(rows, CHUNK)):
        writer.writerows([[write(row[place]) for place, write in cells] for row in chunk])
        done += len(chunk)
        yield done, _taken(text)


def _taken(text: io.StringIO) -> bytes:
    written = text.getvalue()
    text.seek(0)
    text.truncate()
    return written.encode()


def _text(value: str | None) -> str:
    return neutral(value) if value else ""


def _number(value: object) -> object:
    """Numbers stay numbers: a minus is no formula."""
    return neutral(value) if isinstance(value, str) else value


def _moment(value: object) -> str:
    """2026-11-22 14:30:05, without the zone: spreadsheets know none."""
    return str(value)[:19]


# What is left is written as Python writes it: 2026-11-22, 12.50.
_WRITE: dict[Kind, Callable[[Any], Any]] = {
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.DAY: _number,
    Kind.MOMENT: _moment,
}
