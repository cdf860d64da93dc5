"""The same thing done to many customers: each by its own flow, with its own entry in the trail.

What is done is settled when somebody confirms it: the customers become rows of a run, and nothing
but these rows is ever touched. Whoever comes to match later is not among them; whoever ceases to
match is still done, as long as the flow allows it. Chunks of rows are transactions of their own: a
run whose worker was killed goes on after the last one.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from audit import sentences, trail
from customers import bulk_plans
from customers.bulk_plans import TO_DO, Plan
from customers.flows import lifecycle, tagging
from customers.flows.customers import CannotSaveCustomerError
from customers.flows.lifecycle import CannotChangeCustomerStatusError
from customers.flows.tagging import TooManyTagsError
from customers.models import BulkRow, BulkRun, Customer
from customers.querysets import CustomerQuerySet
from customers.tags import Tags
from jobs import flows as jobs
from jobs import running
from jobs.kinds import Kind
from jobs.models import Job
from jobs.running import CannotFinishError, Run

Action, Outcome, Reason = BulkRun.Action, BulkRow.Outcome, BulkRow.Reason

KIND = "customers.bulk"
STARTED, ENDED = "bulk.started", "bulk.ended"
sentences.describe(
    {
        STARTED: gettext_lazy("began with many customers: {subject}"),
        ENDED: gettext_lazy("was done with many customers: {subject}"),
    }
)
MOST_AT_ONCE = 200  # customers while somebody waits
CHUNK = 25  # customers in one transaction: who wants one of them waits for the others
_AGAIN = {Job.State.FAILED.value, Job.State.CANCELLED.value}


class CannotStartBulkRunError(Exception):
    """It cannot be done like that. The message is fit to show."""


class SelectionChangedError(Exception):
    """Other customers are selected than the person was shown, or another thing would happen."""


@dataclass(frozen=True)
class Order:
    """What somebody confirmed. `plan` is the mark of the plan that they were shown."""

    action: str
    plan: str
    tags: Tags = field(default_factory=Tags)
    reason: str = ""
    is_all_matching: bool = False
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def columns(self) -> dict[str, object]:
        """How the run keeps it."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def start(order: Order, customers: CustomerQuerySet, *, by: User, key: uuid.UUID) -> BulkRun:
    """Do it with these customers: at once with few of them, else in the background.

    Not in one transaction. Sent again with the same key, nothing is done twice. Raises
    SelectionChangedError and CannotStartBulkRunError.
    """
    run = _begin(order, customers, by=by, key=key)
    if bulk_plans.plan_of_rows(run).to_do <= MOST_AT_ONCE and run.job_id:
        running.run(run.job_id)
    run.refresh_from_db()
    return run


@transaction.atomic
def go_on(run: BulkRun, *, by: User) -> BulkRun:
    """Do what was left by a run that was cancelled or failed; nothing where there is none."""
    run = BulkRun.objects.select_for_update(of=("self",)).select_related("job").get(pk=run.pk)
    if run.job and run.job.state in _AGAIN:
        _hand_over(run, by=by)
    return run


def cancel(run: BulkRun) -> None:
    """Stop after the customers that are under way; what was done stays done."""
    if run.job:
        jobs.cancel(run.job)


@transaction.atomic
def _begin(order: Order, customers: CustomerQuerySet, *, by: User, key: uuid.UUID) -> BulkRun:
    told = {**order.columns, "started_by": by}
    run, is_new = BulkRun.objects.get_or_create(pk=key, defaults=told)
    if not is_new and all(getattr(run, name) == value for name, value in told.items()):
        return run
    if not is_new:  # another form that carries a key which was used before
        run = BulkRun.objects.create(**told)
    _settle(run, customers)
    plan = bulk_plans.plan_of_rows(run)
    if plan.mark != order.plan:
        raise SelectionChangedError
    _require_sense(plan)
    run.total, run.counts = plan.total, plan.skipped
    run.save(update_fields=["total", "counts"])
    _hand_over(run, by=by)
    trail.record(STARTED, subject=run, actor=by, note=_("%s customers") % f"{run.total:,}")
    return run


def too_many() -> str:
    """Why a selection of this size is not taken."""
    most = f"{bulk_plans.MOST:,}"
    return _("Select at most %(most)s customers: narrow the list.") % {"most": most}


def _require_sense(plan: Plan) -> None:
    if plan.total > bulk_plans.MOST:
        raise CannotStartBulkRunError(too_many())
    if not plan.to_do:
        raise CannotStartBulkRunError(_("There is no customer that this can be done with."))


