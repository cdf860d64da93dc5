"""Switching providers on and off for a customer."""

from collections.abc import Iterator

import pytest

from accounts.models import User
from audit.models import AuditEntry
from cloudaccounts.flows import providers as flows
from cloudaccounts.flows.providers import NOTHING_SEEN, CannotSaveProviderError, ProviderDetails
from cloudaccounts.models import CloudAccount, CustomerProvider
from customers.flows import merging
from customers.staleness import StaleError
from resellers.current import current_reseller
from resellers.models import Reseller
from tests.factories.accounts import StaffMemberFactory
from tests.factories.cloudaccounts import CloudAccountFactory, CustomerProviderFactory
from tests.factories.customers import CustomerFactory

ON = ProviderDetails(is_enabled=True, shown_in_portal=True)
HIDDEN = ProviderDetails(is_enabled=True, shown_in_portal=False)
OFF = ProviderDetails(is_enabled=False, shown_in_portal=False)


@pytest.fixture
def dana(alpha: Reseller) -> User:
    user: User = StaffMemberFactory(user__full_name="Dana").user
    return user


@pytest.fixture
def resold(alpha: Reseller) -> Iterator[list[str]]:
    """The clouds that alpha may resell."""
    before = current_reseller().providers
    current_reseller().providers = ["aws", "google"]
    yield current_reseller().providers
    current_reseller().providers = before


def test_switching_on_stores_it_and_says_so_on_the_customers_timeline(
    dana: User, resold: list[str]
) -> None:
    customer = CustomerFactory()

    flows.set_provider(customer, "aws", ON, version=NOTHING_SEEN, by=dana)

    stored = CustomerProvider.objects.get()
    assert (stored.provider, stored.is_enabled, stored.shown_in_portal, stored.version) == (
        "aws",
        True,
        True,
        1,
    )
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor_id) == ("provider.changed", dana.pk)
    assert set(entry.about) == {stored.pk, customer.pk}
    assert entry.changes == {"is_enabled": [False, True], "shown_in_portal": [False, True]}


def test_switching_off_hides_it_and_leaves_its_accounts_as_they_are(
    dana: User, resold: list[str]
) -> None:
    record = CustomerProviderFactory()
    account = CloudAccountFactory(customer=record.customer, linked=True)

    flows.set_provider(
        record.customer,
        "aws",
        ProviderDetails(is_enabled=False, shown_in_portal=True),
        version=1,
        by=dana,
    )

    record.refresh_from_db()
    assert (record.is_enabled, record.shown_in_portal, record.version) == (False, False, 2)
    assert CloudAccount.objects.get().status == account.status == "linked"


def test_what_reads_the_same_changes_nothing(dana: User, resold: list[str]) -> None:
    record = CustomerProviderFactory()

    flows.set_provider(record.customer, "aws", ON, version=1, by=dana)
    flows.set_provider(CustomerFactory(), "aws", OFF, version=NOTHING_SEEN, by=dana)

    assert CustomerProvider.objects.get().version == 1
    assert not AuditEntry.objects.exists()


def test_a_provider_that_the_reseller_may_not_resell_cannot_be_switched_on(
    dana: User, resold: list[str]
) -> None:
    with pytest.raises(CannotSaveProviderError) as refused:
        flows.set_provider(CustomerFactory(), "azure", ON, version=NOTHING_SEEN, by=dana)

    assert refused.value.field == "is_enabled"
    assert not CustomerProvider.objects.exists()


def test_one_that_the_reseller_may_not_resell_any_more_can_be_hidden_and_switched_off(
    dana: User, resold: list[str]
) -> None:
    record = CustomerProviderFactory(provider="azure")

    flows.set_provider(record.customer, "azure", HIDDEN, version=1, by=dana)
    flows.set_provider(record.customer, "azure", OFF, version=2, by=dana)

    assert CustomerProvider.objects.get().is_enabled is False


@pytest.mark.parametrize("seen", [NOTHING_SEEN, 1])
def test_whoever_is_late_learns_what_somebody_else_did(
    dana: User, resold: list[str], seen: int
) -> None:
    customer = CustomerFactory()
    flows.set_provider(customer, "aws", ON, version=NOTHING_SEEN, by=dana)
    flows.set_provider(customer, "aws", HIDDEN, version=1, by=dana)

    with pytest.raises(StaleError):
        flows.set_provider(customer, "aws", OFF, version=seen, by=dana)

    assert CustomerProvider.objects.get().is_enabled is True


def test_nothing_of_an_archived_customer_changes(dana: User, resold: list[str]) -> None:
    with pytest.raises(CannotSaveProviderError):
        flows.set_provider(CustomerFactory(archived=True), "aws", ON, version=NOTHING_SEEN, by=dana)

    assert not CustomerProvider.objects.exists()


def test_a_customer_is_offered_what_the_reseller_resells_and_what_it_has(
    resold: list[str],
) -> None:
    customer = CustomerFactory()
    CustomerProviderFactory(customer=customer, provider="azure")
    CustomerProviderFactory(provider="aws")  # somebody else's

    found = flows.of_customer(customer)

    assert [(each.provider, each.is_enabled) for each in found] == [
        ("aws", False),
        ("azure", True),
        ("google", False),
    ]


def test_the_survivor_of_a_merge_buys_what_either_bought(dana: User, resold: list[str]) -> None:
    duplicate, survivor = CustomerFactory.create_batch(2)
    CustomerProviderFactory(customer=duplicate, provider="aws")
    CustomerProviderFactory(customer=duplicate, provider="azure")
    CustomerProviderFactory(customer=duplicate, provider="google", disabled=True)
    CustomerProviderFactory(customer=survivor, provider="aws", hidden=True)
    CustomerProviderFactory(customer=survivor, provider="azure", disabled=True)

    merging.merge(duplicate, survivor, by=dana)

    theirs = CustomerProvider.objects.of_customer(survivor)
    assert list(theirs.values_list("provider", "is_enabled", "shown_in_portal")) == [
        ("aws", True, False),
        ("azure", True, True),
    ]
