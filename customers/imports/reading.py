"""The rows of an uploaded file as cells of known columns."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Import
from formats.tables import MOST_COLUMNS, Row, Table, UnreadableTableError, cells, open_table
from jobs import files

MOST_ROWS = 50_000
SAMPLES = 5
LONGEST_SAMPLE = 80  # characters
LONGEST_HEADER = 200


@dataclass(frozen=True)
class Peek:
    """The beginning of a file."""

    told: str
    headers: list[str]
    header_row: int
    samples: list[list[str]]


@dataclass
class Typed:
    """One row: the texts of the columns that are taken over, by key. Empty cells are not there."""

    number: int
    texts: dict[str, str]
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@contextmanager
def opened(source: Import) -> Iterator[Table]:
    """The table in the uploaded file. Raises UnreadableTableError, FileGoneError."""
    if source.file is None:
        raise files.FileGoneError
    with files.copy(source.file) as copied:
        yield open_table(copied)


def peek(file: IO[bytes]) -> Peek:
    """Headers and some rows. Raises UnreadableTableError where there is nothing to take over."""
    table = open_table(file)
    rows = (row for row in table.rows() if not row.is_empty)
    header = next(rows, None)
    if header is None:
        raise UnreadableTableError.empty()
    headers = [_shown(each, LONGEST_HEADER) for each in _trimmed(header.cells)]
    samples = [
        [_shown(each, LONGEST_SAMPLE) for each in row.cells[: len(headers)]]
        for row in itertools.islice(rows, SAMPLES)
    ]
    if not samples:
        raise UnreadableTableError(_("This file has a header and no row below it."))
    return Peek(table.told, headers, header.number, samples)


def typed_rows(source: Import, table: Table) -> Iterator[Typed]:
    """The rows below the header that hold anything. Raises UnreadableTableError."""
    for row in _filled_rows(source, table):
        yield _typed(source, row, is_ragged_by_nature=table.is_ragged_by_nature)


def cells_of(source: Import, table: Table, key: str) -> Iterator[str]:
    """For each of the same rows its cell of one column, or nothing. Raises UnreadableTableError."""
    column = source.columns.index(key) if key in source.columns else MOST_COLUMNS
    for row in _filled_rows(source, table):
        yield cells.plain(row.cells[column].strip()) if column < len(row.cells) else ""


def _filled_rows(source: Import, table: Table) -> Iterator[Row]:
    count = 0
    for row in table.rows():
        if row.number <= source.header_row or row.is_empty:
            continue
        count += 1
        if count > MOST_ROWS:
            raise UnreadableTableError(
                _("This file has more than %(most)s rows. Split it into several files.")
                % {"most": f"{MOST_ROWS:,}"}
            )
        yield row


def _typed(source: Import, row: Row, *, is_ragged_by_nature: bool) -> Typed:
    typed = Typed(row.number, {})
    for key, header, cell in zip(source.columns, source.headers, row.cells, strict=False):
        if key and (text := cell.strip()):
            typed.texts[key] = text
            if text[0] in cells.SUSPICIOUS:
                _look_at_beginning(typed, key, header)
    _look_at_width(typed, row, len(source.columns), is_ragged_by_nature=is_ragged_by_nature)
    if row.error:
        typed.problems.append(
            _("A cell holds the error %(error)s of its spreadsheet.") % {"error": row.error[:20]}
        )
    return typed


def _look_at_beginning(typed: Typed, key: str, header: str) -> None:
    typed.texts[key] = text = cells.plain(typed.texts[key])
    if cells.looks_like_formula(text):
        typed.warnings.append(
            _("“%(header)s” looks like a formula; it is taken as text.") % {"header": header}
        )


def _look_at_width(typed: Typed, row: Row, width: int, *, is_ragged_by_nature: bool) -> None:
    if any(each.strip() for each in row.cells[width:]):
        typed.problems.append(
            _("The row has %(cells)s cells, the header only %(headers)s.")
            % {"cells": len(_trimmed(row.cells)), "headers": width}
        )
    elif len(row.cells) < width and not is_ragged_by_nature:
        missing = width - len(row.cells)
        typed.warnings.append(
            ngettext(
                "The last cell of the row is missing: it counts as empty.",
                "The last %(missing)s cells of the row are missing: they count as empty.",
                missing,
            )
            % {"missing": missing}
        )


def _shown(cell: str, longest: int) -> str:
    """The beginning of a cell without what no page can show and no database can store."""
    return "".join(each if each.isprintable() else " " for each in cell[:longest]).strip()


def _trimmed(row: list[str]) -> list[str]:
    """Without the empty cells at its end."""
    width = max((number for number, cell in enumerate(row, 1) if cell.strip()), default=0)
    return row[:width]
