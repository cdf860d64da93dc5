"""Two people at once. Each test holds both at the moment between check and change.

Where the lock is in place the second one never gets there before the first has finished: the
meeting is called off after a moment. Without the lock both get there, and both would go on.
"""

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection
from django_tenants.utils import tenant_context

from accounts.flows import people as accounts_people
from accounts.models import User
from audit.models import AuditEntry
from customers import administrators
from customers.flows import customers as customer_flows
from customers.flows import people as flows
from customers.flows.customers import CannotSaveCustomerError, CustomerDetails
from customers.flows.people import (
    CannotAddPersonError,
    CannotChangeMembershipError,
    NewPerson,
)
from customers.models import Customer, Membership
from customers.querysets import MembershipQuerySet
from customers.roles import CustomerRole
from customers.staleness import StaleError
from resellers.models import Reseller
from tests.factories.accounts import StaffMemberFactory, UserFactory
from tests.factories.customers import CustomerFactory, MembershipFactory

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 1.0  # seconds that one waits for the other between check and change
Deed = Callable[[], object]


@pytest.fixture
def dana(alpha: Reseller) -> User:
    user: User = StaffMemberFactory().user
    return user


@pytest.fixture
def meeting() -> Iterator[threading.Barrier]:
    barrier = threading.Barrier(2)
    yield barrier
    barrier.abort()


def wait_for_the_other(barrier: threading.Barrier) -> None:
    with suppress(threading.BrokenBarrierError):
        barrier.wait(PATIENCE)


def both(reseller: Reseller, *deeds: Deed) -> list[object]:
    """Do both at once, each on a connection of its own. Returns results and refusals in order."""
    outcomes: list[object] = [None] * len(deeds)

    def run(number: int, deed: Deed) -> None:
        try:
            with tenant_context(reseller):
                outcomes[number] = deed()
        except Exception as error:  # noqa: BLE001 - the test looks at whatever was raised
            outcomes[number] = error
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=(number, deed)) for number, deed in enumerate(deeds)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert not any(thread.is_alive() for thread in threads), "They wait for each other forever."
    return outcomes


def refusals(outcomes: list[object]) -> list[type]:
    return [type(each) for each in outcomes if isinstance(each, Exception)]


@pytest.fixture
def slow_check(monkeypatch: pytest.MonkeyPatch, meeting: threading.Barrier) -> None:
    """Both have found that the customer keeps an administrator before either goes on."""
    check = administrators.keep_one_without

    def check_and_wait(membership: Membership) -> None:
        check(membership)
        wait_for_the_other(meeting)

    monkeypatch.setattr(administrators, "keep_one_without", check_and_wait)


TAKE_AWAY: dict[str, Callable[[Membership, User], object]] = {
    "remove": lambda membership, by: flows.remove(membership, by=by),
    "demote": lambda membership, by: flows.change_role(membership, CustomerRole.VIEWER, by=by),
    "suspend": lambda membership, by: accounts_people.suspend(membership.user, by=by),
}


@pytest.mark.usefixtures("slow_check")
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("remove", "remove"),
        ("remove", "demote"),
        ("remove", "suspend"),
        ("demote", "demote"),
        ("suspend", "demote"),
        ("suspend", "suspend"),
    ],
)
def test_the_last_two_administrators_cannot_both_be_taken_away(
    alpha: Reseller, dana: User, first: str, second: str
) -> None:
    anna = MembershipFactory()
    ben = MembershipFactory(customer=anna.customer)

    outcomes = both(
        alpha,
        lambda: TAKE_AWAY[first](anna, dana),
        lambda: TAKE_AWAY[second](ben, dana),
    )

    assert len(refusals(outcomes)) == 1
    assert issubclass(
        refusals(outcomes)[0],
        CannotChangeMembershipError | accounts_people.CannotSuspendError,
    )
    assert Membership.objects.active_administrators().count() == 1


@pytest.fixture
def slow_joining(monkeypatch: pytest.MonkeyPatch, meeting: threading.Barrier) -> None:
    """Both have looked who belongs to the customer before either is written."""
    save = Membership.save

    def wait_and_save(membership: Membership, *args: Any, **kwargs: Any) -> None:
        wait_for_the_other(meeting)
        save(membership, *args, **kwargs)

    monkeypatch.setattr(Membership, "save", wait_and_save)


@pytest.mark.usefixtures("slow_joining")
def test_of_two_first_people_exactly_one_is_made_administrator(alpha: Reseller, dana: User) -> None:
    customer = CustomerFactory()

    def add(email: str) -> object:
        person = NewPerson(email=email, role=CustomerRole.VIEWER)
        return flows.add_person(customer, person, by=dana)

    outcomes = both(alpha, lambda: add("a@acme.example"), lambda: add("b@acme.example"))

    assert refusals(outcomes) == []
    roles = Membership.objects.filter(customer=customer).values_list("role", flat=True)
    assert sorted(roles) == ["administrator", "viewer"]


