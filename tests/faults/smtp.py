"""The mail server refuses, hangs, drips, babbles or hangs up at any point of a conversation."""

import contextlib
import itertools
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from config.celery import app
from notifications import tasks
from notifications.models import OutgoingMail
from notifications.sending import BACK_OFF
from tests.faults import processes, smtp_several, stage, world
from tests.faults.contract import Outcome, Trial
from tests.faults.mail_server import MailServer, Misdeed
from tests.faults.processes import PREFORK, Order

REFUSED = Misdeed("the door", "closed")
_POINTS = ("CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "END", "QUIT")
_WAYS = ("451 later", "550 never", "cut", "hang", "drip", "babble")
MISDEEDS = [REFUSED, *(Misdeed(at, how) for how, at in itertools.product(_WAYS, _POINTS))]
# The server refuses this very mail for good: another attempt cannot help.
_FINAL = {Misdeed(at, "550 never") for at in ("RCPT", "DATA", "END")}
# It took the mail and did not say so: it has to go out once more.
_UNTOLD = {Misdeed("END", how) for how in ("cut", "hang", "drip", "babble")}
_TIMEOUT = 0.8  # seconds, in place of the product's twenty
_SEVERAL = 1  # seconds, in place of the minute after which a task leaves mails to others
# Seconds, in place of the product's soft and hard limit of a task.
_LIMITS = {
    "notifications.send_mail": (2.0, 3.0),
    "notifications.send_mails": (_SEVERAL + 2.0, _SEVERAL + 3.0),
}
_SEVERAL_EVERY = 10  # rounds: one mail of many in a task meets a misdeed


def run(rounds: int) -> Outcome:
    """Meet each misdeed as often as there are rounds for it; then the server behaves again."""
    where = stage.current()
    outcome = Outcome(rounds, faults=0, lost=0, duplicates=0)
    counts = Counter(MISDEEDS[number * len(MISDEEDS) // rounds] for number in range(rounds))
    if rounds > len(MISDEEDS):
        counts = Counter(MISDEEDS[number % len(MISDEEDS)] for number in range(rounds))
    order = Order(PREFORK, shorten, settings={"EMAIL_TIMEOUT": _TIMEOUT})
    with world.ready_reseller(), MailServer.running(where.mail_port) as mail_server:
        with short_limits(), processes.started(order):
            for misdeed, count in counts.items():
                Meeting(misdeed, count, mail_server, outcome).run()
            for misdeed in smtp_several.choose(max(rounds // _SEVERAL_EVERY, 1)):
                smtp_several.Several(misdeed, mail_server, outcome).run()
            _give_up_in_the_end(mail_server, outcome)
        if rounds >= len(MISDEEDS):
            _wait_as_long_as_the_product(where.places.state, mail_server, outcome)
    outcome.figures["misdeeds"] = len(counts)
    return outcome


def shorten() -> None:
    """A task's time is over sooner. Needed here and in the worker: who sends a task names its
    limits."""
    for name, limits in _LIMITS.items():
        if app.tasks[name].time_limit:  # else the trial shows what comes of a task without one
            _limit(name, *limits)
    tasks.SECONDS_FOR_SEVERAL = _SEVERAL


@contextlib.contextmanager
def short_limits() -> Iterator[None]:
    """Shorten them in this process for a while."""
    before = {
        name: (app.tasks[name].soft_time_limit, app.tasks[name].time_limit) for name in _LIMITS
    }
    seconds = tasks.SECONDS_FOR_SEVERAL
    shorten()
    try:
        yield
    finally:
        for name, limits in before.items():
            _limit(name, *limits)
        tasks.SECONDS_FOR_SEVERAL = seconds


def _limit(name: str, soft: float | None, hard: float | None) -> None:
    task = app.tasks[name]
    task.soft_time_limit, task.time_limit = soft, hard
    task._exec_options = None  # where Celery keeps them after the first use


@dataclass
class Meeting:
    """Some mails that meet one misdeed."""

    misdeed: Misdeed
    count: int
    mail_server: MailServer
    outcome: Outcome
    mails: list[OutgoingMail] = field(default_factory=list)

    def run(self) -> None:
        """Misbehave, look where the mails ended; behave, look again."""
        self.outcome.faults = (self.outcome.faults or 0) + self.count
        self._misbehave()
        self.mails = [world.queued_mail() for _each in range(self.count)]
        ended = processes.wait_until(lambda: all(map(self._was_tried, self.mails)), 40)
        self._fail_unless(ended, f"a worker is stuck: {Counter(map(world.state_of, self.mails))}")
        for mail in self.mails:
            self._look(mail)
        self.mail_server.behave()
        if self.misdeed == REFUSED:
            self.mail_server.open()
        self._mend()
        for mail in self.mails:
            self._count(mail)

    def _misbehave(self) -> None:
        if self.misdeed == REFUSED:
            self.mail_server.close()
        else:
            self.mail_server.behave(self.misdeed)

    def _was_tried(self, mail: OutgoingMail) -> bool:
        """Whether no worker is busy with it any more: it is noted, or its worker was stopped."""
        is_idle = world.is_idle()
        mail.refresh_from_db()
        return mail.attempts > 0 and (mail.state != "sending" or is_idle)

    def _look(self, mail: OutgoingMail) -> None:
        expected = {"queued", "sending"} if self.misdeed.how == "drip" else {"queued"}
        if self.misdeed in _FINAL:
            expected = {"failed"}
        elif self.misdeed.at == "QUIT":
            # A kept connection takes leave now and then; only who waits for it for long fails.
            expected = {"sent", *(expected if self.misdeed.how == "drip" else ())}
        self._fail_unless(mail.state in expected, f"the mail is {mail.state}, not {expected}")
        told = mail.error or mail.state in {"sent", "sending"}
        self._fail_unless(bool(told), "nobody is told why")

    def _mend(self) -> None:
        processes.wait_until(world.is_idle)
        world.pass_time(*self.mails)
        world.sweep()
        processes.wait_until(
            lambda: all(world.state_of(mail) in {"sent", "failed"} for mail in self.mails)
        )

    def _count(self, mail: OutgoingMail) -> None:
        arrived = self.mail_server.to(mail.recipient_email)
        expected = "failed" if self.misdeed in _FINAL else "sent"
        state = world.state_of(mail)
        if not self._fail_unless(state == expected, f"the mail ends as {state}"):
            self.outcome.lost = (self.outcome.lost or 0) + 1
        least, most = 1, 2 if self._may_be_in_flight() else 1
        if expected == "failed":
            least = most = 0
        self._fail_unless(least <= len(arrived) <= most, f"arrived {len(arrived)} times")
        self._fail_unless(len(set(arrived)) <= 1, f"Message-IDs differ: {arrived}")
        self.outcome.duplicates = (self.outcome.duplicates or 0) + max(len(arrived) - 1, 0)

    def _may_be_in_flight(self) -> bool:
        return self.misdeed in _UNTOLD or self.misdeed == Misdeed("QUIT", "drip")

    def _fail_unless(self, holds: bool, sentence: str) -> bool:
        return self.outcome.check(holds, f"{self.misdeed}: {sentence}")


def _give_up_in_the_end(mail_server: MailServer, outcome: Outcome) -> None:
    """A server that refuses for a day: the mail fails, and says why."""
    mail_server.behave(Misdeed("CONNECT", "451 later"))
    mail = world.queued_mail()
    for attempt in range(1, len(BACK_OFF) + 2):
        tried = processes.wait_until(lambda: _attempts(mail) >= attempt)  # noqa: B023 - called at once
        outcome.check(tried, f"a day of refusal: attempt {attempt} was not made")
        processes.wait_until(lambda: world.state_of(mail) != "sending")
        world.pass_time(mail)
        world.sweep()
    processes.wait_until(world.is_idle)
    mail.refresh_from_db()
    ended = mail.state == "failed" and bool(mail.error) and mail.attempts == len(BACK_OFF) + 1
    outcome.check(ended, f"a day of refusal ends as {mail.state} after {mail.attempts} attempts")
    mail_server.behave()


def _attempts(mail: OutgoingMail) -> int:
    return OutgoingMail.objects.values_list("attempts", flat=True).get(pk=mail.pk)


def _wait_as_long_as_the_product(folder: Path, mail_server: MailServer, outcome: Outcome) -> None:
    """With the product's own patience: a server that says nothing holds a worker for so long."""
    mail_server.behave(Misdeed("CONNECT", "hang"))
    mail = world.queued_mail()
    begun = time.monotonic()
    with processes.started(Order(PREFORK)):
        patience = settings.EMAIL_TIMEOUT + 15
        let_go = processes.wait_until(
            lambda: _attempts(mail) == 1 and world.state_of(mail) == "queued", patience
        )
    outcome.check(let_go, f"a silent server holds a worker for more than {patience} seconds")
    outcome.figures["held"] = round(time.monotonic() - begun)
    mail_server.behave()


TRIAL = Trial(
    "smtp",
    "Whatever the mail server does wrong, and when: a mail that it refuses for good ends as failed "
    "with a reason, any other one goes out when the server behaves, and the others in its task do "
    "not wait for that; no worker is held for ever.",
    run,
    {"misdeeds": "kinds of misdeed", "held": "seconds that a silent server holds a worker"},
)
