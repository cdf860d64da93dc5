"""Doing a job: taken by one worker at a time, in chunks that happen exactly once.

The claim is one conditional update that also begins a lease. Each chunk is one transaction: what it
does, how far the job is and the lease's new end are saved together, or none of it. A worker that is
killed leaves the job behind; when the lease is over, the next one goes on after the last chunk.
"""

import datetime as dt
import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from jobs.kinds import ended_of, kind_of
from jobs.models import Job

logger = logging.getLogger(__name__)

LEASE = dt.timedelta(minutes=2)  # a chunk, and what lies between two, must take much less
MOST_ATTEMPTS = 5  # in a row without a single chunk between them


class CannotFinishError(Exception):
    """The job cannot be done. The message is fit to show. What was done before stays done."""


class _CancelledError(Exception):
    """Somebody asked to stop."""


class _LostError(Exception):
    """The lease ended, and somebody else has the job."""


class Run:
    """A worker's hold on a job."""

    def __init__(self, job: Job) -> None:
        self.job = job  # as it was after the last chunk

    @contextmanager
    def chunk(self) -> Iterator[Job]:
        """A transaction for a part of the work.

        What is written in it happens once. Set `done`, `total`, `place` and `result` of the job
        that it yields: they are saved with it. When somebody cancelled, or the lease was lost, the
        block is not entered and the run ends.
        """
        with transaction.atomic():
            job = self._held()
            if job.cancel_requested_at:
                raise _CancelledError
            yield job
            job.next_run_at, job.attempts = timezone.now() + LEASE, 0
            fields = ["done", "total", "place", "result", "next_run_at", "attempts"]
            job.save(update_fields=fields)
        self.job = job

    def tell(self, *, done: int, total: int) -> None:
        """Say how far it is, and keep the lease, where the work itself cannot go on half-way."""
        with self.chunk() as job:
            job.done, job.total = done, total

    def end(self, state: Job.State, *, sentence: str = "") -> None:
        """End the job, if it is still ours."""
        with transaction.atomic():
            finish(self._held(), state, sentence=sentence)

    def _held(self) -> Job:
        ours = Job.objects.filter(state=Job.State.RUNNING, claim=self.job.claim)
        job = ours.select_for_update(of=("self",)).filter(pk=self.job.pk).first()
        if job is None:
            raise _LostError
        return job


def run(job_id: uuid.UUID) -> None:
    """Do the job if it waits for a worker. Calling it any number of times does it once."""
    held = claim(job_id)
    if held is None:
        return
    try:
        _work(held)
    except _LostError:
        logger.warning("Job %s: the lease ended before its worker did.", job_id)


def claim(job_id: uuid.UUID) -> Run | None:
    """Take the job until the lease ends; None when it is not due or somebody has it."""
    now = timezone.now()
    taken = (
        Job.objects.due(now)
        .filter(pk=job_id)
        .update(
            state=Job.State.RUNNING,
            claim=uuid.uuid4(),
            next_run_at=now + LEASE,
            attempts=F("attempts") + 1,
        )
    )
    return Run(Job.objects.select_related("started_by").get(pk=job_id)) if taken else None


def finish(job: Job, state: Job.State, *, sentence: str = "") -> None:
    """Write that a locked job has ended."""
    job.state, job.sentence = state, sentence
    job.ended_at, job.next_run_at, job.claim = timezone.now(), None, None
    job.save(update_fields=["state", "sentence", "ended_at", "next_run_at", "claim"])
    if ended := ended_of(job.kind):
        ended(job)
    logger.info("Job %s (%s): %s.", job.pk, job.kind, state)


def _work(held: Run) -> None:
    if held.job.attempts > MOST_ATTEMPTS:
        sentence = _(
            "It was begun %(count)s times and never got on. The workers' logs may say why."
        )
        held.end(Job.State.FAILED, sentence=sentence % {"count": MOST_ATTEMPTS})
        return
    try:
        kind_of(held.job.kind).work(held)
    except _CancelledError:
        held.end(Job.State.CANCELLED)
    except CannotFinishError as error:
        held.end(Job.State.FAILED, sentence=str(error))
    else:
        held.end(Job.State.DONE)
