"""A process is killed between any two steps of a decision about a sign-up, as a web server may be.

What an undisturbed decision changes is noted table by table. After a kill either all of that has
changed, or not one row of any table.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from django_tenants.utils import tenant_context

from accounts.models import User
from approvals.flows import decisions
from approvals.flows.decisions import Refusal
from approvals.models import ApprovalRequest
from approvals.presets import customer_details
from customers.flows.customers import CustomerDetails
from notifications.models import OutgoingMail
from resellers.current import current_reseller
from resellers.models import Reseller
from tests.factories.accounts import StaffMemberFactory
from tests.faults import approving, processes, stage, steps, world
from tests.faults.contract import Outcome, Trial
from tests.faults.mail_server import MailServer
from tests.faults.processes import SOLO, Order
from tests.faults.steps import Step

_ROUNDS_AT_ONCE = 30  # then the mails have to go out
_LEFT_EVERY = 3  # undecided requests: nobody decides about it again, and nobody may be mailed
# What is decided, and the mails that tell of it.
APPROVED, DECLINED, SILENTLY = "approved", "declined", "declined silently"
MAILS = {APPROVED: ["welcome"], DECLINED: ["request_declined"], SILENTLY: []}
_FIRST = ("approvals/flows", "customers/flows")

# By how many rows each table that changed has grown.
Change = dict[str, int]


def decide(decision: str, request: ApprovalRequest, by: User) -> None:
    """What a view does when somebody presses the button."""
    if decision == APPROVED:
        decisions.approve(request, _details(request), version=request.version, by=by)
    else:
        silently = decision == SILENTLY
        refusal = Refusal(reason="credit", message="" if silently else "Sorry.", silently=silently)
        decisions.decline(request, refusal, version=request.version, by=by)


def act(decision: str, reseller_id: uuid.UUID, request_id: uuid.UUID, by_id: uuid.UUID) -> None:
    """The same in the new process."""
    reseller = Reseller.objects.get(pk=reseller_id)
    with tenant_context(reseller):
        request = ApprovalRequest.objects.select_related("signup").get(pk=request_id)
        decide(decision, request, User.objects.get(pk=by_id))


def run(rounds: int) -> Outcome:
    """Kill in each round; what is stored is all or nothing, and can be done again."""
    where = stage.current()
    outcome = Outcome(rounds, faults=0, lost=0, duplicates=0)
    outcome.figures = dict.fromkeys(("steps", "struck", "whole", "nothing"), 0)
    with world.ready_reseller(), MailServer.running(where.mail_port) as mail_server:
        desk = Desk(where.places.state, StaffMemberFactory(owner=True).user, mail_server, outcome)
        for number, decision in enumerate(MAILS):
            desk.strike(decision, len(range(number, rounds, len(MAILS))))
        desk.deliver()
    return outcome


def _details(request: ApprovalRequest) -> CustomerDetails:
    details = customer_details(request.signup)
    details["code"] = approving.code_of(request)
    return details


def _changed(before: dict[str, tuple[int, str]]) -> Change:
    now = world.contents()
    return {name: now[name][0] - before[name][0] for name in now if now[name] != before[name]}


@dataclass
class Desk:
    """Somebody who decides, and what was decided since mails last went out."""

    folder: Path
    by: User
    mail_server: MailServer
    outcome: Outcome
    mails: dict[str, list[str]] = field(default_factory=dict)  # expected, by address

    def strike(self, decision: str, rounds: int) -> None:
        """Kill so many processes at steps of this decision."""
        if not rounds:
            return
        known, whole = self._undisturbed(decision)
        # The last step comes after the commit: then all of it is there.
        last = known[-1:] if rounds > 1 or decision == DECLINED else []
        chosen = [*steps.choose(known, rounds - len(last), first=_FIRST), *last]
        for step in chosen:
            self._strike_at(step, decision, whole)
            if len(self.mails) >= _ROUNDS_AT_ONCE:
                self.deliver()
        self._count("steps", len(known))
        self._count("struck", len(set(chosen)))

    def _undisturbed(self, decision: str) -> tuple[list[Step], Change]:
        request, path = approving.pending(), self.folder / f"steps-of-{decision}"
        before = world.contents()
        processes.start(self._order(decision, request, steps.record, None, path)).wait(30)
        whole = _changed(before)
        if not whole:
            raise RuntimeError(f"An undisturbed process does not decide: {decision}.")
        self.mails[request.requester.email] = MAILS[decision]
        return [Step.parse(line) for line in path.read_text().splitlines()], whole

    def _strike_at(self, step: Step, decision: str, whole: Change) -> None:
        request, name = approving.pending(), f"{decision}, {step}"
        once, before = self.folder / f"struck-{request.pk}", world.contents()
        order = self._order(decision, request, steps.strike, None, step, "worker", once)
        with processes.started(order) as victim:
            victim.wait(30)
        self.outcome.faults = (self.outcome.faults or 0) + 1
        self.outcome.check(once.exists(), f"{name}: was not reached")
        change = _changed(before)
        if not self.outcome.check(change in ({}, whole), f"{name}: half, {change} of {whole}"):
            self.outcome.lost = (self.outcome.lost or 0) + 1
            return
        self._count("whole" if change else "nothing", 1)
        is_left = not change and int(self.outcome.figures["nothing"]) % _LEFT_EVERY == 0
        self.mails[request.requester.email] = [] if is_left else MAILS[decision]
        if not change and not is_left:
            decide(decision, request, self.by)
            again = _changed(before)
            self.outcome.check(again == whole, f"{name}: done again, {again} of {whole}")

    def deliver(self) -> None:
        """Exactly the mails of what was decided arrive, even if nobody was told of them."""
        mails = OutgoingMail.objects.filter(recipient_email__in=self.mails)
        world.pass_time(*mails)
        world.sweep()
        with processes.started(Order(SOLO)):
            processes.wait_until(lambda: not mails.exclude(state="sent").exists(), 60)
            processes.wait_until(world.is_idle)
        for address, expected in self.mails.items():
            written = list(mails.filter(recipient_email=address).values_list("kind", flat=True))
            self.outcome.check(written == expected, f"mails are {written}, not {expected}")
            arrived = len(self.mail_server.to(address))
            if not self.outcome.check(arrived == len(expected), f"arrived {arrived} times"):
                self.outcome.lost = (self.outcome.lost or 0) + (arrived < len(expected))
                more = max(arrived - len(expected), 0)
                self.outcome.duplicates = (self.outcome.duplicates or 0) + more
        self.mails = {}

    def _order(
        self,
        decision: str,
        request: ApprovalRequest,
        prepare: Callable[..., None],
        *given: object,
    ) -> Order:
        decided = partial(act, decision, current_reseller().pk, request.pk, self.by.pk)
        return Order((), prepare, given, act=decided)

    def _count(self, figure: str, more: int) -> None:
        self.outcome.figures[figure] = int(self.outcome.figures[figure]) + more


TRIAL = Trial(
    "decision-killed",
    "A process that is killed between any two steps of approving or declining leaves all of it or "
    "nothing, in any table; mails go to exactly those about whom was decided, even if nobody was "
    "told of it.",
    run,
    {
        "steps": "steps of deciding",
        "struck": "struck",
        "whole": "decided all the same",
        "nothing": "not decided",
    },
)
