"""The broker, which is the cache as well, is away or stuck while sign-ups are approved."""

import os
import signal
from dataclasses import dataclass, field
from typing import Literal

from notifications.models import OutgoingMail
from tests.faults import approving, processes, stage, world
from tests.faults.approving import Approver
from tests.faults.contract import Outcome, Trial
from tests.faults.mail_server import MailServer
from tests.faults.processes import PREFORK, Order, Running
from tests.faults.stage import Stage

Outage = Literal["stopped", "killed", "stuck"]
# Seconds that an approver may have to wait: for a server that is gone, and for one that does not
# answer. The product waits for that one once, then not again for a while.
_PATIENCE: dict[Outage, float] = {"stopped": 4.0, "killed": 4.0, "stuck": 10.0}
_STUCK_EVERY = 10  # rounds
_ROUNDS_AT_ONCE = 5  # then the broker stays, and the mails have to go out
_SECONDS_TO_COME_BACK = 60  # a worker tries again with growing pauses


@dataclass
class Evening:
    """What the rounds share: one reseller, one approver, one worker that lives through it all."""

    where: Stage
    approver: Approver
    mail_server: MailServer
    worker: Running
    outcome: Outcome
    mails: list[OutgoingMail] = field(default_factory=list)
    longest: dict[Outage, float] = field(default_factory=dict)


def run(rounds: int) -> Outcome:
    """Approve during an outage in each round; every few rounds the mails have to go out."""
    where = stage.current()
    outcome = Outcome(rounds, faults=0, lost=0, duplicates=0)
    with (
        where.web() as site,
        world.ready_reseller(),
        MailServer.running(where.mail_port) as mail_server,
        processes.started(Order(PREFORK)) as worker,
    ):
        approver = Approver.come(site)
        approver.open()  # the first page of a web server takes longer than all others
        evening = Evening(where, approver, mail_server, worker, outcome)
        for number in range(rounds):
            _approve_without_broker(evening, number)
            if number % _ROUNDS_AT_ONCE == _ROUNDS_AT_ONCE - 1 or number == rounds - 1:
                _deliver(evening, number)
    shown = {f"longest_{outage}": seconds for outage, seconds in evening.longest.items()}
    outcome.figures |= shown
    return outcome


def _approve_without_broker(evening: Evening, number: int) -> None:
    outage: Outage = "stopped" if number % 2 else "killed"
    if number % _STUCK_EVERY == _STUCK_EVERY - 2:
        outage = "stuck"
    outcome, name = evening.outcome, f"round {number}, broker {outage}"
    request = approving.pending()
    _take_away(evening.where, outage)
    try:
        answer = evening.approver.approve(request)
        stranger = evening.approver.log_in_elsewhere()
    finally:
        _bring_back(evening.where, outage)
    outcome.faults = (outcome.faults or 0) + 1
    seconds = max(answer.seconds, evening.longest.get(outage, 0))
    evening.longest[outage] = round(seconds, 2)
    outcome.check(answer.status == 302, f"{name}: the approver gets {answer.status}")
    in_time = answer.seconds <= _PATIENCE[outage]
    outcome.check(in_time, f"{name}: the approver waits {answer.seconds:.1f} seconds")
    # Counting attempts needs the cache: nobody guesses passwords uncounted meanwhile.
    refused = stranger.status == 503 and stranger.seconds <= _PATIENCE[outage]
    outcome.check(refused, f"{name}: a log-in gets {stranger.status} in {stranger.seconds:.1f} s")
    state = approving.stored(request)
    if outcome.check(state == "approved", f"{name}: stored is {state}"):
        evening.mails.append(approving.welcome(request))
    else:
        outcome.lost = (outcome.lost or 0) + 1


def _take_away(where: Stage, outage: Outage) -> None:
    if outage == "stuck":
        os.kill(where.pid("valkey"), signal.SIGSTOP)
    else:
        where.end("valkey", kill=outage == "killed")


def _bring_back(where: Stage, outage: Outage) -> None:
    if outage == "stuck":
        os.kill(where.pid("valkey"), signal.SIGCONT)
    else:
        where.instance.start_valkey()


def _deliver(evening: Evening, number: int) -> None:
    """Beat's next sweeps, until all is sent: the worker comes back by itself."""
    for _second in range(_SECONDS_TO_COME_BACK):
        world.pass_pause(*evening.mails)
        world.sweep()
        if processes.wait_until(lambda: _all_sent(evening.mails), 1):
            break
    outcome = evening.outcome
    outcome.check(evening.worker.runs, f"after round {number}: the worker has ended")
    for mail in evening.mails:
        arrived = evening.mail_server.to(mail.recipient_email)
        if not outcome.check(bool(arrived), f"after round {number}: a mail is lost"):
            outcome.lost = (outcome.lost or 0) + 1
        outcome.check(len(arrived) <= 1, f"after round {number}: a mail went out {len(arrived)} x")
        outcome.duplicates = (outcome.duplicates or 0) + max(len(arrived) - 1, 0)
    evening.mails.clear()


def _all_sent(mails: list[OutgoingMail]) -> bool:
    return all(world.state_of(mail) == "sent" for mail in mails)


TRIAL = Trial(
    "broker-down",
    "Without a broker a decision is stored all the same and its page answers; the mail waits in "
    "the outbox and goes out when the broker is back.",
    run,
    {
        "longest_stopped": "longest wait, broker stopped:",
        "longest_killed": "killed:",
        "longest_stuck": "stuck:",
    },
)
