"""The database is restarted or crashes in the middle of requests; web, worker and beat go on."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import connection

from approvals.models import ApprovalRequest
from tests.faults import approving, beats, processes, stage, world
from tests.faults.approving import Approver
from tests.faults.contract import Outcome, Trial
from tests.faults.mail_server import MailServer
from tests.faults.processes import PREFORK, Order, Running
from tests.faults.stage import Stage
from tests.faults.visits import Answer

_VISITORS = 3
_APPROVALS_EACH = 1
_LONGEST_QUIET = 0.25  # seconds from the first request to the restart
_PATIENCE = 10.0  # seconds that anybody may have to wait for an answer
_SECONDS_TO_HEAL = 15.0
_AT_NIGHT_EVERY = 4  # rounds: nobody is there meanwhile, and the first to come notices nothing
_LOOK_AT_MAILS_EVERY = 10  # rounds

_randomly = random.Random(20_261_122)  # noqa: S311 - the same rounds in every run


@dataclass
class Office:
    """What the rounds share. Worker, beat and web server live through all of them."""

    where: Stage
    approver: Approver
    mail_server: MailServer
    staff: dict[str, Running]
    outcome: Outcome
    approved: list[ApprovalRequest] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    longest: float = 0.0


@dataclass
class Visitor:
    """Approves requests one after the other, and looks at the queue in between."""

    approver: Approver
    requests: list[ApprovalRequest]
    answers: dict[str, Answer] = field(default_factory=dict)

    def work(self) -> None:
        for request in self.requests:
            self.answers[str(request.pk)] = self.approver.approve(request)
            self.answers[f"after {request.pk}"] = self.approver.open()


def run(rounds: int) -> Outcome:
    """Restart the database under concurrent visitors in each round, then look at what is stored."""
    where = stage.current()
    outcome = Outcome(rounds, faults=0, lost=0, duplicates=0)
    with (
        where.web() as site,
        world.ready_reseller(),
        MailServer.running(where.mail_port) as mail_server,
        processes.started(Order(PREFORK)) as worker,
        processes.started(beats.order(where, "beat", seconds=1)) as beat,
    ):
        approver = Approver.come(site)
        approver.open()
        office = Office(where, approver, mail_server, {"worker": worker, "beat": beat}, outcome)
        web = where.pid("web")
        for number in range(rounds):
            _restart_under_visitors(office, number)
            if number % _LOOK_AT_MAILS_EVERY == _LOOK_AT_MAILS_EVERY - 1 or number == rounds - 1:
                look_at_mails(office, number)
        outcome.check(where.child("web").runs and where.pid("web") == web, "the web server ended")
    outcome.figures["longest"] = round(office.longest, 2)
    outcome.figures["refused"] = office.statuses[503]
    outcome.figures["errors"] = office.statuses[500]
    return outcome


def _restart_under_visitors(office: Office, number: int) -> None:
    outcome = office.outcome
    requests = [approving.pending() for _each in range(_VISITORS * _APPROVALS_EACH)]
    visitors = [Visitor(office.approver, requests[each::_VISITORS]) for each in range(_VISITORS)]
    if number % _AT_NIGHT_EVERY == _AT_NIGHT_EVERY - 1:
        _restart(office.where, crash=bool(number % 2))
        let_them_work(visitors, lambda: None)
        proper = {200, 302}
    else:
        let_them_work(visitors, lambda: _restart_soon(office.where, crash=bool(number % 2)))
        proper = {200, 302, 500, 503}
    outcome.faults = (outcome.faults or 0) + 1
    hear(office, number, visitors, proper)
    healed = processes.wait_until(lambda: office.approver.open().status == 200, _SECONDS_TO_HEAL)
    outcome.check(healed, f"round {number}: the web server does not heal")
    for visitor in visitors:
        for request in visitor.requests:
            look(office, number, request, visitor.answers[str(request.pk)])


def hear(office: Office, number: int, visitors: list[Visitor], proper: set[int]) -> None:
    """What the visitors were told, and how long they waited for it."""
    for answer in (answer for visitor in visitors for answer in visitor.answers.values()):
        office.statuses[answer.status] += 1
        office.longest = max(office.longest, answer.seconds)
        is_fine = answer.status in proper and answer.seconds <= _PATIENCE
        said = f"{answer.status} in {answer.seconds:.1f} seconds"
        office.outcome.check(is_fine, f"round {number}: a visitor gets {said}")


def let_them_work(visitors: list[Visitor], meanwhile: Callable[[], None]) -> None:
    threads = [threading.Thread(target=visitor.work) for visitor in visitors]
    for thread in threads:
        thread.start()
    meanwhile()
    for thread in threads:
        thread.join()


def _restart_soon(where: Stage, *, crash: bool) -> None:
    time.sleep(_randomly.uniform(0, _LONGEST_QUIET))
    _restart(where, crash=crash)


def _restart(where: Stage, *, crash: bool) -> None:
    where.end("postgres", kill=crash)
    where.instance.start_postgres()
    connection.close()  # our own


def look(office: Office, number: int, request: ApprovalRequest, answer: Answer) -> None:
    """What was answered is stored; what is stored is whole; what is not can be done again."""
    outcome, state = office.outcome, approving.stored(request)
    whole = outcome.check(state in {"approved", "pending"}, f"round {number}: {state}")
    kept = outcome.check(
        answer.status != 302 or state == "approved",
        f"round {number}: an approval that was confirmed is not stored",
    )
    if not (whole and kept):
        outcome.lost = (outcome.lost or 0) + 1
        return
    if state == "pending":
        again = office.approver.approve(request)
        state = approving.stored(request)
        outcome.check(state == "approved", f"round {number}: done again, {again.status}, {state}")
    office.approved.append(request)


def look_at_mails(office: Office, number: int) -> None:
    """Worker and beat healed by themselves when every welcome mail goes out."""
    outcome = office.outcome
    mails = [approving.welcome(request) for request in office.approved]
    for _second in range(30):
        world.pass_pause(*mails)
        if processes.wait_until(lambda: all(world.state_of(mail) == "sent" for mail in mails), 1):
            break
        world.pass_lost_leases(*mails)
    for name, running in office.staff.items():
        outcome.check(running.runs, f"after round {number}: {name} has ended")
    for mail in mails:
        arrived = office.mail_server.to(mail.recipient_email)
        if not outcome.check(bool(arrived), f"after round {number}: a mail is lost"):
            outcome.lost = (outcome.lost or 0) + 1
        same = len(set(arrived)) <= 1 and len(arrived) <= 2
        outcome.check(same, f"after round {number}: a mail went out as {arrived}")
        outcome.duplicates = (outcome.duplicates or 0) + max(len(arrived) - 1, 0)
    office.approved.clear()


TRIAL = Trial(
    "database-restarted",
    "A restart or a crash of the database leaves no half-saved change and takes back nothing that "
    "was confirmed; requests meanwhile are answered; web server, worker and beat heal by "
    "themselves.",
    run,
    {"longest": "longest wait", "refused": "answered 503:", "errors": "answered 500:"},
)
