"""Imports done by real workers: nobody waits behind them, and no kill leaves half a row."""

import contextlib
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from audit.models import AuditEntry
from customers.flows.customers import CREATED
from customers.imports.running import CHUNK
from customers.models import Customer, Import, ImportRow
from embedded.server import WORKERS
from jobs import tasks as job_tasks
from jobs.models import Job
from notifications import tasks as mail_tasks
from notifications.models import OutgoingMail
from tests.customers.importing import begin, try_out
from tests.factories.notifications import OutgoingMailFactory
from tests.harness.workers import Barrier, kill, wait_until, worker

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = CHUNK * 4
HEAD = "Name,Code,Contact name,E-mail"
IMPORTS_OF_ALPHA = "SELECT pg_advisory_lock(7252, hashtext('alpha'))"
STANDSTILL = "SELECT pg_advisory_lock(7252, 1)"
# Whoever writes timelines when there are more customers than that stands still.
STOPPING = """
CREATE FUNCTION stop_here() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM customers_customer) > {} THEN
        PERFORM pg_advisory_xact_lock(7252, 1);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER stop_here AFTER INSERT ON audit_auditentry EXECUTE FUNCTION stop_here()
"""


def lines(rows: int) -> str:
    made = [f"Company {n},C{n},Anna,a{n}@c{n}.example" for n in range(rows)]
    return "\n".join([HEAD, *made])


def run_of(source: Import) -> Job:
    assert source.run_id
    return Job.objects.get(pk=source.run_id)


@pytest.mark.usefixtures("alpha")
def test_a_mail_does_not_wait_behind_imports(tmp_path: Path) -> None:
    """More imports than there are hands for them, and none of them gets on."""
    sources = [try_out(lines(rows)) for rows in (1, 2, 3)]
    with (
        Barrier(IMPORTS_OF_ALPHA) as barrier,
        worker(WORKERS["jobs"], tmp_path),
        worker(WORKERS["worker"], tmp_path),
    ):
        for source in sources:
            begin(source)
        wait_until(barrier.waiting)
        mail = OutgoingMailFactory()
        mail_tasks.send_mail.delay(mail_id=str(mail.pk))

        wait_until(lambda: OutgoingMail.objects.get(pk=mail.pk).state == "sent")

        assert not any(run_of(Import.objects.get(pk=each.pk)).done for each in sources)


@contextlib.contextmanager
def stopped_after(customers: int) -> Iterator[Barrier]:
    """The import stands still in its next chunk: everything is written and nothing committed."""
    with connection.cursor() as cursor:
        cursor.execute(STOPPING.format(customers))
    try:
        with Barrier(STANDSTILL) as barrier:
            yield barrier
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION stop_here CASCADE")


@pytest.mark.usefixtures("alpha")
@pytest.mark.parametrize("chunk", [1, 2, 4])
def test_a_worker_killed_in_the_middle_leaves_each_row_in_or_out(
    tmp_path: Path, chunk: int
) -> None:
    """It dies with a chunk in its hands whose customers and timelines are inserted."""
    done = (chunk - 1) * CHUNK
    source = begin(try_out(lines(ROWS)))
    with stopped_after(done) as barrier, worker(WORKERS["jobs"], tmp_path) as doomed:
        wait_until(barrier.waiting)
        (process,) = barrier.waiting()
        kill(doomed)
    wait_until(lambda: not is_there(process))

    assert run_of(source).done == done
    assert Customer.objects.count() == done
    assert AuditEntry.objects.filter(action=CREATED).count() == done
    assert run_of(source).state == Job.State.RUNNING

    Job.objects.filter(pk=run_of(source).pk).update(
        next_run_at=timezone.now() - dt.timedelta(days=1)
    )
    with worker(WORKERS["jobs"], tmp_path):
        job_tasks.wake_overdue()
        wait_until(lambda: not run_of(source).is_under_way)

    run = run_of(source)
    assert (run.state, run.done, run.result) == (Job.State.DONE, ROWS, {"added": ROWS})
    codes = set(Customer.objects.values_list("code", flat=True))
    assert codes == {f"C{n}" for n in range(ROWS)}
    assert AuditEntry.objects.filter(action=CREATED).count() == ROWS
    assert ImportRow.objects.filter(source=source, outcome="added").count() == ROWS


def is_there(process: int) -> bool:
    """Whether the database still works for it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_stat_activity WHERE pid = %s", [process])
        return cursor.fetchone() is not None