@pytest.mark.usefixtures("slow_joining")
def test_one_person_added_twice_joins_once(alpha: Reseller, dana: User) -> None:
    customer = MembershipFactory().customer

    def add() -> object:
        return flows.add_person(customer, NewPerson(email="a@acme.example"), by=dana)

    outcomes = both(alpha, add, add)

    assert refusals(outcomes) == [CannotAddPersonError]
    assert User.objects.filter(email="a@acme.example").count() == 1
    assert Membership.objects.filter(user__email="a@acme.example").count() == 1


@pytest.mark.usefixtures("slow_joining")
def test_one_new_person_added_to_two_customers_is_one_person(alpha: Reseller, dana: User) -> None:
    here, there = MembershipFactory().customer, MembershipFactory().customer

    outcomes = both(
        alpha,
        *(
            lambda customer=customer: flows.add_person(
                customer, NewPerson(email="a@acme.example"), by=dana
            )
            for customer in (here, there)
        ),
    )

    assert refusals(outcomes) == []
    person = User.objects.get(email="a@acme.example")
    assert set(Customer.objects.of_person(person)) == {here, there}


def test_nobody_becomes_the_only_administrator_while_being_suspended(
    alpha: Reseller, dana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The suspension has looked at the person's customers; then the person joins another one."""
    person, customer = UserFactory(), CustomerFactory()
    find = MembershipQuerySet.customer_ids

    def find_and_join(memberships: MembershipQuerySet) -> object:
        found = find(memberships)
        [joined] = both(
            alpha,
            lambda: flows.join(customer, person, role=CustomerRole.VIEWER, by=dana),
        )
        assert isinstance(joined, Membership)
        return found

    monkeypatch.setattr(MembershipQuerySet, "customer_ids", find_and_join)

    with pytest.raises(accounts_people.CannotSuspendError, match="this moment"):
        accounts_people.suspend(person, by=dana)

    assert Membership.objects.active_administrators().get().user == person


@pytest.fixture
def slow_saving(monkeypatch: pytest.MonkeyPatch, meeting: threading.Barrier) -> None:
    save = Customer.save

    def wait_and_save(customer: Customer, *args: Any, **kwargs: Any) -> None:
        wait_for_the_other(meeting)
        save(customer, *args, **kwargs)

    monkeypatch.setattr(Customer, "save", wait_and_save)


@pytest.mark.usefixtures("slow_saving")
def test_of_two_edits_the_second_is_stale(alpha: Reseller, dana: User) -> None:
    customer = CustomerFactory(city="Bonn")

    def move_to(city: str) -> object:
        return customer_flows.edit(customer, CustomerDetails(city=city), version=1, by=dana)

    outcomes = both(alpha, lambda: move_to("Köln"), lambda: move_to("Essen"))

    assert refusals(outcomes) == [StaleError]
    customer.refresh_from_db()
    assert customer.version == 2
    assert customer.city in {"Köln", "Essen"}


def details(code: str) -> CustomerDetails:
    return CustomerDetails(
        organization_name="Acme", code=code, contact_name="A", contact_email="a@acme.example"
    )


@pytest.mark.usefixtures("slow_saving")
def test_of_two_customers_with_one_typed_code_one_is_made(alpha: Reseller, dana: User) -> None:
    def make() -> object:
        return customer_flows.create(details("SAME"), by=dana)

    outcomes = both(alpha, make, make)

    assert refusals(outcomes) == [CannotSaveCustomerError]
    refused = next(each for each in outcomes if isinstance(each, CannotSaveCustomerError))
    assert refused.field == "code"
    assert Customer.objects.count() == 1


@pytest.mark.usefixtures("slow_saving")
def test_two_customers_with_one_proposed_code_get_two(alpha: Reseller, dana: User) -> None:
    def make() -> object:
        return customer_flows.create(details(""), by=dana)

    outcomes = both(alpha, make, make)

    assert refusals(outcomes) == []
    assert set(Customer.objects.values_list("code", flat=True)) == {"ACME", "ACME-2"}


@pytest.mark.usefixtures("slow_saving")
def test_a_form_sent_twice_in_one_moment_makes_one_customer(alpha: Reseller, dana: User) -> None:
    key = uuid.uuid4()

    def make() -> object:
        return customer_flows.create(details(""), by=dana, key=key)

    outcomes = both(alpha, make, make)

    assert refusals(outcomes) == []
    assert Customer.objects.get().pk == key
    assert AuditEntry.objects.count() == 1
