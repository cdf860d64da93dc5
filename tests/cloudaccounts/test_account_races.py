"""Two at once: accounts, their roles and their customers."""

import uuid
from typing import Any

import pytest

from accounts.models import User
from cloudaccounts.flows import access, accounts, moving, providers, roles
from cloudaccounts.flows.accounts import AccountDetails, AccountTakenError
from cloudaccounts.flows.providers import NOTHING_SEEN, ProviderDetails
from cloudaccounts.flows.statuses import CannotChangeAccountError
from cloudaccounts.models import CloudAccount, CustomerProvider, Holding
from customers.flows import groups, lifecycle, merging
from customers.models import Customer
from customers.staleness import StaleError
from resellers.models import Reseller
from tests.factories.accounts import StaffMemberFactory
from tests.factories.cloudaccounts import CloudAccountFactory, CustomerProviderFactory, role_of
from tests.factories.customers import CustomerFactory, GroupFactory
from tests.races import Runner, overlap

pytestmark = pytest.mark.django_db(transaction=True)

TOLD = AccountDetails(
    provider="aws", account_id="123456789012", name="Shop", root_email="root@acme.example"
)


@pytest.fixture
def dana(alpha: Reseller) -> User:
    user: User = StaffMemberFactory(user__full_name="Dana").user
    return user


@pytest.fixture
def customer(alpha: Reseller) -> Customer:
    made: Customer = CustomerProviderFactory().customer
    return made


@pytest.fixture(autouse=True)
def _nobody_is_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("celery.app.task.Task.delay", lambda *_args, **_told: None)


def errors(*runners: Runner) -> list[type[Exception] | None]:
    return [type(each.error) if each.error else None for each in runners]


def test_two_customers_cannot_get_the_same_account(
    alpha: Reseller, dana: User, customer: Customer
) -> None:
    other = CustomerProviderFactory().customer

    both = overlap(
        alpha,
        lambda: accounts.add(customer, TOLD, by=dana),
        lambda: accounts.add(other, TOLD, by=dana),
    )

    assert errors(*both) == [None, AccountTakenError]
    assert CloudAccount.objects.get().customer == customer
    late: Any = both[1].error
    assert (late.field, late.holder.customer) == ("account_id", customer)


def test_a_form_sent_twice_at_once_makes_one_account(
    alpha: Reseller, dana: User, customer: Customer
) -> None:
    key = uuid.uuid4()

    both = overlap(
        alpha,
        lambda: accounts.add(customer, TOLD, by=dana, key=key),
        lambda: accounts.add(customer, TOLD, by=dana, key=key),
    )

    assert errors(*both) == [None, None]
    assert CloudAccount.objects.get().pk == key


def test_of_two_edits_the_later_learns_of_the_earlier(
    alpha: Reseller, dana: User, customer: Customer
) -> None:
    account = CloudAccountFactory(customer=customer)

    both = overlap(
        alpha,
        lambda: accounts.edit(account, AccountDetails(name="One"), version=1, by=dana),
        lambda: accounts.edit(account, AccountDetails(name="Two"), version=1, by=dana),
    )

    assert errors(*both) == [None, StaleError]
    account.refresh_from_db()
    assert (account.name, account.version) == ("One", 2)


def test_another_id_and_a_role_of_the_old_one_do_not_meet(
    alpha: Reseller, dana: User, customer: Customer
) -> None:
    account = CloudAccountFactory(customer=customer)
    arn = role_of(account.account_id)

    both = overlap(
        alpha,
        lambda: accounts.edit(
            account, AccountDetails(account_id="123456789012"), version=1, by=dana
        ),
        lambda: roles.set_role(account, arn, version=1, by=dana),
    )

    assert errors(*both) == [None, CannotChangeAccountError]
    account.refresh_from_db()
    assert (account.account_id, account.role_arn) == ("123456789012", "")


def test_an_account_is_moved_once(alpha: Reseller, dana: User, customer: Customer) -> None:
    account = CloudAccountFactory(customer=customer, linked=True)
    one, two = (CustomerProviderFactory().customer for _each in range(2))

    both = overlap(
        alpha,
        lambda: moving.move(account, one, version=1, by=dana),
        lambda: moving.move(account, two, version=1, by=dana),
    )

    assert errors(*both) == [None, CannotChangeAccountError]
    assert Holding.objects.count() == 2
    assert Holding.objects.get(until__isnull=True).customer == one


