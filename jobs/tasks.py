"""Tasks: do one job; find the jobs that wait although their time has come; delete old files."""

import datetime as dt
import logging
import uuid

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from jobs import files, running
from jobs.models import Job
from resellers.tasking import ResellerTask, for_each_in_service, public_task

logger = logging.getLogger(__name__)

# A job that is younger has been announced to a worker a moment ago.
GRACE = dt.timedelta(seconds=10)
MOST_PER_SWEEP = 50


@shared_task(name="jobs.run", base=ResellerTask, is_long=True)
def run(*, job_id: str, **_future: object) -> None:
    """Do one job of the reseller in whose schema the task runs."""
    running.run(uuid.UUID(job_id))


@public_task(name="jobs.sweep")
def sweep(**_future: object) -> None:
    """Started by beat: wake workers for what waits, at every reseller in service."""
    for_each_in_service(wake_overdue)


@public_task(name="jobs.delete_old_files")
def delete_old_files(**_future: object) -> None:
    """Started by beat: delete the files whose time is over, at every reseller in service."""
    for_each_in_service(files.delete_expired)


def wake_overdue() -> None:
    """Wake workers for the jobs of this reseller that are due: lost wake-up calls, ended leases."""
    overdue = Job.objects.due(timezone.now() - GRACE).order_by("next_run_at")
    for job_id in overdue.values_list("pk", flat=True)[:MOST_PER_SWEEP]:
        if not wake_worker(job_id):
            return


def wake_worker(job_id: uuid.UUID) -> bool:
    """Tell a worker that a job waits. Without a broker the sweeper finds it later."""
    try:
        run.delay(job_id=str(job_id))
    except OperationalError as error:
        logger.warning("The broker is away (%s). Job %s waits.", type(error).__name__, job_id)
        return False
    return True