def _settle(run: BulkRun, customers: CustomerQuerySet) -> None:
    """Write down which customers these are, in the order in which they are locked."""
    fated: Any = bulk_plans.with_fate(customers.order_by(), run.action)
    chosen = fated.values_list("pk", "fate")
    try:
        statement, told = chosen.query.sql_with_params()
    except EmptyResultSet:  # Django knows without asking that there is nobody
        return
    waiting, skipped = Outcome.WAITING.value, Outcome.SKIPPED.value
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO customers_bulkrow (run_id, number, customer_id, outcome, reason) "  # noqa: S608 - the query is Django's
            "SELECT %s, row_number() OVER (ORDER BY id), id,"
            " CASE WHEN fate = %s THEN %s ELSE %s END, fate "
            f"FROM ({statement}) AS chosen (id, fate) LIMIT %s",
            [run.pk, TO_DO, waiting, skipped, *told, bulk_plans.MOST + 1],
        )


def _hand_over(run: BulkRun, *, by: User) -> None:
    run.job = jobs.start(KIND, {"run": str(run.pk)}, by=by, total=run.total)
    run.save(update_fields=["job"])


# ── The work ──


def work(held: Run) -> None:
    """Do the rows that wait, in their order."""
    by = held.job.started_by
    if by is None:
        raise CannotFinishError(_("Whoever began it is not known any more."))
    while _do_chunk(held, by):
        pass


def _do_chunk(held: Run, by: User) -> int:
    """How many rows were done."""
    with held.chunk() as job:
        run = BulkRun.objects.select_for_update().get(pk=job.arguments["run"])
        waiting = run.rows.filter(outcome=Outcome.WAITING).select_related("customer")
        rows = list(waiting.order_by("number")[:CHUNK])
        fates = {row: _do(run, row.customer, by) for row in rows}
        for fate in {*fates.values()}:
            _write_down(run, fate, [row for row in rows if fates[row] == fate])
        run.save(update_fields=["counts"])
        job.done, job.total = sum(run.counts.values()), run.total
    return len(rows)


def _do(run: BulkRun, customer: Customer, by: User) -> str:
    """Why the customer was skipped; nothing when it was done."""
    try:
        return _ACTS[run.action](run, customer, by)
    except (CannotChangeCustomerStatusError, CannotSaveCustomerError):
        return bulk_plans.fate_of(customer, run.action) or Reason.REFUSED


def _write_down(run: BulkRun, fate: str, rows: list[BulkRow]) -> None:
    outcome = Outcome.DONE if fate == TO_DO else Outcome.SKIPPED
    BulkRow.objects.filter(pk__in=[row.pk for row in rows]).update(outcome=outcome, reason=fate)
    name = fate or Outcome.DONE.value
    run.counts[name] = run.counts.get(name, 0) + len(rows)


def _suspend(run: BulkRun, customer: Customer, by: User) -> str:
    lifecycle.suspend(customer, by=by, reason=run.reason)
    return TO_DO


def _reactivate(_run: BulkRun, customer: Customer, by: User) -> str:
    lifecycle.reactivate(customer, by=by)
    return TO_DO


def _archive(run: BulkRun, customer: Customer, by: User) -> str:
    lifecycle.archive(customer, by=by, reason=run.reason)
    return TO_DO


def _restore(_run: BulkRun, customer: Customer, by: User) -> str:
    lifecycle.restore(customer, by=by)
    return TO_DO


def _add_tags(run: BulkRun, customer: Customer, by: User) -> str:
    try:
        changed = tagging.add_tags(customer, Tags(run.tags), by=by)
    except TooManyTagsError:
        return Reason.TOO_MANY_TAGS
    return TO_DO if changed else Reason.HAS_THEM


def _remove_tags(run: BulkRun, customer: Customer, by: User) -> str:
    changed = tagging.remove_tags(customer, Tags(run.tags), by=by)
    return TO_DO if changed else Reason.HAS_NONE


_ACTS: dict[str, Callable[[BulkRun, Customer, User], str]] = {
    Action.ADD_TAGS: _add_tags,
    Action.REMOVE_TAGS: _remove_tags,
    Action.SUSPEND: _suspend,
    Action.REACTIVATE: _reactivate,
    Action.ARCHIVE: _archive,
    Action.RESTORE: _restore,
}


def note_the_end(job: Job) -> None:
    """Write to the trail what came of a run."""
    run = BulkRun.objects.filter(job=job).first()
    if run:
        words = {
            "state": job.get_state_display(),
            "done": f"{run.done:,}",
            "skipped": f"{run.skipped:,}",
        }
        note = _("%(state)s. %(done)s done, %(skipped)s skipped") % words
        trail.record(ENDED, subject=run, actor=job.started_by, note=note)


KINDS = {KIND: Kind(gettext_lazy("Many customers at once"), work, ended=note_the_end)}
