"""Beat is started twice, and two workers do what both of them ask for, at the same instant.

Both workers stand still until sweeps of both beats wait; then they go on at once, and each begins
to send, to make or to tidy up only when the other holds the same thing in its hands.
"""

import contextlib
import datetime as dt
import os
import signal
from collections.abc import Iterator
from pathlib import Path

from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from accounts.models import User
from approvals import actions
from approvals.flows.drafts import KEPT_FOR
from approvals.models import ApprovalRequest
from audit.models import AuditEntry
from notifications.models import OutgoingMail
from resellers import tasks
from resellers.models import Domain, Reseller
from tests.factories.approvals import ApprovalRequestFactory
from tests.faults import meetings, processes, stage, world
from tests.faults.contract import Outcome, Trial
from tests.faults.mail_server import MailServer
from tests.faults.processes import PREFORK, Order, Running
from tests.faults.stage import Stage

_SECONDS_BETWEEN = 0.2  # in place of half a minute, a minute and an hour
_SWEEPS = 3  # of each kind that wait until the workers go on
_ROUNDS_AT_ONCE = 20
# Enough for everything that the sweeps hand out: nobody waits behind those who wait for each other.
_MANY_HANDS = tuple("6" if word == "2" else word for word in PREFORK)
_PATIENCE = 120.0
_ENTRIES = ("notifications.sweep", "resellers.sweep_unfinished", "approvals.sweep_drafts")
# What sweeps hand out. Named by beat or by a sweep, so that both workers get it.
_HANDED_OUT = ("notifications.send_mails", "resellers.provision", "approvals.discard_drafts")


def order(where: Stage, name: str, *, seconds: float) -> Order:
    """A beat with a schedule of its own that is quicker than the product's."""
    schedule = str(where.places.state / f"schedule-{name}")
    return Order(
        ("beat", "-l", "warning", "-s", schedule, "--pidfile="),
        seconds_between=dict.fromkeys(_ENTRIES, seconds),
    )


def run(rounds: int) -> Outcome:
    """In each round a mail, a draft and, every twentieth time, a reseller wait for beat."""
    where = stage.current()
    outcome = Outcome(rounds, faults=0, lost=0, duplicates=0)
    folder = where.places.state / "meetings"
    folder.mkdir()
    with contextlib.ExitStack() as running:
        workers = [
            running.enter_context(
                processes.started(
                    Order(
                        (*_MANY_HANDS, "-n", f"{name}@%h"), meetings.arrange, (folder, _HANDED_OUT)
                    )
                )
            )
            for name in ("one", "another")
        ]
        beats = [
            running.enter_context(processes.started(order(where, name, seconds=_SECONDS_BETWEEN)))
            for name in ("one", "another")
        ]
        mail_server = running.enter_context(MailServer.running(where.mail_port))
        reseller = running.enter_context(world.ready_reseller())
        for number in range(0, rounds, _ROUNDS_AT_ONCE):
            count = min(_ROUNDS_AT_ONCE, rounds - number)
            with _standing_still(workers, folder, outcome):
                waiting = Waiting(reseller, count)
            if _is_done(waiting, beats, outcome):
                _look(waiting, mail_server, outcome)
                _look_at_meetings(folder, outcome)
            _go_on(beats)
            outcome.faults = (outcome.faults or 0) + count
        outcome.check(all(each.runs for each in [*workers, *beats]), "a worker or a beat has ended")
    return outcome


@contextlib.contextmanager
def _standing_still(workers: list[Running], folder: Path, outcome: Outcome) -> Iterator[None]:
    """Neither worker does anything, until sweeps of both beats wait for what the block makes."""
    for worker in workers:
        os.killpg(worker.pid, signal.SIGSTOP)
    for trace in folder.iterdir():
        trace.unlink()
    world.empty_queue()
    try:
        yield
        world.empty_queue()  # a sweep that a stopped worker had in hands may have gone before
        waits = processes.wait_until(_sweeps_of_both_wait, _PATIENCE)
        outcome.check(waits, "not both beats ask for sweeps")
    finally:
        _go_on(workers)


