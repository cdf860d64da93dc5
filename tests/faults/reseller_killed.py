"""A worker is killed, or loses its database session, between any two steps of making a reseller."""

import contextlib
import datetime as dt
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.db.models import F
from django_tenants.utils import schema_context, schema_exists, tenant_context

from accounts.models import StaffMember, User
from audit.models import AuditEntry
from notifications.models import OutgoingMail
from resellers import flows, tasks
from resellers.models import Domain, Reseller
from resellers.tasks import MOST_ATTEMPTS
from tests.faults import processes, stage, steps, world
from tests.faults.contract import Outcome, Trial
from tests.faults.mail_server import MailServer
from tests.faults.processes import PREFORK, SOLO, Order, Running
from tests.faults.steps import Step
from tests.faults.visits import Site

_FIRST = ("resellers/provisioning.py", "resellers/hooks.py", "resellers/tasking.py")
_MENDED_EVERY = 5  # rounds: then a worker that nobody disturbs comes
_CHILD_EVERY = 8  # rounds: only the process that works is killed, as for a lack of memory
_CUT_EVERY = 4  # rounds: the database ends the worker's session
_RANDOM_EVERY = 7  # rounds: killed at any moment, not at a step
_LONGEST_LIFE = 0.9  # seconds after which a worker has made the reseller

_randomly = random.Random(20_261_122)  # noqa: S311 - the same rounds in every run


def run(rounds: int) -> Outcome:
    """Strike in each round; every few rounds let a worker mend, and look at what was made."""
    where = stage.current()
    outcome = Outcome(rounds, faults=0, lost=0, duplicates=0)
    outcome.figures = {"failed": 0}
    with MailServer.running(where.mail_port) as mail_server, where.web() as site:
        known = _steps_of_a_reseller(where.places.state)
        at_a_step = [number for number in range(rounds) if not _is_random(number)]
        chosen = steps.choose(known, len(at_a_step), first=_FIRST)
        by_round = dict(zip(at_a_step, chosen, strict=True))
        yard = Yard(where.places.state, mail_server, site, outcome)
        for number in range(rounds):
            yard.strike(number, by_round.get(number))
            if number % _MENDED_EVERY == _MENDED_EVERY - 1 or number == rounds - 1:
                yard.mend()
    left_over = world.schemas_without_reseller()
    outcome.check(not left_over, f"schemas without a reseller: {sorted(left_over)}")
    outcome.check_missed()
    struck = len(yard.struck)
    outcome.figures |= {"steps": len(known), "struck": struck, "missed": outcome.missed}
    return outcome


def _is_random(number: int) -> bool:
    return number % _RANDOM_EVERY == _RANDOM_EVERY - 1


def _steps_of_a_reseller(folder: Path) -> list[Step]:
    """Make one reseller undisturbed, and note every step."""
    reseller, path = flows.create(world.new_reseller(), by=None), folder / "steps-of-a-reseller"
    order = Order(SOLO, steps.record, (str(reseller.pk), path))
    with processes.started(order):
        made = processes.wait_until(
            lambda: world.reseller_state(reseller) == "ready" and world.is_idle()
        )
    world.remove(reseller)
    if not made:
        raise RuntimeError("An undisturbed worker makes no reseller.")
    return [Step.parse(line) for line in path.read_text().splitlines()]


