"""Taking customers away as a file: streamed at once, or written by a worker."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from audit import sentences, trail
from customers import mails
from customers.models import Export
from jobs import flows as jobs
from jobs.models import Job
from resellers.current import today

EXPORT = "customers.export"  # the kind of work; whoever knows the list does it
STREAMED, STARTED, ENDED = "export.streamed", "export.started", "export.ended"
sentences.describe(
    {
        STREAMED: gettext_lazy("exported customers: {subject}"),
        STARTED: gettext_lazy("began to export customers: {subject}"),
        ENDED: gettext_lazy("exported customers in the background: {subject}"),
    }
)


@dataclass(frozen=True, kw_only=True)
class Order:
    """What somebody wants: see the columns of `Export`."""

    format: str
    delimiter: str = Export.Delimiter.COMMA
    columns: Sequence[str] | None = None
    parameters: Mapping[str, str]
    chosen: Sequence[uuid.UUID] | None = None
    told: str


@transaction.atomic
def note_stream(order: Order, *, rows: int, by: User) -> Export:
    """Write that somebody takes these customers away now. `rows`: as counted a moment before."""
    export = Export.objects.create(**_told(order), rows=rows, made_by=by)
    _record(STREAMED, export, by, counted(rows))
    return export


@transaction.atomic
def start(order: Order, *, rows: int, by: User, key: uuid.UUID | None = None) -> Export:
    """Have a worker write the file. `rows`: about how many there will be.

    `key` becomes the export's own: the same form sent twice starts one.
    """
    known = Export.objects.filter(pk=key).first() if key else None
    if known and known.made_by_id == by.pk and _same(known, order):
        return known
    own = uuid.uuid4() if known or not key else key
    export = Export(id=own, **_told(order), made_by=by)
    export.job = jobs.start(EXPORT, {"export": str(own)}, by=by, total=rows)
    export.save(force_insert=True)
    _record(STARTED, export, by, str(export.get_format_display()))
    return export


def cancel(export: Export) -> None:
    """Stop a worker's export: no file comes of it."""
    if export.job:
        jobs.cancel(export.job)


def note_the_end(job: Job) -> None:
    """Write to the trail what came of a worker's export, and tell its person. Runs in the
    transaction that ends the job."""
    export = Export.objects.select_related("file", "made_by").filter(job=job).first()
    if export is None or export.made_by is None:
        return
    came = counted(export.rows) if export.file else job.sentence
    _record(ENDED, export, export.made_by, f"{job.get_state_display()}. {came}".strip())
    if export.file and job.state == Job.State.DONE:
        mails.export_ready(export, customers=came, by=export.made_by)


def counted(rows: int) -> str:
    """1,204 customers."""
    words = ngettext("%(count)s customer", "%(count)s customers", rows)
    return words % {"count": f"{rows:,}"}


def _record(action: str, export: Export, by: User, first: str) -> None:
    """On the timeline of the export and of the person who made it."""
    columns = _("All columns") if export.columns is None else _("Columns of the list")
    parts = [first, str(export.get_format_display()), export.told, columns]
    note = " · ".join(dict.fromkeys(part for part in parts if part))
    trail.record(action, subject=export, actor=by, about=[by], note=note)


def _told(order: Order) -> dict[str, object]:
    told = asdict(order)
    name = f"customers-{today().isoformat()}.{order.format}"
    return {**told, "parameters": dict(order.parameters), "file_name": name}


def _same(export: Export, order: Order) -> bool:
    columns = None if order.columns is None else list(order.columns)
    chosen = None if order.chosen is None else list(order.chosen)
    wanted = (order.format, order.delimiter, columns, dict(order.parameters), chosen)
    had = (export.format, export.delimiter, export.columns, export.parameters, export.chosen)
    return had == wanted
