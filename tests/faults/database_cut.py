"""The line between the web server and the database falls silent in the middle of requests. Then it
goes on, is cut, or is cut and stays silent for those who call again."""

import random
import time
from typing import Literal

from tests.faults import approving, processes, stage, world
from tests.faults.approving import Approver
from tests.faults.contract import Outcome, Trial
from tests.faults.database_restarted import (
    Office,
    Visitor,
    hear,
    let_them_work,
    look,
    look_at_mails,
)
from tests.faults.line import Line
from tests.faults.mail_server import MailServer
from tests.faults.processes import PREFORK, Order
from tests.faults.stage import Stage

Trouble = Literal["silence", "cut", "nobody answers"]
_TROUBLES: tuple[Trouble, ...] = ("cut", "silence", "nobody answers")
_VISITORS = 3
_LONGEST_QUIET = 0.15  # seconds from the first request to the trouble
_SECONDS_OF_SILENCE = 0.4
_CONNECT_TIMEOUT = 2  # seconds, in place of the product's five; libpq knows no shorter one
_SECONDS_TO_HEAL = 15.0
_LOOK_AT_MAILS_EVERY = 10  # rounds

_randomly = random.Random(20_261_122)  # noqa: S311 - the same rounds in every run


def run(rounds: int) -> Outcome:
    """Disturb the line under concurrent visitors in each round, then look at what is stored."""
    where = stage.current()
    outcome = Outcome(rounds, faults=0, lost=0, duplicates=0)
    with (
        Line.laid(where.postgres_socket) as line,
        where.web(DATABASE_URL=where.database_url(line.port, _CONNECT_TIMEOUT)) as site,
        world.ready_reseller(),
        MailServer.running(where.mail_port) as mail_server,
        processes.started(Order(PREFORK)) as worker,
    ):
        approver = Approver.come(site)
        approver.open()
        office = Office(where, approver, mail_server, {"worker": worker}, outcome)
        web = where.pid("web")
        for number in range(rounds):
            _disturb(office, line, number)
            if number % _LOOK_AT_MAILS_EVERY == _LOOK_AT_MAILS_EVERY - 1 or number == rounds - 1:
                look_at_mails(office, number)
        outcome.check(_still_runs(where, web), "the web server ended")
    outcome.figures["longest"] = round(office.longest, 2)
    outcome.figures["refused"] = office.statuses[503]
    return outcome


def _still_runs(where: Stage, web: int) -> bool:
    return where.child("web").runs and where.pid("web") == web


def _disturb(office: Office, line: Line, number: int) -> None:
    trouble = _TROUBLES[number % len(_TROUBLES)]
    requests = [approving.pending() for _each in range(_VISITORS)]
    visitors = [Visitor(office.approver, [request]) for request in requests]
    let_them_work(visitors, lambda: _make_trouble(line, trouble))
    line.go_on()
    office.outcome.faults = (office.outcome.faults or 0) + 1
    hear(office, number, visitors, {200, 302} if trouble == "silence" else {200, 302, 503})
    healed = processes.wait_until(lambda: office.approver.open().status == 200, _SECONDS_TO_HEAL)
    office.outcome.check(healed, f"round {number}: the web server does not heal")
    for visitor, request in zip(visitors, requests, strict=True):
        look(office, number, request, visitor.answers[str(request.pk)])


def _make_trouble(line: Line, trouble: Trouble) -> None:
    time.sleep(_randomly.uniform(0, _LONGEST_QUIET))
    line.fall_silent()
    time.sleep(_SECONDS_OF_SILENCE)
    if trouble != "silence":
        line.cut()
    if trouble != "nobody answers":
        line.go_on()


TRIAL = Trial(
    "database-cut",
    "When the line to the database is cut, or falls silent for a while, requests get an answer in "
    "time, nothing is half-saved, what was confirmed is stored, and the web server heals alone.",
    run,
    {"longest": "longest wait", "refused": "answered 503:"},
)
