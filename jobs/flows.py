"""Starting and cancelling jobs."""

import uuid
from collections.abc import Mapping
from functools import partial

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from jobs import tasks
from jobs.kinds import kind_of
from jobs.models import Job
from jobs.running import finish


@transaction.atomic
def start(
    kind: str,
    arguments: Mapping[str, object],
    *,
    by: User,
    total: int = 0,
    key: uuid.UUID | None = None,
) -> Job:
    """Have a worker do something. `arguments` is what JSON can hold.

    `key` becomes the job's own: the same form sent twice starts one job. Whoever starts a job
    records in the trail what it is about.
    """
    kind_of(kind)  # a misspelled one fails here and not at night
    told = {"kind": kind, "arguments": dict(arguments), "started_by": by, "total": total}
    job, is_new = Job.objects.get_or_create(pk=key or uuid.uuid4(), defaults=told)
    if is_new:
        transaction.on_commit(partial(tasks.wake_worker, job.pk))
    return job


@transaction.atomic
def cancel(job: Job) -> Job:
    """Stop a job after the chunk that is under way; what was done stays done.

    Nothing happens to one that has ended.
    """
    job = Job.objects.select_for_update(of=("self",)).get(pk=job.pk)
    if job.state == Job.State.QUEUED:
        finish(job, Job.State.CANCELLED)
    elif job.is_under_way and not job.cancel_requested_at:
        job.cancel_requested_at = timezone.now()
        job.save(update_fields=["cancel_requested_at"])
    return job
