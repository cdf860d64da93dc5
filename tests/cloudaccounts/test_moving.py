"""Accounts that pass from one customer to another."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from audit.models import AuditEntry
from cloudaccounts import hooks
from cloudaccounts.flows import accounts, moving
from cloudaccounts.flows.accounts import AccountDetails
from cloudaccounts.flows.statuses import CannotChangeAccountError
from cloudaccounts.models import CloudAccount, Holding
from cloudaccounts.standing import Status
from customers.flows import merging
from customers.models import Customer
from customers.staleness import StaleError
from resellers.models import Reseller
from tests.factories.accounts import StaffMemberFactory
from tests.factories.cloudaccounts import (
    CloudAccountFactory,
    CreationFactory,
    CustomerProviderFactory,
    HoldingFactory,
    InvitationFactory,
)
from tests.factories.customers import CustomerFactory, GroupFactory


@pytest.fixture
def dana(alpha: Reseller) -> User:
    user: User = StaffMemberFactory(user__full_name="Dana").user
    return user


@pytest.fixture
def buyer(alpha: Reseller) -> Customer:
    """A customer that buys AWS."""
    found: Customer = CustomerProviderFactory(customer__organization_name="Buyer").customer
    return found


def holdings(account: CloudAccount) -> list[tuple[Customer, bool]]:
    """Whose it was, and whether it still is."""
    found = Holding.objects.filter(account=account)
    return [(each.customer, each.until is None) for each in found]


def assert_unmoved(account: CloudAccount) -> None:
    owner = account.customer
    account.refresh_from_db()
    assert (account.customer, account.version) == (owner, 1)
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("trait", ["linked", "suspended"])
def test_a_held_account_is_the_next_customers_from_now_on(
    dana: User, buyer: Customer, trait: str
) -> None:
    account = CloudAccountFactory(**{trait: True})
    owner = account.customer
    account.group = GroupFactory(customer=owner, name="Old group")
    account.save()

    moving.move(account, buyer, version=1, by=dana)

    account.refresh_from_db()
    assert (account.customer, account.group, account.status) == (buyer, None, trait)
    assert holdings(account) == [(owner, False), (buyer, True)]
    ended, begun = Holding.objects.filter(account=account)
    assert ended.until == begun.since
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor_id) == ("account.moved", dana.pk)
    assert set(entry.about) == {account.pk, owner.pk, buyer.pk}
    assert entry.changes == {"customer": [str(owner), "Buyer"], "group": ["Old group", None]}


@pytest.mark.parametrize(
    "status", [each for each in Status.values if each not in {"linked", "suspended"}]
)
def test_what_is_not_held_is_not_moved(dana: User, buyer: Customer, status: str) -> None:
    account = CloudAccountFactory(**({} if status == "draft" else {status: True}))

    with pytest.raises(CannotChangeAccountError):
        moving.move(account, buyer, version=1, by=dana)

    assert_unmoved(account)


def test_it_stays_where_it_is_while_something_is_under_way(dana: User, buyer: Customer) -> None:
    for errand in (
        InvitationFactory(account=CloudAccountFactory(linked=True)),
        CreationFactory(account=CloudAccountFactory(linked=True)),
    ):
        with pytest.raises(CannotChangeAccountError):
            moving.move(errand.account, buyer, version=1, by=dana)
        assert_unmoved(errand.account)


def test_errands_that_ended_are_no_reason_to_stay(dana: User, buyer: Customer) -> None:
    account = InvitationFactory(account=CloudAccountFactory(linked=True), accepted=True).account

    moving.move(account, buyer, version=1, by=dana)

    account.refresh_from_db()
    assert account.customer == buyer


def test_whoever_stands_above_may_object(
    dana: User, buyer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooks, "_guards", {"a request": lambda _account: "A request is open."})
    account = CloudAccountFactory(linked=True)

    with pytest.raises(CannotChangeAccountError, match="A request is open"):
        moving.move(account, buyer, version=1, by=dana)

    assert_unmoved(account)


def test_the_next_customer_must_buy_the_cloud_and_do_business(dana: User) -> None:
    account = CloudAccountFactory(linked=True)
    for customer in (
        account.customer,
        CustomerFactory(),
        CustomerProviderFactory(disabled=True).customer,
        CustomerProviderFactory(provider="google").customer,
        CustomerProviderFactory(customer__archived=True).customer,
    ):
        with pytest.raises(CannotChangeAccountError):
            moving.move(account, customer, version=1, by=dana)
    assert_unmoved(account)


def test_nothing_is_taken_from_an_archived_customer(dana: User, buyer: Customer) -> None:
    account = CloudAccountFactory(linked=True, customer__archived=True)

    with pytest.raises(CannotChangeAccountError):
        moving.move(account, buyer, version=1, by=dana)

    assert_unmoved(account)


def test_whoever_is_late_moves_nothing(dana: User, buyer: Customer) -> None:
    account = CloudAccountFactory(linked=True)
    group = GroupFactory(customer=account.customer)
    account.group = group
    account.save()
    accounts.edit(account, AccountDetails(group=None), version=1, by=dana)
    account.refresh_from_db()
    accounts.edit(account, AccountDetails(group=group), version=2, by=dana)

    with pytest.raises(StaleError):
        moving.move(account, buyer, version=1, by=dana)

    assert holdings(account) == [(account.customer, True)]


def test_an_account_has_one_holder_at_a_time_whatever_a_flow_does(alpha: Reseller) -> None:
    account = CloudAccountFactory(linked=True)

    with pytest.raises(IntegrityError), transaction.atomic():
        HoldingFactory(account=account, customer=CustomerFactory(), since=account.created_at)
    HoldingFactory(
        account=account,
        customer=CustomerFactory(),
        since=dt.datetime(2020, 1, 1, tzinfo=dt.UTC),
        until=dt.datetime(2021, 1, 1, tzinfo=dt.UTC),
    )


def test_the_survivor_of_a_merge_holds_what_the_duplicate_held(dana: User) -> None:
    duplicate, survivor = CustomerFactory.create_batch(2)
    group = GroupFactory(customer=duplicate)
    held = CloudAccountFactory(customer=duplicate, linked=True, group=group)
    draft = CloudAccountFactory(customer=duplicate)
    gone = CloudAccountFactory(customer=duplicate, unlinked=True)
    own = CloudAccountFactory(customer=survivor, linked=True)

    merging.merge(duplicate, survivor, by=dana)

    assert set(CloudAccount.objects.of_customer(survivor)) == {held, draft, gone, own}
    assert holdings(held) == [(duplicate, False), (survivor, True)]
    assert holdings(gone) == [(duplicate, False)]
    assert holdings(own) == [(survivor, True)]
    held.refresh_from_db()
    assert held.group == group
    assert held.group.customer == survivor
