"""A customer keeps an administrator, whoever takes one away and however."""

from collections.abc import Callable
from contextlib import suppress

import pytest

from accounts.flows import people as accounts_people
from accounts.models import User
from audit.models import AuditEntry
from customers.flows import people as flows
from customers.flows.people import CannotChangeMembershipError
from customers.models import Membership
from customers.roles import CustomerRole
from notifications.models import OutgoingMail
from resellers.models import Reseller
from tests.factories.accounts import StaffMemberFactory
from tests.factories.customers import MembershipFactory

Status = User.Status

TAKE_AWAY: dict[str, Callable[[Membership, User], object]] = {
    "remove": lambda membership, by: flows.remove(membership, by=by),
    "demote": lambda membership, by: flows.change_role(membership, CustomerRole.VIEWER, by=by),
    "suspend": lambda membership, by: accounts_people.suspend(membership.user, by=by),
    "set suspended": lambda membership, by: accounts_people.change_status(
        membership.user, Status.SUSPENDED, by=by
    ),
}
REFUSALS = (CannotChangeMembershipError, accounts_people.CannotChangeStatusError)
WAITING = (Status.PENDING_EMAIL_VALIDATION, Status.PENDING_APPROVAL)
# Who may go, by their own status and that of the other administrator (None: there is no other).
GOES = {(Status.ACTIVE, Status.ACTIVE)} | {
    (own, other) for own in WAITING for other in (*WAITING, Status.ACTIVE)
}


@pytest.fixture
def dana(alpha: Reseller) -> User:
    user: User = StaffMemberFactory().user
    return user


@pytest.mark.parametrize("action", TAKE_AWAY)
@pytest.mark.parametrize("other", [None, *Status])
@pytest.mark.parametrize("own", [status for status in Status if status != Status.SUSPENDED])
def test_who_may_go(dana: User, own: str, other: str | None, action: str) -> None:
    membership = MembershipFactory(user__status=own)
    MembershipFactory(customer=membership.customer, viewer=True)
    if other is not None:
        MembershipFactory(customer=membership.customer, user__status=other)
    may_go = (own, other) in GOES

    with suppress(*REFUSALS):
        TAKE_AWAY[action](membership, dana)
        assert may_go

    still = Membership.objects.administrators().exclude(user__status=Status.SUSPENDED)
    assert still.filter(pk=membership.pk).exists() is not may_go
    assert AuditEntry.objects.exists() is may_go
    assert OutgoingMail.objects.exists() is (
        may_go and "suspend" in action and own != Status.PENDING_EMAIL_VALIDATION
    )


@pytest.mark.parametrize("action", ["remove", "demote"])
def test_a_suspended_administrator_is_nobody_who_is_missed(dana: User, action: str) -> None:
    membership = MembershipFactory(suspended=True)
    MembershipFactory(customer=membership.customer)

    TAKE_AWAY[action](membership, dana)

    assert Membership.objects.active_administrators().count() == 1


@pytest.mark.parametrize("action", TAKE_AWAY)
@pytest.mark.parametrize("role", [CustomerRole.BILLING, CustomerRole.VIEWER])
def test_others_may_go_freely(dana: User, role: str, action: str) -> None:
    membership = MembershipFactory(role=role)
    MembershipFactory(customer=membership.customer)

    TAKE_AWAY[action](membership, dana)

    assert Membership.objects.active_administrators().count() == 1


@pytest.mark.parametrize("action", TAKE_AWAY)
def test_the_refusal_names_the_person_and_the_way_out(dana: User, action: str) -> None:
    membership = MembershipFactory(user__full_name="Anna", customer__organization_name="Acme")

    with pytest.raises(REFUSALS, match=r"^Anna is the last active administrator of Acme\. Make"):
        TAKE_AWAY[action](membership, dana)


def test_a_suspension_is_refused_when_any_of_the_customers_needs_the_person(dana: User) -> None:
    here = MembershipFactory()
    MembershipFactory(customer=here.customer)
    there = MembershipFactory(user=here.user, customer__organization_name="Needy")

    with pytest.raises(accounts_people.CannotSuspendError, match="Needy"):
        accounts_people.suspend(here.user, by=dana)

    here.user.refresh_from_db()
    assert here.user.status == Status.ACTIVE
    flows.remove(here, by=dana)
    assert Membership.objects.filter(pk=there.pk).exists()


def test_people_without_a_customer_can_be_suspended(dana: User) -> None:
    colleague = StaffMemberFactory(owner=True).user
    boss = StaffMemberFactory(owner=True).user

    accounts_people.suspend(colleague, by=boss)

    colleague.refresh_from_db()
    assert colleague.status == Status.SUSPENDED
