"""Tasks: send one mail; find the mails that wait although their time has come."""

import datetime as dt
import logging
import time
import uuid
from typing import Any

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from notifications import sending
from notifications.models import OutgoingMail
from notifications.post import Post
from resellers.tasking import ResellerTask, for_each_in_service, public_task

logger = logging.getLogger(__name__)

# A mail that is younger has been announced to a worker a moment ago.
GRACE = dt.timedelta(seconds=10)
MOST_PER_SWEEP = 200
# Each reply of a mail server is waited for in vain for EMAIL_TIMEOUT seconds at most, but one that
# drips byte by byte would hold a worker for ever. Both limits lie well before the end of a lease,
# so that nobody else takes a mail that is still being sent. At the first the attempt is noted as
# failed; at the second the process is killed, and the mail waits for the end of its lease.
SECONDS_TO_SEND, SECONDS_TO_STOP = 120, 150
# To hand out a task costs more than to send a mail.
MAILS_PER_TASK = 25
# After so long a task leaves the rest to others: a slow mail server holds no worker for minutes.
SECONDS_FOR_SEVERAL = 60
# How long nobody knocks at a broker that did not answer: only the first request waits for it.
PAUSE_SECONDS = 20


class Pause:
    """A while in which this process does not knock."""

    def __init__(self) -> None:
        self._until = 0.0

    def begin(self) -> None:
        self._until = time.monotonic() + PAUSE_SECONDS

    def is_on(self) -> bool:
        return time.monotonic() < self._until


_pause = Pause()
_post = Post()


@shared_task(
    name="notifications.send_mail",
    base=ResellerTask,
    soft_time_limit=SECONDS_TO_SEND,
    time_limit=SECONDS_TO_STOP,
)
def send_mail(*, mail_id: str, **_future: object) -> None:
    """Send one mail of the reseller in whose schema the task runs."""
    sending.send(uuid.UUID(mail_id), post=_post)


@shared_task(
    name="notifications.send_mails",
    base=ResellerTask,
    soft_time_limit=SECONDS_FOR_SEVERAL + SECONDS_TO_SEND,
    time_limit=SECONDS_FOR_SEVERAL + SECONDS_TO_STOP,
)
def send_mails(*, mail_ids: list[str], **_future: object) -> None:
    """Send several, one after the other. Each is claimed when its turn comes: what becomes of one
    does not touch the others, and those that were not reached are still due."""
    deadline = time.monotonic() + SECONDS_FOR_SEVERAL
    for mail_id in mail_ids:
        if time.monotonic() > deadline:
            return
        sending.send(uuid.UUID(mail_id), post=_post)


@public_task(name="notifications.sweep")
def sweep(**_future: object) -> None:
    """Started by beat: wake senders for what waits, at every reseller in service."""
    for_each_in_service(wake_overdue)


def wake_overdue() -> None:
    """Wake senders for the mails of this reseller that are due: lost wake-up calls, back-offs,
    ended leases."""
    overdue = OutgoingMail.objects.due(timezone.now() - GRACE).order_by("next_attempt_at")
    mail_ids = [str(each) for each in overdue.values_list("id", flat=True)[:MOST_PER_SWEEP]]
    for start in range(0, len(mail_ids), MAILS_PER_TASK):
        if not _knock(send_mails, mail_ids=mail_ids[start : start + MAILS_PER_TASK]):
            return


def wake_sender(mail_id: uuid.UUID) -> bool:
    """Tell a worker that a mail waits. Without a broker the mail stays in the outbox, and the
    sweeper finds it."""
    return _knock(send_mail, mail_id=str(mail_id))


def _knock(task: Any, **arguments: object) -> bool:
    if _pause.is_on():
        return False
    try:
        task.delay(**arguments)
    except OperationalError as error:
        _pause.begin()
        logger.warning("The broker is away (%s). Mails wait.", type(error).__name__)
        return False
    return True
