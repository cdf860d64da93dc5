"""A process is killed between any two steps of approving a sign-up, as a web server may be."""

import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path

from django_tenants.utils import tenant_context

from accounts.models import User
from approvals.flows import decisions
from approvals.models import ApprovalRequest
from approvals.presets import customer_details
from customers.flows.customers import CustomerDetails
from resellers.current import current_reseller
from resellers.models import Reseller
from tests.factories.accounts import StaffMemberFactory
from tests.faults import approving, processes, stage, steps, world
from tests.faults.contract import Outcome, Trial
from tests.faults.mail_server import MailServer
from tests.faults.processes import SOLO, Order
from tests.faults.steps import Step

_ROUNDS_AT_ONCE = 20  # then the welcome mails have to go out


def approve(reseller_id: uuid.UUID, request_id: uuid.UUID, by_id: uuid.UUID) -> None:
    """In the new process: what a web server does when somebody presses the button."""
    reseller = Reseller.objects.get(pk=reseller_id)
    with tenant_context(reseller):
        request = ApprovalRequest.objects.select_related("signup").get(pk=request_id)
        by = User.objects.get(pk=by_id)
        decisions.approve(request, _details(request), version=request.version, by=by)


def run(rounds: int) -> Outcome:
    """Kill in each round; what is stored is all or nothing, and can be done again."""
    where = stage.current()
    outcome = Outcome(rounds, faults=0, lost=0, duplicates=0)
    with world.ready_reseller(), MailServer.running(where.mail_port) as mail_server:
        by = StaffMemberFactory(owner=True).user
        known = _steps_of_an_approval(by, where.places.state)
        chosen = steps.choose(known, rounds, first=("approvals/flows", "customers/flows"))
        decided: list[ApprovalRequest] = []
        for number, step in enumerate(chosen):
            once = where.places.state / f"struck-approval-{number}"
            decided.append(_killed_at(step, by, once, outcome))
            if len(decided) == _ROUNDS_AT_ONCE or number == rounds - 1:
                _deliver(decided, mail_server, outcome)
                decided = []
    outcome.figures |= {"steps": len(known), "struck": len(set(chosen))}
    return outcome


def _act(request: ApprovalRequest, by: User, prepare: Callable[..., None], *given: object) -> Order:
    act = partial(approve, current_reseller().pk, request.pk, by.pk)
    return Order((), prepare, given, act=act)


def _details(request: ApprovalRequest) -> CustomerDetails:
    details = customer_details(request.signup)
    details["code"] = approving.code_of(request)
    return details


def _steps_of_an_approval(by: User, folder: Path) -> list[Step]:
    request, path = approving.pending(), folder / "steps-of-an-approval"
    processes.start(_act(request, by, steps.record, None, path)).wait(30)
    if approving.stored(request) != "approved":
        raise RuntimeError("An undisturbed process does not approve.")
    return [Step.parse(line) for line in path.read_text().splitlines()]


def _killed_at(step: Step, by: User, once: Path, outcome: Outcome) -> ApprovalRequest:
    request = approving.pending()
    with processes.started(_act(request, by, steps.strike, None, step, "worker", once)) as victim:
        victim.wait(30)
    outcome.faults = (outcome.faults or 0) + 1
    outcome.check(once.exists(), f"{step}: was not reached")
    state = approving.stored(request)
    if not outcome.check(state in {"approved", "pending"}, f"{step}: {state}"):
        outcome.lost = (outcome.lost or 0) + 1
    if state == "pending":
        decisions.approve(request, _details(request), version=request.version, by=by)
        state = approving.stored(request)
        outcome.check(state == "approved", f"{step}: done again, {state}")
    return request


def _deliver(decided: list[ApprovalRequest], mail_server: MailServer, outcome: Outcome) -> None:
    mails = [approving.welcome(request) for request in decided]
    world.pass_time(*mails)
    world.sweep()
    with processes.started(Order(SOLO)):
        processes.wait_until(lambda: all(world.state_of(mail) == "sent" for mail in mails), 60)
        processes.wait_until(world.is_idle)
    for mail in mails:
        count = len(mail_server.to(mail.recipient_email))
        if not outcome.check(count == 1, f"a welcome mail arrived {count} times"):
            outcome.lost = (outcome.lost or 0) + (count == 0)
            outcome.duplicates = (outcome.duplicates or 0) + max(count - 1, 0)


TRIAL = Trial(
    "decision-killed",
    "A process that is killed between any two steps of an approval leaves all of it or nothing: "
    "customer, membership, trail and mail; the mail goes out even if nobody was told of it.",
    run,
    {"steps": "steps of approving", "struck": "struck"},
)