@dataclass
class Yard:
    """Resellers that are being made, or were left half by a worker that is dead."""

    folder: Path
    mail_server: MailServer
    site: Site
    outcome: Outcome
    waiting: list[Reseller] = field(default_factory=list)
    struck: set[Step] = field(default_factory=set)

    def strike(self, number: int, step: Step | None) -> None:
        """One more reseller; the worker is struck while it makes it, or killed at any moment."""
        world.empty_queue()
        abandoned = world.in_hands()
        reseller = flows.create(world.new_reseller(), by=None)
        self.waiting.append(reseller)
        if step is None:
            with processes.started(Order(SOLO)):
                time.sleep(_randomly.uniform(0, _LONGEST_LIFE))
            self.outcome.count_blow(struck=True)
        elif number % _CUT_EVERY == _CUT_EVERY - 1:
            with self._victim(SOLO, reseller, step, "connection"):
                processes.wait_until(lambda: world.is_idle(abandoned), 5)
        elif number % _CHILD_EVERY == _CHILD_EVERY - 2 and not step.is_of_the_parent:
            with self._victim(PREFORK, reseller, step, "child"):
                # The worker gets the message back and begins again.
                processes.wait_until(lambda: world.is_idle(abandoned), 5)
        else:
            with self._victim(SOLO, reseller, step, "worker") as victim:
                victim.wait(5)
        self._look_at_the_half(reseller)

    @contextlib.contextmanager
    def _victim(
        self, arguments: tuple[str, ...], reseller: Reseller, step: Step, whom: steps.Blow
    ) -> Iterator[Running]:
        once = self.folder / f"struck-{reseller.pk}"
        order = Order(arguments, steps.strike, (str(reseller.pk), step, whom, once))
        with processes.started(order) as victim:
            struck = processes.wait_until(once.exists)
            self.outcome.count_blow(struck=struck)
            if struck:
                self.struck.add(step)
            yield victim

    def _look_at_the_half(self, reseller: Reseller) -> None:
        """Nobody works on it now: what is there fits what its row says."""
        state = world.reseller_state(reseller)
        is_served = Domain.objects.filter(tenant=reseller).exists()
        self._check(is_served == (state == "ready"), reseller, f"{state}, served: {is_served}")
        has_schema = schema_exists(reseller.schema_name)
        fits = has_schema == (state in {"seeding", "ready"}) or state == "failed"
        self._check(fits, reseller, f"{state}, its schema is there: {has_schema}")

    def mend(self) -> None:
        """What an undisturbed worker, the sweep and, after a failure, a retry make of them."""
        with processes.started(Order(SOLO)):
            self._sweep_until_settled()
            for reseller in self.waiting:
                if world.reseller_state(reseller) == "failed":
                    self._retry(reseller)
            self._sweep_until_settled()
            for reseller in self.waiting:
                self._count(reseller)
        for reseller in self.waiting:
            world.remove(reseller)
        world.empty_broker()
        self.waiting = []

    def _sweep_until_settled(self) -> None:
        """Minutes of beat in a moment, until every reseller stands still."""
        keys = [reseller.pk for reseller in self.waiting]
        for _minute in range(MOST_ATTEMPTS + 1):
            unfinished = Reseller.objects.unfinished().filter(pk__in=keys)
            if not unfinished.exists():
                return
            past = F("state_changed_at") - tasks.STUCK_AFTER - dt.timedelta(minutes=1)
            unfinished.update(state_changed_at=past)
            tasks.sweep_unfinished.delay()
            processes.wait_until(lambda: not unfinished.exists(), 10)  # noqa: B023 - at once

    def _retry(self, reseller: Reseller) -> None:
        self.outcome.figures["failed"] = int(self.outcome.figures["failed"]) + 1
        reseller.refresh_from_db()
        self._check(bool(reseller.failure), reseller, "failed without a reason")
        flows.retry(reseller, by=None)

    def _count(self, reseller: Reseller) -> None:
        state = world.reseller_state(reseller)
        if not self._check(state == "ready", reseller, f"ends as {state}"):
            self.outcome.lost = (self.outcome.lost or 0) + 1
            return
        answer = self.site.get("/", host=reseller.host)
        self._check(answer.status == 200, reseller, f"its host answers {answer.status}")
        for what, count in self._contents(reseller).items():
            self._check(count == 1, reseller, f"{what}: {count} times")
        arrived = self.mail_server.to(reseller.owner_email)
        self._check(len(set(arrived)) == 1, reseller, f"invitations that arrived: {arrived}")
        self.outcome.duplicates = (self.outcome.duplicates or 0) + max(len(arrived) - 1, 0)

    def _contents(self, reseller: Reseller) -> dict[str, int]:
        """What must be there exactly once."""
        with tenant_context(reseller):
            mails = OutgoingMail.objects.all()
            found = {
                "owners": StaffMember.objects.count(),
                "people": User.objects.count(),
                "invitations": mails.filter(kind="staff_invitation").count(),
                "mails": mails.count(),
            }
            world.pass_time(*mails)
            world.sweep()
            processes.wait_until(lambda: not mails.exclude(state="sent").exists())
        with schema_context("public"):
            told = AuditEntry.objects.filter(subject_id=reseller.pk)
            ready = told.filter(action="reseller.became_ready")
            found["entries about being ready"] = ready.count()
            found["hosts"] = Domain.objects.filter(tenant=reseller).count()
        return found

    def _check(self, holds: bool, reseller: Reseller, sentence: str) -> bool:
        return self.outcome.check(holds, f"{reseller}: {sentence}")


TRIAL = Trial(
    "reseller-killed",
    "A worker that is killed between any two steps of making a reseller leaves none half: it ends "
    "ready, with one invitation to its owner, or failed with a reason, and a retry makes it ready.",
    run,
    {
        "steps": "steps of making",
        "struck": "struck",
        "missed": "missed",
        "failed": "ready only after a retry",
    },
)
