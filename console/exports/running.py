"""The work of an export that is too long for a page: see `jobs.running`.

A file cannot be gone on with half-way: a worker that is killed leaves nothing behind, and the next
one begins again. The file is stored in one transaction with the end of the rows.
"""

import tempfile
from collections.abc import Generator
from contextlib import closing
from typing import IO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from console.exports import sheets, texts
from console.exports.reading import OtherRowsError, Table, table_again
from customers.flows.exports import EXPORT, note_the_end
from customers.models import Export
from jobs import files
from jobs.kinds import Kind
from jobs.running import CannotFinishError, Run

TOLD_EVERY = 4_000  # rows: far less than the lease of a job takes
MOST_BEGINNINGS = 5


def work(run: Run) -> None:
    export = Export.objects.filter(pk=run.job.arguments["export"]).first()
    if export is None or export.file_id:
        return
    try:
        table = table_again(export)
    except OtherRowsError as error:
        raise CannotFinishError(
            _("A filter of the list is not known any more. Export the list again.")
        ) from error
    total = table.customers.order_by().count()
    _refuse_too_long(export, total)
    _begin(run, total)
    with tempfile.TemporaryFile() as file:
        done = _write(run, export, table, file)
        file.seek(0)
        with run.chunk() as job:
            export.file = files.write(export.file_name, iter(lambda: file.read(files.PART), b""))
            export.rows = done
            export.save(update_fields=["file", "rows"])
            job.done = job.total = done


def _write(run: Run, export: Export, table: Table, file: IO[bytes]) -> int:
    """Write the file and tell how far it is. Returns the number of its rows."""
    is_csv = export.format == Export.Format.CSV
    steps = _csv(table, export.delimiter, file) if is_csv else sheets.write(table, file)
    done = told = 0
    with closing(steps):
        for done in steps:
            if done - told >= TOLD_EVERY:
                run.tell(done=done, total=max(done, run.job.total))
                told = done
    return done


def _csv(table: Table, delimiter: str, file: IO[bytes]) -> Generator[int, None, None]:
    for done, part in texts.parts(table, delimiter):
        file.write(part)
        yield done


def _begin(run: Run, total: int) -> None:
    """Begin, or begin again: not for ever, where each worker dies of it."""
    begun = run.job.place.get("begun", 0) + 1
    if begun > MOST_BEGINNINGS:
        raise CannotFinishError(
            _("It was begun %(count)s times and never came to its end. Export fewer columns.")
            % {"count": MOST_BEGINNINGS}
        )
    with run.chunk() as job:
        job.place, job.done, job.total = {"begun": begun}, 0, total


def _refuse_too_long(export: Export, total: int) -> None:
    if export.format == Export.Format.XLSX and total > sheets.MOST_ROWS:
        raise CannotFinishError(
            _("A sheet of Excel has at most %(most)s rows; these are %(count)s. Choose CSV.")
            % {"most": f"{sheets.MOST_ROWS:,}", "count": f"{total:,}"}
        )


KINDS = {EXPORT: Kind(gettext_lazy("Export of customers"), work, ended=note_the_end)}
