"""Active, suspended, archived; and two records of one company that become one."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from audit.models import AuditEntry
from customers.duplicates import look_alikes
from customers.flows import customers as flows
from customers.flows import lifecycle, merging
from customers.flows.customers import CannotSaveCustomerError, CustomerDetails
from customers.flows.lifecycle import CannotChangeCustomerStatusError
from customers.flows.people import CannotAddPersonError, NewPerson, add_person
from customers.models import Customer, Membership
from customers.roles import CustomerRole
from resellers.models import Reseller
from tests.factories.accounts import StaffMemberFactory, UserFactory
from tests.factories.customers import CustomerFactory, MembershipFactory
from tests.races import overlap

Status = Customer.Status
Act = Callable[..., Customer]


@pytest.fixture
def dana(alpha: Reseller) -> User:
    user: User = StaffMemberFactory(user__full_name="Dana").user
    return user


MOVES: dict[str, Act] = {
    Status.SUSPENDED: lifecycle.suspend,
    Status.ACTIVE: lifecycle.reactivate,
    Status.ARCHIVED: lifecycle.archive,
}


def standing(status: str, **more: Any) -> Customer:
    archived = {"archived_from": "active"} if status == Status.ARCHIVED else {}
    customer: Customer = CustomerFactory(status=status, **archived, **more)
    return customer


@pytest.mark.parametrize("old", Status)
@pytest.mark.parametrize("new", Status)
def test_each_step_is_done_and_told_or_refused_and_nothing_changes(
    dana: User, old: str, new: str
) -> None:
    customer = standing(old)

    if new in lifecycle.ALLOWED[old]:
        MOVES[new](customer, by=dana)
        entry = AuditEntry.objects.get()
        assert (entry.changes, entry.actor_id) == ({"status": [old, new]}, dana.pk)
        customer.refresh_from_db()
        assert customer.status == new
    else:
        with pytest.raises(CannotChangeCustomerStatusError, match=str(customer)):
            MOVES[new](customer, by=dana)
        customer.refresh_from_db()
        assert customer.status == old
        assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("before", [Status.ACTIVE, Status.SUSPENDED])
def test_an_archived_customer_comes_back_as_it_was(dana: User, before: str) -> None:
    customer = standing(before)
    lifecycle.archive(customer, by=dana, reason="Moved away")

    lifecycle.restore(customer, by=dana)

    customer.refresh_from_db()
    assert (customer.status, customer.archived_from) == (before, "")
    assert AuditEntry.objects.first().action == "customer.restored"  # type: ignore[union-attr]


def test_after_thirty_days_it_stays_archived(dana: User) -> None:
    late = timezone.now() - lifecycle.UNDO - dt.timedelta(minutes=1)
    customer = standing(Status.ARCHIVED, status_changed_at=late)

    with pytest.raises(CannotChangeCustomerStatusError, match="30 days"):
        lifecycle.restore(customer, by=dana)


def test_what_is_not_archived_is_not_restored(dana: User) -> None:
    with pytest.raises(CannotChangeCustomerStatusError, match="not archived"):
        lifecycle.restore(CustomerFactory(), by=dana)


def test_nothing_is_changed_at_an_archived_customer(dana: User) -> None:
    customer = standing(Status.ARCHIVED)

    with pytest.raises(CannotSaveCustomerError, match="Restore it"):
        flows.edit(customer, CustomerDetails(city="Bonn"), version=1, by=dana)
    with pytest.raises(CannotAddPersonError, match="Restore it"):
        add_person(customer, NewPerson(email="anna@acme.example"), by=dana)

    assert not Membership.objects.exists()


def test_of_two_who_suspend_and_archive_at_once_the_second_sees_the_first(
    alpha: Reseller, transactional_db: None
) -> None:
    dana = StaffMemberFactory().user
    customer = CustomerFactory()

    early, late = overlap(
        alpha,
        lambda: lifecycle.archive(customer, by=dana),
        lambda: lifecycle.suspend(customer, by=dana),
    )

    assert early.error is None
    assert isinstance(late.error, CannotChangeCustomerStatusError)
    customer.refresh_from_db()
    assert customer.status == Status.ARCHIVED


class TestMerge:
    def test_people_move_and_the_duplicate_points_to_the_survivor(self, dana: User) -> None:
        duplicate, survivor = CustomerFactory(), CustomerFactory()
        moving = MembershipFactory(customer=duplicate, role=CustomerRole.BILLING)

        merging.merge(duplicate, survivor, by=dana)

        duplicate.refresh_from_db()
        assert (duplicate.status, duplicate.merged_into) == (Status.ARCHIVED, survivor)
        moving.refresh_from_db()
        assert (moving.customer, moving.role) == (survivor, CustomerRole.BILLING)
        entry = AuditEntry.objects.get(action="customer.merged")
        assert set(entry.about) == {duplicate.pk, survivor.pk}

    def test_who_belongs_to_both_keeps_the_stronger_role(self, dana: User) -> None:
        duplicate, survivor = CustomerFactory(), CustomerFactory()
        person = UserFactory()
        MembershipFactory(customer=duplicate, user=person, role=CustomerRole.ADMINISTRATOR)
        MembershipFactory(customer=survivor, user=person, role=CustomerRole.VIEWER)

        merging.merge(duplicate, survivor, by=dana)

        kept = Membership.objects.get()
        assert (kept.customer, kept.role) == (survivor, CustomerRole.ADMINISTRATOR)

    def test_fills_what_the_survivor_lacks_and_leaves_the_rest(self, dana: User) -> None:
        duplicate = CustomerFactory(complete=True)
        survivor = CustomerFactory(industry="Roads", city="Bonn", code="KEPT")

        merging.merge(duplicate, survivor, by=dana)

        survivor.refresh_from_db()
        assert (survivor.industry, survivor.code, survivor.version) == ("Roads", "KEPT", 2)
        assert (survivor.website, survivor.turnover_currency) == ("https://www.example.com/", "EUR")
        # An address is one thing: half of the other's would be nobody's.
        assert (survivor.city, survivor.street) == ("Bonn", "")

    def test_a_merged_customer_does_not_come_back(self, dana: User) -> None:
        duplicate, survivor = CustomerFactory(), CustomerFactory()
        merging.merge(duplicate, survivor, by=dana)

        with pytest.raises(CannotChangeCustomerStatusError, match="merged"):
            lifecycle.restore(duplicate, by=dana)

    @pytest.mark.parametrize("archived", ["duplicate", "survivor", "both the same"])
    def test_refuses_what_makes_no_sense_and_changes_nothing(
        self, dana: User, archived: str
    ) -> None:
        duplicate = standing(Status.ARCHIVED if archived == "duplicate" else Status.ACTIVE)
        survivor = standing(Status.ARCHIVED if archived == "survivor" else Status.ACTIVE)
        into = duplicate if archived == "both the same" else survivor
        MembershipFactory(customer=duplicate)

        with pytest.raises(merging.CannotMergeError):
            merging.merge(duplicate, into, by=dana)

        assert Membership.objects.get().customer == duplicate
        assert not AuditEntry.objects.exists()

    def test_two_merges_crosswise_leave_one_survivor(
        self, alpha: Reseller, transactional_db: None
    ) -> None:
        dana = StaffMemberFactory().user
        one, two = CustomerFactory(), CustomerFactory()

        early, late = overlap(
            alpha,
            lambda: merging.merge(one, two, by=dana),
            lambda: merging.merge(two, one, by=dana),
        )

        assert early.error is None
        assert isinstance(late.error, merging.CannotMergeError)
        assert list(Customer.objects.listed()) == [two]


class TestLookAlikes:
    @pytest.mark.parametrize(
        ("name", "email", "domain", "reason"),
        [
            ("ACME, Inc.", "", "", "Same name"),
            ("Other", "Office@Acme.example", "", "Same e-mail"),
            ("Other", "anna@acme.example", "", "Same domain"),
            ("Other", "", "acme.example", "Same domain"),
            ("Other", "", "acme-group.example", "Same domain"),
            ("Other", "x@gmail.com", "", None),
            ("Acme Robotics", "", "", None),
            ("", "", "", None),
        ],
    )
    def test_are_found_by_name_mail_and_domain(
        self, alpha: Reseller, name: str, email: str, domain: str, reason: str | None
    ) -> None:
        CustomerFactory(
            organization_name="Acme GmbH",
            contact_email="office@acme.example",
            domain="acme-group.example",
        )
        CustomerFactory(contact_email="y@gmail.com")

        found = look_alikes(name, email=email, domain=domain)

        assert [str(hint.reason) for hint in found] == ([reason] if reason else [])

    def test_archived_ones_are_none(self, alpha: Reseller) -> None:
        standing(Status.ARCHIVED, organization_name="Acme")

        assert look_alikes("Acme") == []
