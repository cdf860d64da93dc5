"""The broker loses every message: it is emptied, or comes back without its data, while a worker
is killed or while everybody goes on."""

import shutil

from django.db.models import F
from django_tenants.utils import schema_context

from notifications.models import OutgoingMail
from resellers import flows, tasks
from resellers.models import Reseller
from tests.faults import processes, stage, world
from tests.faults.contract import Outcome, Trial
from tests.faults.mail_server import MailServer
from tests.faults.processes import SOLO, Order
from tests.faults.stage import Stage

_ROUNDS_WITH_ONE_WORKER = 10
_MAILS = 3
_SECONDS_TO_COME_BACK = 60


def run(rounds: int) -> Outcome:
    """Lose all messages in each round. A worker lives through ten rounds, then it is killed."""
    where = stage.current()
    outcome = Outcome(rounds, faults=0, lost=0, duplicates=0)
    with world.ready_reseller(), MailServer.running(where.mail_port) as mail_server:
        for first in range(0, rounds, _ROUNDS_WITH_ONE_WORKER):
            numbers = range(first, min(first + _ROUNDS_WITH_ONE_WORKER, rounds))
            _with_one_worker(where, numbers, mail_server, outcome)
    return outcome


def _with_one_worker(
    where: Stage, numbers: range, mail_server: MailServer, outcome: Outcome
) -> None:
    waiting = [world.queued_mail() for _each in range(_MAILS)]
    _lose_everything(where, outcome, with_restart=True)  # nobody ever saw these messages
    with processes.started(Order(SOLO)) as worker:
        for number in numbers:
            mails = [*waiting, *(world.queued_mail() for _each in range(_MAILS))]
            reseller = _requested()
            _lose_everything(where, outcome, with_restart=number % 5 == 4)
            _sweep_until_done(mails, reseller)
            _look(number, mails, mail_server, outcome)
            state = world.reseller_state(reseller)
            if not outcome.check(state == "ready", f"round {number}: a reseller is {state}"):
                outcome.lost = (outcome.lost or 0) + 1
            outcome.check(worker.runs, f"round {number}: the worker has ended")
            world.remove(reseller)
            waiting = []


def _requested() -> Reseller:
    with schema_context("public"):
        return flows.create(world.new_reseller(), by=None)


def _lose_everything(where: Stage, outcome: Outcome, *, with_restart: bool) -> None:
    outcome.faults = (outcome.faults or 0) + 1
    if not with_restart:
        world.empty_everything()
        return
    where.end("valkey", kill=True)
    shutil.rmtree(where.places.state / "valkey")
    where.instance.start_valkey()


def _sweep_until_done(mails: list[OutgoingMail], reseller: Reseller) -> None:
    """Beat's next sweeps."""
    for _second in range(_SECONDS_TO_COME_BACK):
        world.pass_pause(*mails)
        world.pass_lost_leases(*mails)
        world.sweep()
        with schema_context("public"):
            unfinished = Reseller.objects.unfinished().filter(pk=reseller.pk)
            unfinished.update(state_changed_at=F("state_changed_at") - 2 * tasks.STUCK_AFTER)
        tasks.sweep_unfinished.delay()
        if processes.wait_until(lambda: _is_done(mails, reseller), 1):
            return


def _is_done(mails: list[OutgoingMail], reseller: Reseller) -> bool:
    all_sent = all(world.state_of(mail) == "sent" for mail in mails)
    return all_sent and world.reseller_state(reseller) == Reseller.State.READY


def _look(
    number: int, mails: list[OutgoingMail], mail_server: MailServer, outcome: Outcome
) -> None:
    for mail in mails:
        arrived = mail_server.to(mail.recipient_email)
        if not outcome.check(bool(arrived), f"round {number}: a mail is lost"):
            outcome.lost = (outcome.lost or 0) + 1
        outcome.check(len(arrived) <= 1, f"round {number}: a mail went out {len(arrived)} times")
        outcome.duplicates = (outcome.duplicates or 0) + max(len(arrived) - 1, 0)


TRIAL = Trial(
    "broker-emptied",
    "The broker holds nothing that could get lost: when it forgets every message, the next sweeps "
    "find each mail and each reseller that waits, and nothing is done twice.",
    run,
)
