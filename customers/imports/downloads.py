"""Files for people: the template of an import, and the rows that were refused."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import IO

from django.utils.translation import gettext as _

from customers.flows.imports import columns_of
from customers.imports import columns as known_columns
from customers.imports import reading
from customers.models import Import, ImportRow
from formats.tables import UnreadableTableError, cells
from jobs.files import FileGoneError


def template(what: str) -> IO[bytes]:
    """A header for every column and one example, as every spreadsheet opens it."""
    return _csv(known_columns.template(columns_of(what)))


def refused(source: Import) -> IO[bytes]:
    """The refused rows with their cells, so that they can be mended and uploaded again.

    Once the file is gone, their numbers, names and reasons.
    """
    found = ImportRow.objects.filter(source=source, outcome=ImportRow.Outcome.REFUSED)
    reasons = {row.number: row for row in found.only("number", "name", "reason").iterator()}
    try:
        return _csv(_with_cells(source, reasons))
    except (FileGoneError, UnreadableTableError):
        rows = [[row.number, row.name, row.reason] for row in reasons.values()]
        return _csv([[_("Row"), _("Name"), _("Why it was refused")], *rows])


def _with_cells(source: Import, reasons: dict[int, ImportRow]) -> Iterator[Sequence[object]]:
    width = len(source.headers)
    yield [_("Row"), _("Why it was refused"), *source.headers]
    with reading.opened(source) as table:
        for row in table.rows():
            if found := reasons.get(row.number):
                padded = [*row.cells, *[""] * (width - len(row.cells))]
                yield [row.number, found.reason, *padded]


def _csv(rows: Iterable[Sequence[object]]) -> IO[bytes]:
    """Readable by every spreadsheet: with a mark of its encoding, and without formulas."""
    made = io.BytesIO()  # no longer than an upload may be
    text = io.TextIOWrapper(made, encoding="utf-8-sig", newline="", errors="replace")
    writer = csv.writer(text)
    for row in rows:
        writer.writerow(
            [each if isinstance(each, int) else cells.neutral(str(each)) for each in row]
        )
    text.flush()
    text.detach()
    made.seek(0)
    return made
