"""The cloud accounts of the demo's customers: linked, on their way, and one that needs a look."""

import datetime as dt
from dataclasses import dataclass

from accounts.models import User
from cloudaccounts import checking
from cloudaccounts.flows import accounts, providers, roles, statuses
from cloudaccounts.flows.accounts import AccountDetails
from cloudaccounts.flows.providers import NOTHING_SEEN, ProviderDetails
from cloudaccounts.models import CloudAccount, Holding
from cloudaccounts.providers import registry
from cloudaccounts.providers.aws.access import ROLE_NAME
from cloudaccounts.providers.results import AccessCheck, AccessOutcome
from cloudaccounts.standing import Status
from customers.flows import custom_fields
from customers.models import Customer, CustomField, Group
from resellers.clouds import Cloud

_TO_LINKED = (Status.REQUESTED, Status.IN_PROGRESS, Status.LINKED)


@dataclass(frozen=True)
class DemoAccount:
    """One account, and what became of it."""

    name: str
    account_id: str
    root_email: str = ""
    provider: str = Cloud.AWS
    id_kind: str = "account"
    group: str = ""
    path: tuple[Status, ...] = _TO_LINKED
    reason: str = ""
    role_broke: bool = False


# A draft to play with is 111122223333: see docs/operations.md.
ACCOUNTS: dict[str, tuple[DemoAccount, ...]] = {
    "Acme Robotics Inc.": (
        DemoAccount("Acme production", "210044556677", "aws@acme-robotics.example"),
        DemoAccount(
            "Acme research",
            "210044556688",
            "aws-research@acme-robotics.example",
            group="Robotics research",
            role_broke=True,
        ),
        DemoAccount("Acme website", "111122223333", "root@acme-robotics.example", path=()),
        DemoAccount(
            "Acme mail archive",
            "9b2f6f0e-6f0a-4c55-9d1c-0a6f0c7f1d21",
            provider=Cloud.AZURE,
            id_kind="subscription",
        ),
    ),
    "Blue Harbor Logistics": (
        DemoAccount(
            "Blue Harbor tracking",
            "330011223344",
            "cloud@blueharbor.example",
            path=(*_TO_LINKED, Status.SUSPENDED),
            reason="Two bills are not paid.",
        ),
        DemoAccount(
            "Blue Harbor maps",
            "blue-harbor-maps",
            provider=Cloud.GOOGLE,
            id_kind="project",
        ),
    ),
    "Donaudampfschifffahrtsgesellschaft Regensburg mbH": (
        DemoAccount("Fahrplan", "440011223344", "aws@ddsg-regensburg.example"),
        DemoAccount(
            "Altes Buchungssystem",
            "440011223355",
            "alt@ddsg-regensburg.example",
            path=(*_TO_LINKED, Status.UNLINKED),
            reason="Moved to another reseller.",
        ),
        DemoAccount("Neue Website", "440011223366", "web@ddsg-regensburg.example", path=()),
    ),
}


def define_fields(*, by: User) -> None:
    """What the reseller keeps about cloud accounts."""
    details: custom_fields.FieldDetails = {
        "label": "Cost centre",
        "kind": CustomField.Kind.TEXT,
        "searchable": True,
    }
    target = CustomField.Target.CLOUD_ACCOUNT
    custom_fields.create(custom_fields.NewField(applies_to=target, details=details), by=by)


def furnish(customer: Customer, name: str, *, at: dt.datetime, by: User) -> None:
    """Give the customer its providers and accounts, made at this moment."""
    told = ACCOUNTS.get(name, ())
    for provider in dict.fromkeys(each.provider for each in told):
        on = ProviderDetails(is_enabled=True, shown_in_portal=True)
        providers.set_provider(customer, provider, on, version=NOTHING_SEEN, by=by)
    for each in told:
        _make(customer, each, by=by)
    made = CloudAccount.objects.of_customer(customer)
    made.update(created_at=at, status_changed_at=at)
    Holding.objects.filter(account__in=made).update(since=at)


def _make(customer: Customer, world: DemoAccount, *, by: User) -> None:
    details = AccountDetails(
        provider=world.provider,
        id_kind=world.id_kind,
        account_id=world.account_id,
        name=world.name,
        root_email=world.root_email,
        group=Group.objects.of_customer(customer).filter(name=world.group).first(),
    )
    account = accounts.add(customer, details, by=by)
    for status in world.path:
        account = statuses.lock(account)
        reason = world.reason if status == world.path[-1] else ""
        statuses.change(account, status, by=by, reason=reason)
    if world.role_broke:
        _break_role(account, by=by)


def give_role(account: CloudAccount, *, by: User) -> CloudAccount:
    """A role that was checked a moment ago, and works."""
    arn = f"arn:aws:iam::{account.account_id}:role/{ROLE_NAME}"
    account = roles.set_role(account, arn, version=account.version, by=by)
    checking.store(account, AccessCheck(AccessOutcome.OK), by=by)
    account.refresh_from_db()
    return account


def _break_role(account: CloudAccount, *, by: User) -> None:
    """A role that worked once, and that the customer deleted since."""
    account = give_role(account, by=by)
    refused = registry.provider(Cloud.AWS).explain("AccessDenied/CUSTOMER_ROLE", "")
    checking.store(account, AccessCheck(AccessOutcome.REFUSED, refused), by=None)
