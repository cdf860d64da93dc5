"""The work of a trial run and of an import: chunk by chunk, see `jobs.running`."""

import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice

from django.db import IntegrityError, connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from audit import sentences, trail
from audit.inserting import insert_rows
from customers import rules
from customers.custom_locks import hold_definitions_still
from customers.imports import reading
from customers.imports.contact_rows import ContactTaker
from customers.imports.customer_rows import CustomerTaker
from customers.imports.plans import Plan, Row, Taker
from customers.imports.reading import Typed
from customers.models import Import, ImportRow
from formats.tables import Table, UnreadableTableError
from jobs.files import FileGoneError
from jobs.kinds import Kind
from jobs.models import Job
from jobs.running import CannotFinishError, Run

logger = logging.getLogger(__name__)

TRIAL, IMPORT = "customers.import_trial", "customers.import"
ENDED = "import.ended"
sentences.describe({ENDED: gettext_lazy("took over the file {subject}")})

CHUNK = 500  # rows
ATTEMPTS = 3  # at a chunk that meets somebody who takes the same code in the same moment
_IMPORTS = 7_252  # the number of this lock; the second one is the reseller's schema
_TAKERS: dict[str, type[CustomerTaker | ContactTaker]] = {
    Import.What.CUSTOMERS: CustomerTaker,
    Import.What.CONTACTS: ContactTaker,
}


@dataclass(frozen=True)
class Chunks:
    """Takes one file over, or tries to."""

    source: Import
    run: Run
    taker: Taker
    total: int  # rows
    by: User | None
    is_trial: bool

    def do(self, rows: Sequence[Typed]) -> None:
        """One chunk. What was done is known to the chunks after it."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                plans = self._attempt(rows)
            except IntegrityError:
                # Somebody made a customer with the same code since: planned again, it is known.
                if attempt == ATTEMPTS:
                    raise
                logger.info("Import %s: a chunk is done again.", self.source.pk)
            else:
                self.taker.remember(
                    {each.record_id: each.number for each in plans if each.record_id}
                )
                return

    def _attempt(self, rows: Sequence[Typed]) -> list[Plan]:
        with self.run.chunk() as job:
            if not self.is_trial:
                _one_import_at_a_time()
                hold_definitions_still()
            plans: list[Plan] = self.taker.plan(rows, to_take=not self.is_trial)
            if self.is_trial:
                self.taker.warn(plans)
            else:
                self.taker.take(plans, by=self.by)
            self._write(plans)
            job.place = {"row": rows[-1].number}
            job.done, job.total = job.done + len(rows), self.total
            job.result = _counted(job.result, plans)
        return plans

    def _write(self, plans: Sequence[Plan]) -> None:
        """Most rows become what the trial run said: only the others are written again."""
        known = ImportRow.objects.filter(
            source=self.source, number__range=(plans[0].number, plans[-1].number)
        )
        written = set(known.order_by().values_list(*Row._fields))
        new = [row for each in plans if (row := each.row) not in written]
        known.filter(number__in=[row.number for row in new]).delete()
        insert_rows(ImportRow, [{"source_id": self.source.pk, **row._asdict()} for row in new])


def work(run: Run, *, is_trial: bool) -> None:
    """Read the file and do its rows. What cannot be read stops it before anything is done."""
    source = Import.objects.select_related("file").get(pk=run.job.arguments["import"])
    try:
        with reading.opened(source) as table:
            _work(source, table, run, is_trial=is_trial)
    except UnreadableTableError as error:
        raise CannotFinishError(str(error)) from error
    except FileGoneError as error:
        raise CannotFinishError(
            _("The file was deleted, as all files are after a while. Upload it again.")
        ) from error


def _work(source: Import, table: Table, run: Run, *, is_trial: bool) -> None:
    total, spoken_for = _scan(source, table)
    taker: Taker = _TAKERS[source.what](source, spoken_for)
    by = run.job.started_by
    chunks = Chunks(source, run, taker, total, by, is_trial)
    done_before = int(run.job.place.get("row", 0))
    taker.remember(_taken_before(source, done_before))
    rows = reading.typed_rows(source, table)
    while chunk := list(islice(rows, CHUNK)):
        for row in chunk:
            taker.mark(row)
        # Chunks are the same each time: a file is read from its first row.
        if chunk[-1].number > done_before:
            chunks.do(chunk)


def _scan(source: Import, table: Table) -> tuple[int, set[str]]:
    """How many rows there are, and every code that stands in one."""
    total, codes = 0, set()
    for text in reading.cells_of(source, table, "code"):
        total += 1
        if text:
            codes.add(rules.code(text))
    return total, codes


def _taken_before(source: Import, place: int) -> dict[uuid.UUID, int]:
    """The customers that the rows up to this place were about."""
    if not place:
        return {}
    done = ImportRow.objects.filter(source=source, number__lte=place, record_id__isnull=False)
    taken = done.exclude(outcome=ImportRow.Outcome.REFUSED).order_by()
    return {record: number for record, number in taken.values_list("record_id", "number") if record}


def _counted(counts: dict[str, int], plans: Sequence[Plan]) -> dict[str, int]:
    counted = dict(counts)
    for plan in plans:
        counted[plan.outcome.value] = counted.get(plan.outcome.value, 0) + 1
        if plan.warnings and not plan.problems:
            counted["odd"] = counted.get("odd", 0) + 1
    return counted


def _one_import_at_a_time() -> None:
    """Chunks of two imports of a reseller never overlap: neither waits for a row of the other while
    it holds one that the other wants."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(current_schema()))", [_IMPORTS])


def note_the_end(job: Job) -> None:
    """Write to the trail what came of an import."""
    source = Import.objects.filter(run=job).first()
    if source:
        note = f"{job.get_state_display()}. {in_words(job.result)}"
        trail.record(ENDED, subject=source, actor=job.started_by, note=note)


def in_words(counts: dict[str, int]) -> str:
    """1,180 added, 20 changed, 0 unchanged, 24 refused."""
    outcomes = [
        f"{counts.get(each.value, 0):,} {str(each.label).lower()}" for each in ImportRow.Outcome
    ]
    return ", ".join(outcomes)


KINDS = {
    TRIAL: Kind(gettext_lazy("Trial run of an import"), partial(work, is_trial=True)),
    IMPORT: Kind(gettext_lazy("Import"), partial(work, is_trial=False), ended=note_the_end),
}
