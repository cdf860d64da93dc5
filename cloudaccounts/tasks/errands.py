"""Tasks: ask about what is under way at the providers, and find what waits although it is due."""

import datetime as dt
import logging
import time
import uuid
from collections.abc import Callable
from functools import partial

from celery import shared_task
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from cloudaccounts.errands import creating, inviting, reminding
from cloudaccounts.errands.clouds import Clouds
from cloudaccounts.models import Creation, Errand, Invitation
from cloudaccounts.providers.troubles import Kind, Trouble
from resellers.tasking import ResellerTask, for_each_in_service, public_task

logger = logging.getLogger(__name__)

# An errand that came due a moment ago has been announced to a worker then.
GRACE = dt.timedelta(seconds=10)
MOST_PER_SWEEP = 200
ERRANDS_PER_TASK = 20
# After so long a task leaves the rest to the next round.
SECONDS_FOR_SEVERAL = 60
# A call repeats what only reads: together it may take two minutes. At the second limit the process
# is killed, well before the lease ends.
SECONDS_TO_ASK, SECONDS_TO_STOP = 180, 210

_RUN: dict[str, Callable[[uuid.UUID, Clouds], Trouble | None]] = {
    "invitation": inviting.run,
    "creation": creating.run,
}


@shared_task(
    name="cloudaccounts.run_errands",
    base=ResellerTask,
    soft_time_limit=SECONDS_TO_ASK,
    time_limit=SECONDS_TO_STOP,
)
def run_errands(*, errands: list[list[str]], **_future: object) -> None:
    """Ask about several errands of the reseller in whose schema the task runs, one after the other.

    Each is named by its kind and its key, and claimed when its turn comes. When a provider asks to
    slow down or cannot be reached, the rest waits for the next round.
    """
    clouds, deadline = Clouds(), time.monotonic() + SECONDS_FOR_SEVERAL
    for kind, errand_id in errands:
        trouble = _RUN[kind](uuid.UUID(errand_id), clouds)
        if (trouble and trouble.kind is Kind.LATER) or time.monotonic() > deadline:
            return


@public_task(name="cloudaccounts.sweep_errands")
def sweep_errands(**_future: object) -> None:
    """Started by beat: ask about what is due and remind of what ends, at every reseller in
    service.
    """
    for_each_in_service(look_after)


def look_after() -> None:
    """The errands of this reseller: lost wake-up calls, next turns, ended leases, reminders."""
    reminding.remind()
    wake_overdue()


def wake_overdue() -> None:
    """Tell workers about the errands of this reseller that are due."""
    now = timezone.now() - GRACE
    due: list[list[str]] = [
        [name_of(model), str(each)]
        for model in (Invitation, Creation)
        for each in model.objects.due(now).values_list("pk", flat=True)[:MOST_PER_SWEEP]
    ]
    for start in range(0, len(due), ERRANDS_PER_TASK):
        if not _knock(due[start : start + ERRANDS_PER_TASK]):
            return


def wake_after_commit(errand: Errand) -> None:
    """Tell a worker about one errand once it is committed. Without a broker the sweep finds it."""
    transaction.on_commit(partial(_knock, [[name_of(type(errand)), str(errand.pk)]]))


def name_of(model: type[Errand]) -> str:
    """What the task calls this kind of errand."""
    return str(model._meta.model_name)  # noqa: SLF001 - Django's public way to name a model


def _knock(errands: list[list[str]]) -> bool:
    try:
        run_errands.delay(errands=errands)
    except OperationalError as error:
        logger.warning("The broker is away (%s). Errands wait.", type(error).__name__)
        return False
    return True
