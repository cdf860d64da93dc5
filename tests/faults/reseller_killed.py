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
from tests.faults import processes, stage, steps, world
from tests.faults.contract import Outcome, Trial
from tests.faults.mail_server import MailServer
from tests.faults.processes import PREFORK, SOLO, Order, Running
from tests.faults.steps import Step
from tests.faults.visits import Site

_CHILD_EVERY = 8  # rounds: only the process that works is killed, as for a lack of memory
_CUT_EVERY = 4  # rounds: the database ends the worker's session
_RANDOM_EVERY = 7  # rounds: killed at any moment, not at a step
_LONGEST_LIFE = 0.9  # seconds after which a worker has made the reseller

_randomly = random.Random(20_261_122)  # noqa: S311 - the same rounds in every run


def run(rounds: int) -> Outcome:
    """Strike in each round, let the next worker mend, and look at what was made."""
    where = stage.current()
    outcome = Outcome(rounds, faults=0, lost=0, duplicates=0)
    outcome.figures = {"failed": 0}
    with MailServer.running(where.mail_port) as mail_server, where.web() as site:
        known = _steps_of_a_reseller(where.places.state)
        at_a_step = [number for number in range(rounds) if not _is_random(number)]
        chosen = steps.choose(known, len(at_a_step), rooms=("resellers",))
        by_round = dict(zip(at_a_step, chosen, strict=True))
        for number in range(rounds):
            scene = Scene(where.places.state, mail_server, site)
            Round(number, by_round.get(number), scene, outcome).run()
    left_over = world.schemas_without_reseller()
    outcome.check(not left_over, f"schemas without a reseller: {sorted(left_over)}")
    outcome.figures |= {"steps": len(known), "struck": len(set(chosen))}
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


@dataclass(frozen=True)
class Scene:
    """What every round uses."""

    folder: Path
    mail_server: MailServer
    site: Site


@dataclass
class Round:
    """One reseller; the worker is struck while it makes it."""

    number: int
    step: Step | None  # None: killed at any moment
    scene: Scene
    outcome: Outcome
    reseller: Reseller = field(default_factory=world.new_reseller)

    def run(self) -> None:
        """Strike, mend, look."""
        self.reseller = flows.create(self.reseller, by=None)
        if self.step is None:
            with processes.started(Order(SOLO)):
                time.sleep(_randomly.uniform(0, _LONGEST_LIFE))
            self._go_on()
        elif self.number % _CUT_EVERY == _CUT_EVERY - 1:
            with self._victim("connection", SOLO, self.step):
                processes.wait_until(world.is_idle)
                self._mend()
        elif self.number % _CHILD_EVERY == _CHILD_EVERY - 2:
            with self._victim("child", PREFORK, self.step):
                self._mend()
        else:
            with self._victim("worker", SOLO, self.step) as victim:
                victim.wait(5)
            self._go_on()
        world.remove(self.reseller)
        world.empty_broker()

    def _go_on(self) -> None:
        self._look_at_the_half()
        with processes.started(Order(SOLO)):
            self._mend()

    @contextlib.contextmanager
    def _victim(
        self, whom: steps.Blow, arguments: tuple[str, ...], step: Step
    ) -> Iterator[Running]:
        once = self.scene.folder / f"struck-{self.reseller.pk}"
        given = (str(self.reseller.pk), step, whom, once)
        with processes.started(Order(arguments, steps.strike, given)) as victim:
            self._fail_unless(processes.wait_until(once.exists), "was not reached")
            yield victim

    def _look_at_the_half(self) -> None:
        """Nobody works on it now: a host is served exactly when all is there."""
        state, name = world.reseller_state(self.reseller), self.reseller.schema_name
        is_served = Domain.objects.filter(tenant=self.reseller).exists()
        self._fail_unless(is_served == (state == "ready"), f"{state}, but served: {is_served}")
        has_schema = schema_exists(name)
        fits = has_schema == (state in {"seeding", "ready"})
        self._fail_unless(fits, f"{state}, but its schema is there: {has_schema}")

    def _mend(self) -> None:
        self.outcome.faults = (self.outcome.faults or 0) + 1
        abandoned = world.in_hands()
        self._sweep_until_settled()
        if world.reseller_state(self.reseller) == "failed":
            self.outcome.figures["failed"] = int(self.outcome.figures["failed"]) + 1
            self._look_at_the_half_of_a_failure()
            flows.retry(self.reseller, by=None)
            self._sweep_until_settled()
        processes.wait_until(lambda: world.is_idle(abandoned))
        self._count()

    def _sweep_until_settled(self) -> None:
        """A minute of beat in a moment, until the reseller stands still."""
        for _minute in range(10):
            waiting = Reseller.objects.unfinished().filter(pk=self.reseller.pk)
            past = F("state_changed_at") - tasks.STUCK_AFTER - dt.timedelta(minutes=1)
            waiting.update(state_changed_at=past)
            tasks.sweep_unfinished.delay()
            if processes.wait_until(
                lambda: world.reseller_state(self.reseller) in {"ready", "failed"}, 2
            ):
                return

    def _look_at_the_half_of_a_failure(self) -> None:
        self.reseller.refresh_from_db()
        self._fail_unless(bool(self.reseller.failure), "failed without a reason")
        is_served = Domain.objects.filter(tenant=self.reseller).exists()
        self._fail_unless(not is_served, "failed, but served")

    def _count(self) -> None:
        state = world.reseller_state(self.reseller)
        if not self._fail_unless(state == "ready", f"ends as {state}"):
            self.outcome.lost = (self.outcome.lost or 0) + 1
            return
        answer = self.scene.site.get("/", host=self.reseller.host)
        self._fail_unless(answer.status == 200, f"its host answers {answer.status}")
        for what, count in self._contents().items():
            self._fail_unless(count == 1, f"{what}: {count} times")
        arrived = self.scene.mail_server.to(self.reseller.owner_email)
        self._fail_unless(len(set(arrived)) == 1, f"invitations that arrived: {arrived}")
        self.outcome.duplicates = (self.outcome.duplicates or 0) + max(len(arrived) - 1, 0)

    def _contents(self) -> dict[str, int]:
        """What must be there exactly once."""
        with tenant_context(self.reseller):
            found = {
                "owners": StaffMember.objects.count(),
                "people": User.objects.count(),
                "invitations": OutgoingMail.objects.filter(kind="staff_invitation").count(),
                "mails": OutgoingMail.objects.count(),
            }
            invitation = OutgoingMail.objects.get(kind="staff_invitation")
            self._send(invitation)
        with schema_context("public"):
            told = AuditEntry.objects.filter(subject_id=self.reseller.pk)
            found["entries about being ready"] = told.filter(action="reseller.became_ready").count()
            found["hosts"] = Domain.objects.filter(tenant=self.reseller).count()
        return found

    def _send(self, invitation: OutgoingMail) -> None:
        world.pass_time(invitation)
        world.sweep()
        processes.wait_until(lambda: world.state_of(invitation) == "sent")

    def _fail_unless(self, holds: bool, sentence: str) -> bool:
        where = self.step or "any moment"
        return self.outcome.check(holds, f"round {self.number} at {where}: {sentence}")


TRIAL = Trial(
    "reseller-killed",
    "A worker that is killed between any two steps of making a reseller leaves none half: it ends "
    "ready, with one invitation to its owner, or failed with a reason, and a retry makes it ready.",
    run,
    {"steps": "steps of making", "struck": "struck", "failed": "ready only after a retry"},
)
