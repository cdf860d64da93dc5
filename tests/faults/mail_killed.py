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

_FIRST = ("notifications/", "resellers/tasking.py")
_CHILD_EVERY = 5  # rounds: only the process that sends is killed, as for a lack of memory
_RANDOM_EVERY = 7  # rounds: killed at any moment, not at a step
_MENDED_EVERY = 4  # rounds: then a worker that nobody disturbs comes
_REDELIVERED_EVERY = 3  # mends: the broker hands the dead workers' messages out again as well
_LONGEST_LIFE = 0.4  # seconds after which a worker has sent everything

_randomly = random.Random(20_261_122)  # noqa: S311 - the same rounds in every run


def run(rounds: int) -> Outcome:
    """Kill a worker in each round; every few rounds let one mend, and count what arrived."""
    where = stage.current()
    outcome = Outcome(rounds, faults=0, lost=0, duplicates=0)
    with world.ready_reseller(), MailServer.running(where.mail_port) as mail_server:
        known = _steps_of_a_mail(where.places.state)
        at_a_step = [number for number in range(rounds) if not _is_random(number)]
        chosen = steps.choose(known, len(at_a_step), first=_FIRST)
        by_round = dict(zip(at_a_step, chosen, strict=True))
        post = Post(where.places.state, mail_server, outcome)
        for number in range(rounds):
            post.strike(number, by_round.get(number))
            if number % _MENDED_EVERY == _MENDED_EVERY - 1 or number == rounds - 1:
                post.mend(number)
    outcome.figures |= {"steps": len(known), "struck": len(set(chosen))}
    return outcome


def _steps_of_a_mail(folder: Path) -> list[Step]:
    """Send three mails undisturbed, and note every step of the second."""
    mails, path = [world.queued_mail() for _each in range(3)], folder / "steps-of-a-mail"
    order = Order(SOLO, steps.record, (str(mails[1].pk), path))
    with processes.started(order):
        sent = processes.wait_until(lambda: _all_sent(mails) and world.is_idle())
    if not sent:
        raise RuntimeError("An undisturbed worker does not send.")
    return [Step.parse(line) for line in path.read_text().splitlines()]


def _is_random(number: int) -> bool:
    return number % _RANDOM_EVERY == _RANDOM_EVERY - 1


def _all_sent(mails: list[OutgoingMail]) -> bool:
    return all(world.state_of(mail) == "sent" for mail in mails)


@dataclass
class Post:
    """Mails that wait, were in flight at a kill, or were held by a worker that is dead."""

    folder: Path
    mail_server: MailServer
    outcome: Outcome
    mails: list[OutgoingMail] = field(default_factory=list)
    held: list[OutgoingMail] = field(default_factory=list)
    in_flight: set[OutgoingMail] = field(default_factory=set)
    mends: int = 0

    def strike(self, number: int, step: Step | None) -> None:
        """Three mails; a worker is killed while it has the second in hands, or at any moment."""
        world.empty_queue()  # what earlier rounds left: its mails wait for the sweep
        mails = [world.queued_mail() for _each in range(3)]
        self.mails += mails
        target = str(mails[1].pk)
        if step is None:
            with processes.started(Order(SOLO)):
                time.sleep(_randomly.uniform(0, _LONGEST_LIFE))
        elif number % _CHILD_EVERY == _CHILD_EVERY - 1 and not step.is_of_the_parent:
            abandoned = world.in_hands()
            with self._victim(PREFORK, target, step, "child"):
                # The worker gets the message back and tries again: the mail is another's still.
                processes.wait_until(lambda: world.is_idle(abandoned), 5)
        else:
            with self._victim(SOLO, target, step, "worker") as victim:
                victim.wait(5)
        self.outcome.faults = (self.outcome.faults or 0) + 1
        self.held = [mail for mail in self.mails if world.state_of(mail) == "sending"]
        self.in_flight |= {mail for mail in self.held if self._arrived(mail)}

    @contextlib.contextmanager
    def _victim(
        self, arguments: tuple[str, ...], target: str, step: Step, whom: steps.Blow
    ) -> Iterator[Running]:
        once = self.folder / f"struck-{target}"
        order = Order(arguments, steps.strike, (target, step, whom, once))
        with processes.started(order) as victim:
            struck = processes.wait_until(once.exists)
            self.outcome.check(struck, f"{step}: was not reached")
            yield victim

    def mend(self, number: int) -> None:
        """What an undisturbed worker and the sweeps make of it."""
        self.mends += 1
        abandoned = world.in_hands()
        with processes.started(Order(SOLO)):
            world.sweep()
            idle = processes.wait_until(lambda: world.is_idle(abandoned), 60)
            self._check(idle, number, "tasks do not end")
            for mail in self.held:
                self._check(world.state_of(mail) == "sending", number, "a lease was broken")
            if self.mends % _REDELIVERED_EVERY == 0:
                world.redeliver()
            world.pass_time(*self.mails)
            world.sweep()
            processes.wait_until(lambda: _all_sent(self.mails), 60)
            processes.wait_until(lambda: world.is_idle(abandoned))
        for mail in self.mails:
            self._count(mail, number)
        world.empty_broker()
        self.mails, self.held, self.in_flight = [], [], set()

    def _count(self, mail: OutgoingMail, number: int) -> None:
        arrived, state = self._arrived(mail), world.state_of(mail)
        if not self._check(bool(arrived) and state == "sent", number, f"a mail is lost, {state}"):
            self.outcome.lost = (self.outcome.lost or 0) + 1
        expected = f"<{mail.pk}@{settings.PLATFORM_HOST}>"
        self._check(set(arrived) <= {expected}, number, f"another Message-ID: {arrived}")
        self.outcome.duplicates = (self.outcome.duplicates or 0) + max(len(arrived) - 1, 0)
        most = 2 if mail in self.in_flight else 1
        self._check(len(arrived) <= most, number, f"sent {len(arrived)} times, allowed {most}")

    def _arrived(self, mail: OutgoingMail) -> list[str]:
        return self.mail_server.to(mail.recipient_email)

    def _check(self, holds: bool, number: int, sentence: str) -> bool:
        return self.outcome.check(holds, f"up to round {number}: {sentence}")


TRIAL = Trial(
    "mail-killed",
    "A worker that is killed between any two steps of sending loses no mail; only a mail in flight "
    "goes out twice, with the same Message-ID.",
    run,
    {"steps": "steps of sending", "struck": "struck"},
)