def test_two_that_swap_accounts_do_not_wait_for_each_other(
    alpha: Reseller, dana: User, customer: Customer
) -> None:
    other = CustomerProviderFactory().customer
    mine = CloudAccountFactory(customer=customer, linked=True)
    theirs = CloudAccountFactory(customer=other, linked=True)

    both = overlap(
        alpha,
        lambda: moving.move(mine, other, version=1, by=dana),
        lambda: moving.move(theirs, customer, version=1, by=dana),
    )

    assert errors(*both) == [None, None]
    assert Holding.objects.filter(until__isnull=True).count() == 2


def test_what_is_archived_takes_no_account(alpha: Reseller, dana: User, customer: Customer) -> None:
    account = CloudAccountFactory(linked=True)

    both = overlap(
        alpha,
        lambda: lifecycle.archive(customer, by=dana),
        lambda: moving.move(account, customer, version=1, by=dana),
    )

    assert errors(*both) == [None, CannotChangeAccountError]
    account.refresh_from_db()
    assert account.customer != customer


def test_an_account_that_is_added_during_a_merge_is_not_left_behind(
    alpha: Reseller, dana: User, customer: Customer
) -> None:
    survivor = CustomerFactory()

    both = overlap(
        alpha,
        lambda: accounts.add(customer, TOLD, by=dana),
        lambda: merging.merge(customer, survivor, by=dana),
    )

    assert errors(*both) == [None, None]
    assert CloudAccount.objects.get().customer == survivor


def test_a_group_that_is_being_archived_gets_no_account(
    alpha: Reseller, dana: User, customer: Customer
) -> None:
    group = GroupFactory(customer=customer)
    account = CloudAccountFactory(customer=customer)

    both = overlap(
        alpha,
        lambda: groups.archive(group, by=dana),
        lambda: accounts.edit(account, AccountDetails(group=group), version=1, by=dana),
    )

    assert errors(*both) == [None, CannotChangeAccountError]
    account.refresh_from_db()
    assert account.group is None


def test_a_provider_that_is_being_switched_off_gets_no_account(
    alpha: Reseller, dana: User, customer: Customer
) -> None:
    off = ProviderDetails(is_enabled=False, shown_in_portal=False)

    both = overlap(
        alpha,
        lambda: providers.set_provider(customer, "aws", off, version=1, by=dana),
        lambda: accounts.add(customer, TOLD, by=dana),
    )

    assert errors(*both) == [None, CannotChangeAccountError]
    assert not CloudAccount.objects.exists()


def test_a_provider_is_switched_on_once(alpha: Reseller, dana: User) -> None:
    customer = CustomerFactory()
    on = ProviderDetails(is_enabled=True, shown_in_portal=True)
    hidden = ProviderDetails(is_enabled=True, shown_in_portal=False)

    both = overlap(
        alpha,
        lambda: providers.set_provider(customer, "aws", on, version=NOTHING_SEEN, by=dana),
        lambda: providers.set_provider(customer, "aws", hidden, version=NOTHING_SEEN, by=dana),
    )

    assert errors(*both) == [None, StaleError]
    assert CustomerProvider.objects.get().shown_in_portal is True


def test_a_check_is_ordered_once(alpha: Reseller, dana: User, customer: Customer) -> None:
    account = CloudAccountFactory(customer=customer, with_role=True)

    both = overlap(
        alpha,
        lambda: access.order_check(account, by=dana),
        lambda: access.order_check(account, by=dana),
    )

    assert errors(*both) == [None, None]
    first, second = (each.result for each in both)
    assert isinstance(first, CloudAccount)
    assert isinstance(second, CloudAccount)
    assert first.access_check_began_at == second.access_check_began_at


def test_an_account_is_given_up_once(alpha: Reseller, dana: User, customer: Customer) -> None:
    account = CloudAccountFactory(customer=customer)

    both = overlap(
        alpha,
        lambda: accounts.discard(account, by=dana),
        lambda: accounts.discard(account, by=dana),
    )

    assert errors(*both) == [None, CannotChangeAccountError]
