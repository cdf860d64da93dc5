"""A worker is killed between any two steps of sending a mail, alone or one of several that a sweep
handed out together."""

import contextlib
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from notifications import tasks
from notifications.models import OutgoingMail
from tests.faults import processes, stage, steps, world
from tests.faults.contract import Outcome, Trial
from tests.faults.mail_server import MailServer
from tests.faults.processes import PREFORK, SOLO, Order, Running
from tests.faults.steps import Step

_FIRST = ("notifications/", "resellers/tasking.py")
_BATCH_EVERY = 2  # rounds: a sweep hands out several mails as one task
_MAILS, _MAILS_AT_ONCE = 3, 5
_CHILD_EVERY = 5  # rounds: only the process that sends is killed, as for a lack of memory
_RANDOM_EVERY = 7  # rounds: killed at any moment, not at a step
_MENDED_EVERY = 4  # rounds: then a worker that nobody disturbs comes
_REDELIVERED_EVERY = 3  # mends: the broker hands the dead workers' messages out again as well
_MISSED_ONE_IN = 50  # rounds: so many chosen steps may not be on the struck worker's way
_LONGEST_LIFE = 0.4  # seconds after which a worker has sent everything

_randomly = random.Random(20_261_122)  # noqa: S311 - the same rounds in every run


def run(rounds: int) -> Outcome:
    """Kill a worker in each round; every few rounds let one mend, and count what arrived."""
    where = stage.current()
    outcome = Outcome(rounds, faults=0, lost=0, duplicates=0)
    with world.ready_reseller(), MailServer.running(where.mail_port) as mail_server:
        known: dict[bool, list[Step]] = {}
        by_round: dict[int, Step] = {}
        for in_batch in (False, True):
            known[in_batch] = _steps(where.places.state, in_batch=in_batch)
            at_a_step = [
                number
                for number in range(rounds)
                if _is_batch(number) == in_batch and not _is_random(number)
            ]
            chosen = steps.choose(known[in_batch], len(at_a_step), first=_FIRST)
            by_round |= dict(zip(at_a_step, chosen, strict=True))
        post = Post(where.places.state, mail_server, outcome)
        for number in range(rounds):
            post.strike(number, by_round.get(number))
            if number % _MENDED_EVERY == _MENDED_EVERY - 1 or number == rounds - 1:
                post.mend(number)
    few = post.missed * _MISSED_ONE_IN <= rounds
    outcome.check(few, f"{post.missed} of {rounds} chosen steps were not reached")
    outcome.figures |= {
        "steps": len(known[False]),
        "steps_of_several": len(known[True]),
        "struck": len(post.struck),
        "missed": post.missed,
        "divided": post.divided,
    }
    return outcome


def _steps(folder: Path, *, in_batch: bool) -> list[Step]:
    """Send mails undisturbed, and note every step of the second, or of all at once."""
    mails = _handed_out() if in_batch else [world.queued_mail() for _each in range(_MAILS)]
    path = folder / f"steps-of-{len(mails)}-mails"
    order = Order(SOLO, steps.record, (str(mails[1].pk), path))
    with processes.started(order):
        sent = processes.wait_until(lambda: _all_sent(mails) and world.is_idle())
    if not sent:
        raise RuntimeError("An undisturbed worker does not send.")
    return [Step.parse(line) for line in path.read_text().splitlines()]


def _handed_out() -> list[OutgoingMail]:
    """Mails that a sweep found, and put into a worker's hands as one task."""
    mails = [world.forgotten_mail() for _each in range(_MAILS_AT_ONCE)]
    tasks.wake_overdue()
    return mails


def _is_batch(number: int) -> bool:
    return number % _BATCH_EVERY == _BATCH_EVERY - 1


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
    struck: set[Step] = field(default_factory=set)
    missed: int = 0  # rounds whose step was not on the worker's way
    divided: int = 0  # tasks that were killed when some of their mails were sent and some were not

    def strike(self, number: int, step: Step | None) -> None:
        """Some mails; a worker is killed while it has the second in hands, or several at once, or
        at any moment."""
        world.empty_queue()  # what earlier rounds left: its mails wait for the sweep
        world.delay(*self.mails)
        in_batch = _is_batch(number)
        mails = _handed_out() if in_batch else [world.queued_mail() for _each in range(_MAILS)]
        self.mails += mails
        target = str(mails[1].pk)
        if step is None:
            with processes.started(Order(SOLO)):
                time.sleep(_randomly.uniform(0, _LONGEST_LIFE))
            self.outcome.faults = (self.outcome.faults or 0) + 1
        elif number % _CHILD_EVERY == _CHILD_EVERY - 1 and not step.is_of_the_parent:
            abandoned = world.in_hands()
            with self._victim(PREFORK, target, step, "child"):
                # The worker gets the message back and tries again: the mail is another's still.
                processes.wait_until(lambda: world.is_idle(abandoned), 5)
        else:
            with self._victim(SOLO, target, step, "worker") as victim:
                victim.wait(5)
        states = {world.state_of(mail) for mail in mails}
        self.divided += in_batch and states >= {"sent", "queued"}
        self.held = [mail for mail in self.mails if world.state_of(mail) == "sending"]
        self.in_flight |= {mail for mail in self.held if self._arrived(mail)}

    @contextlib.contextmanager
    def _victim(
        self, arguments: tuple[str, ...], target: str, step: Step, whom: steps.Blow
    ) -> Iterator[Running]:
        once = self.folder / f"struck-{target}"
        order = Order(arguments, steps.strike, (target, step, whom, once))
        with processes.started(order) as victim:
            if processes.wait_until(once.exists):
                self.struck.add(step)
                self.outcome.faults = (self.outcome.faults or 0) + 1
            else:
                # Which messages the worker finds beside this one, and whose connection it uses,
                # is chance: a few steps of the undisturbed worker are not on its way.
                self.missed += 1
            yield victim

    def mend(self, number: int) -> None:
        """What an undisturbed worker and the sweeps make of it."""
        self.mends += 1
        abandoned = world.in_hands()
        world.pass_pause(*self.mails)
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
    "A worker that is killed between any two steps of sending, a single mail or several in one "
    "task, loses no mail; only a mail in flight goes out twice, with the same Message-ID.",
    run,
    {
        "steps": "steps of sending one",
        "steps_of_several": "several",
        "struck": "struck",
        "missed": "missed",
        "divided": "tasks killed between their mails",
    },
)
