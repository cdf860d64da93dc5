"""Beat is started twice, and two workers do what both of them ask for."""

import contextlib
import datetime as dt

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
from tests.faults import processes, stage, world
from tests.faults.contract import Outcome, Trial
from tests.faults.mail_server import MailServer
from tests.faults.processes import PREFORK, Order
from tests.faults.stage import Stage

_SECONDS_BETWEEN = 0.5  # in place of half a minute, a minute and an hour
_ROUNDS_AT_ONCE = 10
_PATIENCE = 120.0


def order(where: Stage, name: str, *, seconds: float) -> Order:
    """A beat with a schedule of its own that is quicker than the product's."""
    schedule = str(where.places.state / f"schedule-{name}")
    entries = ("notifications.sweep", "resellers.sweep_unfinished", "approvals.sweep_drafts")
    return Order(
        ("beat", "-l", "warning", "-s", schedule, "--pidfile="),
        seconds_between=dict.fromkeys(entries, seconds),
    )


def run(rounds: int) -> Outcome:
    """In each round a mail, a draft and, every tenth time, a reseller wait for beat."""
    where = stage.current()
    outcome = Outcome(rounds, faults=rounds, lost=0, duplicates=0)
    with contextlib.ExitStack() as running:
        started = [
            running.enter_context(processes.started(each))
            for name in ("one", "another")
            for each in (
                Order((*PREFORK, "-n", f"{name}@%h")),
                order(where, name, seconds=_SECONDS_BETWEEN),
            )
        ]
        mail_server = running.enter_context(MailServer.running(where.mail_port))
        reseller = running.enter_context(world.ready_reseller())
        for number in range(0, rounds, _ROUNDS_AT_ONCE):
            count = min(_ROUNDS_AT_ONCE, rounds - number)
            _wait_for_both(Waiting(reseller, count), mail_server, outcome)
        outcome.check(all(each.runs for each in started), "a worker or a beat has ended")
    return outcome


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


def _wait_for_both(waiting: Waiting, mail_server: MailServer, outcome: Outcome) -> None:
    done = processes.wait_until(waiting.is_done, _PATIENCE, pause=0.1)
    if not outcome.check(done, "something waits for ever"):
        return
    # Both beats have their turn once more: what is done must not be done again.
    processes.wait_until(lambda: False, 3 * _SECONDS_BETWEEN)
    processes.wait_until(world.is_idle, 5)
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
    "With two beats and two workers nothing is done twice: one mail each, one invitation, one "
    "entry in the trail for each draft that is tidied up and for each reseller that is made.",
    run,
)
