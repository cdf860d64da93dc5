"""Mails through the outbox, against a loop that does nothing but send.

The mails lie in the outbox while the worker stands still: `mails` are a backlog that the sweep
finds, as after a mail server was away; `mails.single` are announced one by one, as a change
announces its mail. Then the worker goes on, and the time runs until the last mail is marked as
sent.
The loop sends the same messages, one after the other, over one connection that is open already: no
sender is barer.
"""

import contextlib
import datetime as dt
import os
import signal
import time
import uuid
from collections.abc import Iterator
from statistics import median

from django.core.mail import get_connection
from django.db import transaction
from django.utils import timezone
from django_tenants.utils import tenant_context

from embedded.processes import Child
from notifications import outbox, sending, tasks
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
            _through_the_outbox(worker, _WARM_UP, is_backlog=False)
            rounds = [_round(worker, scale.mails) for _ in range(scale.mail_rounds)]
    return [
        _finding(
            "mails",
            "mails of a backlog through the outbox and a worker, against a bare loop over one open "
            "connection",
            AtMost(3),
            [(backlog, bare) for backlog, _single, bare in rounds],
            scale,
        ),
        _finding(
            "mails.single",
            "mails announced one by one through the outbox and a worker, against the same loop",
            None,
            [(single, bare) for _backlog, single, bare in rounds],
            scale,
        ),
    ]


def _finding(
    name: str,
    sentence: str,
    target: AtMost | None,
    rounds: list[tuple[float, float]],
    scale: Scale,
) -> Finding:
    figures = {
        "mails a second": scale.mails / median(ours for ours, _bare in rounds),
        "mails a second, bare loop": scale.mails / median(bare for _ours, bare in rounds),
    }
    ratio = median(ours / bare for ours, bare in rounds)
    return Finding(name, sentence, ratio, target, figures)


def _round(worker: Child, number: int) -> tuple[float, float, float]:
    """Seconds of a backlog, of as many single mails, and of the bare loop."""
    backlog, mails = _through_the_outbox(worker, number, is_backlog=True)
    single, _others = _through_the_outbox(worker, number, is_backlog=False)
    return backlog, single, _bare_loop(mails)


def _through_the_outbox(
    worker: Child, number: int, *, is_backlog: bool
) -> tuple[float, list[OutgoingMail]]:
    with _standing_still(worker):
        mails = [_queued(count) for count in range(number)]
        mine = OutgoingMail.objects.filter(pk__in=[mail.pk for mail in mails])
        if is_backlog:
            databases.empty_broker()
            mine.update(next_attempt_at=timezone.now() - dt.timedelta(hours=1))
    begun = time.perf_counter()
    if is_backlog:
        tasks.wake_overdue()
    while mine.exclude(state="sent").exists():
        time.sleep(_LOOK_EVERY)
        if time.perf_counter() - begun > _PATIENCE:
            raise NotSentError(f"Of {number} mails some were not sent.")
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
