"""A worker is killed between any two steps of sending a mail."""

import contextlib
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from notifications.models import OutgoingMail
from tests.faults import processes, stage, steps, world
from tests.faults.contract import Outcome, Trial
from tests.faults.mail_server import MailServer
from tests.faults.processes import PREFORK, SOLO, Order, Running
from tests.faults.steps import Step

_CHILD_EVERY = 5  # rounds: only the process that sends is killed, as for a lack of memory
_RANDOM_EVERY = 7  # rounds: killed at any moment, not at a step
_REDELIVERED_EVERY = 3  # rounds: the broker hands the dead worker's message out again as well
_LONGEST_LIFE = 0.4  # seconds after which a worker has sent everything

_randomly = random.Random(20_261_122)  # noqa: S311 - the same rounds in every run


def run(rounds: int) -> Outcome:
    """Kill a worker in each round, let the next one mend, and count what arrived."""
    where = stage.current()
    outcome = Outcome(rounds, faults=0, lost=0, duplicates=0)
    with world.ready_reseller(), MailServer.running(where.mail_port) as mail_server:
        known = _steps_of_a_mail(where.places.state)
        at_a_step = [number for number in range(rounds) if not _is_random(number)]
        rooms = ("notifications", "resellers")
        chosen = steps.choose(known, len(at_a_step), rooms=rooms)
        by_round = dict(zip(at_a_step, chosen, strict=True))
        for number in range(rounds):
            step = by_round.get(number)
            Round(number, step, where.places.state, mail_server, outcome).run()
    outcome.figures |= {"steps": len(known), "struck": len(set(chosen))}
    return outcome


def _steps_of_a_mail(folder: Path) -> list[Step]:
    """Send one mail undisturbed, and note every step."""
    mail, path = world.queued_mail(), folder / "steps-of-a-mail"
    order = Order(SOLO, steps.record, (str(mail.pk), path))
    with processes.started(order):
        sent = processes.wait_until(lambda: world.state_of(mail) == "sent" and world.is_idle())
    if not sent:
        raise RuntimeError("An undisturbed worker does not send.")
    return [Step.parse(line) for line in path.read_text().splitlines()]


def _is_random(number: int) -> bool:
    return number % _RANDOM_EVERY == _RANDOM_EVERY - 1


@dataclass
class Round:
    """Three mails; the worker is killed while it has the second in hands."""

    number: int
    step: Step | None  # None: at any moment
    folder: Path
    mail_server: MailServer
    outcome: Outcome
    mails: list[OutgoingMail] = field(default_factory=list)
    held: list[OutgoingMail] = field(default_factory=list)
    in_flight: list[OutgoingMail] = field(default_factory=list)

    def run(self) -> None:
        """Kill, mend, look."""
        self.mails = [world.queued_mail() for _each in range(3)]
        if self.step and self.number % _CHILD_EVERY == _CHILD_EVERY - 1:
            with self._victim("child", PREFORK, self.step):
                self._look_at_flight(self.mails[1:2])
                self._mend()
            return
        if self.step:
            with self._victim("worker", SOLO, self.step) as victim:
                victim.wait(5)
        else:
            with processes.started(Order(SOLO)):
                time.sleep(_randomly.uniform(0, _LONGEST_LIFE))
        self._look_at_flight(self.mails)
        with processes.started(Order(SOLO)):
            self._mend()

    @contextlib.contextmanager
    def _victim(
        self, whom: steps.Blow, arguments: tuple[str, ...], step: Step
    ) -> Iterator[Running]:
        once = self.folder / f"struck-{self.number}"
        given = (str(self.mails[1].pk), step, whom, once)
        with processes.started(Order(arguments, steps.strike, given)) as victim:
            self._fail_unless(processes.wait_until(once.exists), "was not reached")
            yield victim

    def _look_at_flight(self, mails: list[OutgoingMail]) -> None:
        """Which mails the dead worker held, and which of them the mail server has already."""
        self.outcome.faults = (self.outcome.faults or 0) + 1
        self.held = [mail for mail in mails if world.state_of(mail) == "sending"]
        self.in_flight = [mail for mail in self.held if self.mail_server.to(mail.recipient_email)]

    def _mend(self) -> None:
        abandoned = world.in_hands()
        world.sweep()
        idle = processes.wait_until(lambda: world.is_idle(abandoned))
        self._fail_unless(idle, "the tasks of the others do not end")
        for mail in self.held:
            self._fail_unless(world.state_of(mail) == "sending", "a lease was broken")
        if self.number % _REDELIVERED_EVERY == 0:
            world.redeliver()
        world.pass_time(*self.mails)
        world.sweep()
        processes.wait_until(lambda: all(world.state_of(mail) == "sent" for mail in self.mails))
        processes.wait_until(lambda: world.is_idle(abandoned))
        for mail in self.mails:
            self._count(mail)
        world.empty_broker()

    def _count(self, mail: OutgoingMail) -> None:
        arrived = self.mail_server.to(mail.recipient_email)
        state = world.state_of(mail)
        if not self._fail_unless(bool(arrived) and state == "sent", f"a mail is lost, {state}"):
            self.outcome.lost = (self.outcome.lost or 0) + 1
        expected = f"<{mail.pk}@{settings.PLATFORM_HOST}>"
        self._fail_unless(set(arrived) <= {expected}, f"another Message-ID: {arrived}")
        self.outcome.duplicates = (self.outcome.duplicates or 0) + max(len(arrived) - 1, 0)
        most = 2 if mail in self.in_flight else 1
        self._fail_unless(len(arrived) <= most, f"sent {len(arrived)} times, allowed {most}")

    def _fail_unless(self, holds: bool, sentence: str) -> bool:
        where = self.step or "any moment"
        return self.outcome.check(holds, f"round {self.number} at {where}: {sentence}")


TRIAL = Trial(
    "mail-killed",
    "A worker that is killed between any two steps of sending loses no mail; only a mail in flight "
    "goes out twice, with the same Message-ID.",
    run,
    {"steps": "steps of sending", "struck": "struck"},
)
