"""Mails through the outbox, against a loop that does nothing but send.

The mails lie in the outbox and their wake-up calls in the broker while the worker stands still.
Then it goes on, and the time runs until the last mail is marked as sent. The loop sends the same
messages, one after the other, over one connection that is open already: no sender is barer.
"""

import contextlib
import os
import signal
import time
import uuid
from collections.abc import Iterator
from statistics import median

from django.core.mail import get_connection
from django.db import transaction
from django_tenants.utils import tenant_context

from embedded.processes import Child
from notifications import outbox, sending
from notifications.models import OutgoingMail
from notifications.recipients import Recipient
from tests.benchmarks import clocks, crowd, databases
from tests.benchmarks.findings import AtMost, Finding, Scale
from tests.benchmarks.stage import Stage

_LOOK_EVERY = 0.005
_PATIENCE = 300.0
_WARM_UP = 8


class NotSentError(AssertionError):
    """Mails stayed behind."""


def run(stage: Stage, scale: Scale) -> list[Finding]:
    with databases.copied("mails") as database, _sink(stage), stage.worker(database) as worker:
        reseller = crowd.open_house("mails").reseller
        with tenant_context(reseller):
            _through_the_outbox(worker, _WARM_UP)
            rounds = [_round(worker, scale.mails) for _ in range(scale.mail_rounds)]
    return [
        Finding(
            name="mails",
            sentence="a mail through the outbox and a worker, against a bare loop over one open "
            "connection",
            ratio=median(ours / bare for ours, bare in rounds),
            target=AtMost(3),
            figures={
                "mails a second": scale.mails / median(ours for ours, _bare in rounds),
                "mails a second, bare loop": scale.mails / median(bare for _ours, bare in rounds),
            },
        )
    ]


def _round(worker: Child, number: int) -> tuple[float, float]:
    """Seconds of ours and of the bare loop, for the same mails."""
    seconds, mails = _through_the_outbox(worker, number)
    return seconds, _bare_loop(mails)


def _through_the_outbox(worker: Child, number: int) -> tuple[float, list[OutgoingMail]]:
    with _standing_still(worker):
        mails = [_queued(count) for count in range(number)]
    begun = time.perf_counter()
    mine = OutgoingMail.objects.filter(pk__in=[mail.pk for mail in mails]).exclude(state="sent")
    while mine.exists():
        time.sleep(_LOOK_EVERY)
        if time.perf_counter() - begun > _PATIENCE:
            raise NotSentError(f"{mine.count()} of {number} mails were not sent.")
    return time.perf_counter() - begun, mails


def _bare_loop(mails: list[OutgoingMail]) -> float:
    with get_connection() as connection:
        begun = time.perf_counter()
        for mail in mails:
            connection.send_messages([sending.message_for(mail)])
        return time.perf_counter() - begun


def _queued(number: int) -> OutgoingMail:
    """As flows do: one transaction for each change, and a wake-up call when it is committed."""
    with transaction.atomic():
        return outbox.queue(
            "request_received",
            to=Recipient(email=f"person{number}@acme.example", name=f"Person {number}"),
            tokens={"company_name": "Acme GmbH"},
            unique_key=f"benchmark:{uuid.uuid4()}",
        )


@contextlib.contextmanager
def _sink(stage: Stage) -> Iterator[None]:
    words = ["-m", "tests.benchmarks.mail_sink", str(stage.mail_port)]
    with stage.running("mail_sink", words):
        yield


@contextlib.contextmanager
def _standing_still(worker: Child) -> Iterator[None]:
    processes = clocks.descendants(worker.pid or 0)
    for pid in processes:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in reversed(processes):
            os.kill(pid, signal.SIGCONT)
