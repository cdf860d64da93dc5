"""What the demo's customers asked for about cloud accounts, and what became of it."""

import datetime as dt
import uuid
from dataclasses import dataclass

from accounts.models import User
from approvals.flows import account_decisions, asking
from approvals.flows.asking import Asked
from approvals.flows.decisions import Refusal
from approvals.models import AccountRequest, ApprovalRequest, RequestMessage
from cloudaccounts.flows import accounts
from cloudaccounts.flows.accounts import AccountDetails
from cloudaccounts.models import CloudAccount
from customers.models import Customer
from demo import calendar
from demo.accounts import give_role
from resellers.clouds import Cloud

Kind, Support = ApprovalRequest.Kind, AccountRequest.Support


@dataclass(frozen=True)
class DemoRequest:
    """One thing that was asked for. `by` is the e-mail of one of the customer's own people; empty:
    the reseller's staff ask.
    """

    customer: str
    kind: ApprovalRequest.Kind
    account: str
    reason: str
    days_ago: int
    account_id: str = ""
    root_email: str = ""
    by: str = ""
    support: AccountRequest.Support = Support.BUSINESS
    question: str = ""
    refusal: str = ""
    forwarded: bool = False


REQUESTS = (
    DemoRequest(
        "Acme Robotics Inc.",
        Kind.LINK,
        "Acme warehouse",
        "The warehouse moves to your bill with the new contract.",
        days_ago=3,
        account_id="210044556699",
        root_email="aws-warehouse@acme-robotics.example",
        by="anna@acme-robotics.example",
    ),
    DemoRequest(
        "Acme Robotics Inc.",
        Kind.NEW_ACCOUNT,
        "Acme staging",
        "A place to try releases.",
        days_ago=2,
        root_email="aws-staging@acme-robotics.example",
        by="anna@acme-robotics.example",
        support=Support.DEVELOPER,
        question="Which cost centre pays for it?",
    ),
    DemoRequest(
        "Acme Robotics Inc.",
        Kind.UNLINK,
        "Acme production",
        "The parent company takes it over.",
        days_ago=1,
        by="anna@acme-robotics.example",
    ),
    DemoRequest(
        "Blue Harbor Logistics",
        Kind.LINK,
        "Blue Harbor invoicing",
        "Agreed on the phone with George.",
        days_ago=4,
        account_id="330011223355",
        root_email="billing@blueharbor.example",
        forwarded=True,
    ),
    DemoRequest(
        "Donaudampfschifffahrtsgesellschaft Regensburg mbH",
        Kind.NEW_ACCOUNT,
        "Fahrgastinformationssystem",
        "Neues Projekt.",
        days_ago=6,
        root_email="fahrgast@ddsg-regensburg.example",
        refusal="Please let the buyer of your company ask for this.",
    ),
)


def furnish(*, owner: User) -> None:
    """Ask for everything that belongs to this reseller's customers."""
    for world in REQUESTS:
        customer = Customer.objects.filter(organization_name=world.customer).first()
        if customer:
            with calendar.backdated(days=world.days_ago):
                request = _ask(world, customer, owner=owner)
            _date(request, calendar.days_ago(world.days_ago))
            with calendar.backdated(days=world.days_ago - 1):
                _decide(world, request, by=owner)
            _date_decision(request, calendar.days_ago(world.days_ago - 1))


def _ask(world: DemoRequest, customer: Customer, *, owner: User) -> ApprovalRequest:
    by = User.objects.get(email=world.by) if world.by else owner
    asked = Asked(
        reason=world.reason,
        support="" if world.kind == Kind.UNLINK else world.support,
        in_portal=bool(world.by),
    )
    if world.kind == Kind.NEW_ACCOUNT:
        details = AccountDetails(
            provider=Cloud.AWS, name=world.account, root_email=world.root_email
        )
        return asking.order_new(customer, details, asked, by=by, submission=uuid.uuid4())
    account = (
        CloudAccount.objects.of_customer(customer).get(name=world.account)
        if world.kind == Kind.UNLINK
        else _set_up(world, customer, by=by)
    )
    return asking.ask(world.kind, account, asked, by=by, submission=uuid.uuid4())


def _set_up(world: DemoRequest, customer: Customer, *, by: User) -> CloudAccount:
    details = AccountDetails(
        provider=Cloud.AWS,
        account_id=world.account_id,
        name=world.account,
        root_email=world.root_email,
    )
    return give_role(accounts.add(customer, details, by=by), by=by)


def _date(request: ApprovalRequest, at: dt.datetime) -> None:
    ApprovalRequest.objects.filter(pk=request.pk).update(created_at=at, submitted_at=at)
    if request.kind != Kind.UNLINK:  # else the account was there before
        asked_for = CloudAccount.objects.filter(approval_requests=request.pk)
        asked_for.update(created_at=at, status_changed_at=at)


def _decide(world: DemoRequest, request: ApprovalRequest, *, by: User) -> None:
    request.refresh_from_db()
    if world.question:
        account_decisions.ask_for_information(
            request, world.question, version=request.version, by=by
        )
    if world.refusal:
        reason = ApprovalRequest.DeclineReason.OTHER
        refusal = Refusal(reason=reason, message=world.refusal)
        account_decisions.decline(request, refusal, version=request.version, by=by)
    if world.forwarded:
        account_decisions.approve_and_forward(request, version=request.version, by=by)


def _date_decision(request: ApprovalRequest, at: dt.datetime) -> None:
    ApprovalRequest.objects.filter(pk=request.pk, decided_at__isnull=False).update(decided_at=at)
    RequestMessage.objects.filter(request=request).update(at=at)