def _sweeps_of_both_wait() -> bool:
    senders = world.senders_of_waiting()
    return all(
        len(senders.get(entry, [])) >= _SWEEPS and len(set(senders[entry])) > 1
        for entry in _ENTRIES
    )


def _look_at_meetings(folder: Path, outcome: Outcome) -> None:
    """Without a meeting the round proved nothing."""
    for task in _HANDED_OUT:
        outcome.check(
            meetings.took_place(folder, task), f"{task}: the workers never had the same in hands"
        )


class Waiting:
    """What waits for beat: nobody else will find it."""

    def __init__(self, reseller: Reseller, count: int) -> None:
        self.reseller = reseller
        self.unfinished = world.forgotten_reseller(tasks.STUCK_AFTER)
        with tenant_context(reseller):
            self.mails = [world.forgotten_mail() for _each in range(count)]
            long_ago = timezone.now() - KEPT_FOR - dt.timedelta(days=1)
            self.drafts = [
                ApprovalRequestFactory(
                    draft=True,
                    created_at=long_ago,
                    requester__email=f"draft{world.next_number()}@example.com",
                )
                for _each in range(count)
            ]
            self.people = [draft.requester_id for draft in self.drafts]
            self.requests = [draft.pk for draft in self.drafts]

    def is_done(self) -> bool:
        """Whether nothing of it waits any more."""
        mails = OutgoingMail.objects.filter(pk__in=[mail.pk for mail in self.mails])
        drafts = ApprovalRequest.objects.filter(pk__in=self.requests)
        return (
            world.reseller_state(self.unfinished) == Reseller.State.READY
            and not mails.exclude(state="sent").exists()
            and not drafts.exists()
        )


def _is_done(waiting: Waiting, beats: list[Running], outcome: Outcome) -> bool:
    """Whether nothing waits any more. Then the beats fall silent, and the workers come to an end
    with what both of them hold."""
    done = processes.wait_until(waiting.is_done, _PATIENCE, pause=0.05)
    for beat in beats:
        os.killpg(beat.pid, signal.SIGSTOP)
    idle = processes.wait_until(world.is_idle, _PATIENCE, pause=0.05)
    return outcome.check(done and idle, "something waits for ever")


def _go_on(stopped: list[Running]) -> None:
    for each in stopped:
        os.killpg(each.pid, signal.SIGCONT)


def _look(waiting: Waiting, mail_server: MailServer, outcome: Outcome) -> None:
    for mail in waiting.mails:
        _count(outcome, "a mail", len(mail_server.to(mail.recipient_email)))
    for request_id in waiting.requests:
        told = AuditEntry.objects.filter(subject_id=request_id, action=actions.EXPIRED)
        _count(outcome, "a draft is tidied up", told.count())
    outcome.check(not User.objects.filter(pk__in=waiting.people).exists(), "a person is left")
    _look_at_reseller(waiting.unfinished, mail_server, outcome)
    world.close_down(waiting.unfinished)


def _look_at_reseller(reseller: Reseller, mail_server: MailServer, outcome: Outcome) -> None:
    with tenant_context(reseller):
        invitations = OutgoingMail.objects.filter(kind="staff_invitation")
        _count(outcome, "an invitation", invitations.count())
        processes.wait_until(lambda: not invitations.exclude(state="sent").exists(), _PATIENCE)
    _count(outcome, "an invitation arrives", len(mail_server.to(reseller.owner_email)))
    with schema_context("public"):
        told = AuditEntry.objects.filter(subject_id=reseller.pk, action="reseller.became_ready")
        _count(outcome, "a reseller is made", told.count())
        _count(outcome, "a host", Domain.objects.filter(tenant=reseller).count())


def _count(outcome: Outcome, what: str, times: int) -> None:
    outcome.check(times == 1, f"{what}: {times} times")
    outcome.lost = (outcome.lost or 0) + (times == 0)
    outcome.duplicates = (outcome.duplicates or 0) + max(times - 1, 0)


TRIAL = Trial(
    "beat-twice",
    "With two beats, and two workers that hold the same thing at the same instant, nothing is done "
    "twice: one mail each, one invitation, one entry in the trail for each draft that is tidied up "
    "and for each reseller that is made.",
    run,
)
