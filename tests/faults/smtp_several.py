"""One mail of the many in a task meets a misdeed; its neighbours go out all the same."""

from dataclasses import dataclass, field

from notifications import tasks
from notifications.models import OutgoingMail
from tests.faults import processes, world
from tests.faults.contract import Outcome
from tests.faults.mail_server import MailServer, Misdeed

_POINTS = ("END", "DATA", "RCPT")
_WAYS = ("drip", "hang", "cut", "550 never", "451 later")
MISDEEDS = [Misdeed(at, how) for at in _POINTS for how in _WAYS]
_PATIENCE = 30.0
_MOST_SWEEPS = 5


def choose(count: int) -> list[Misdeed]:
    """So many misdeeds, the worst first."""
    return [MISDEEDS[number % len(MISDEEDS)] for number in range(count)]


@dataclass
class Several:
    """As many mails as one task takes. The server misbehaves with the one in the middle."""

    misdeed: Misdeed
    mail_server: MailServer
    outcome: Outcome
    mails: list[OutgoingMail] = field(default_factory=list)

    def run(self) -> None:
        """Some sweeps while the server misbehaves, one when it behaves again."""
        self.outcome.faults = (self.outcome.faults or 0) + 1
        # A sweep that somebody else began would find these mails, too, and be sending one of them
        # when the server changes its mind.
        processes.wait_until(world.is_idle, _PATIENCE)
        self.mails = [world.forgotten_mail() for _each in range(tasks.MAILS_PER_TASK)]
        victim = self.mails.pop(len(self.mails) // 2)
        self.mail_server.behave(self.misdeed, only_to=victim.recipient_email)
        self._sweep()
        victim.refresh_from_db()
        state = "failed" if self._is_final else "queued"
        self._check(victim.state == state, f"the mail is {victim.state}, not {state}")
        self._check(bool(victim.error), "nobody is told why")
        for _sweep in range(_MOST_SWEEPS):  # they find those that the first task left to others
            if all(world.state_of(mail) == "sent" for mail in self.mails):
                break
            self._sweep()
        for mail in self.mails:
            self._look_at_neighbour(mail)
        self.mail_server.behave()
        world.pass_time(victim)
        self._sweep()
        self._look_at_victim(victim)

    @property
    def _is_final(self) -> bool:
        return self.misdeed.how == "550 never"

    def _sweep(self) -> None:
        tasks.wake_overdue()
        ended = processes.wait_until(world.is_idle, _PATIENCE, pause=0.05)
        self._check(ended, "a worker is stuck")

    def _look_at_neighbour(self, mail: OutgoingMail) -> None:
        mail.refresh_from_db()
        self._check(mail.state == "sent", f"a neighbour is {mail.state}, {mail.error}")
        self._check(mail.attempts == 1, f"a neighbour had {mail.attempts} attempts")
        self._count(mail, least=1, most=1)

    def _look_at_victim(self, mail: OutgoingMail) -> None:
        state, expected = world.state_of(mail), "failed" if self._is_final else "sent"
        self._check(state == expected, f"the mail ends as {state}")
        # It took the mail and did not say so: it has to go out once more.
        untold = self.misdeed.at == "END" and not self.misdeed.how[0].isdigit()
        least = 0 if self._is_final else 1
        self._count(mail, least=least, most=2 if untold else least)

    def _count(self, mail: OutgoingMail, *, least: int, most: int) -> None:
        arrived = self.mail_server.to(mail.recipient_email)
        self._check(least <= len(arrived) <= most, f"arrived {len(arrived)} times")
        self._check(len(set(arrived)) <= 1, f"Message-IDs differ: {arrived}")
        self.outcome.lost = (self.outcome.lost or 0) + (len(arrived) < least)
        self.outcome.duplicates = (self.outcome.duplicates or 0) + max(len(arrived) - 1, 0)

    def _check(self, holds: bool, sentence: str) -> None:
        self.outcome.check(holds, f"one of several, {self.misdeed}: {sentence}")
