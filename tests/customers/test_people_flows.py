"""People join customers, change roles and leave."""

import pytest

from accounts import links
from accounts.flows import people as accounts_people
from accounts.models import OneTimeLink, User
from accounts.roles import StaffRole
from audit.models import AuditEntry
from customers.flows import people as flows
from customers.flows.people import CannotAddPersonError, CannotChangeMembershipError, NewPerson
from customers.models import Customer, Membership
from customers.roles import CustomerRole
from notifications.models import OutgoingMail
from resellers.models import Reseller
from tests.factories.accounts import PASSWORD, StaffMemberFactory, UserFactory
from tests.factories.customers import CustomerFactory, MembershipFactory


@pytest.fixture
def dana(alpha: Reseller) -> User:
    user: User = StaffMemberFactory(user__full_name="Dana").user
    return user


@pytest.fixture
def customer(alpha: Reseller) -> Customer:
    acme: Customer = CustomerFactory(organization_name="Acme")
    return acme


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


class TestAddPerson:
    def test_makes_the_person_and_says_so_on_both_timelines(
        self, dana: User, customer: Customer
    ) -> None:
        MembershipFactory(customer=customer)
        person = NewPerson(email=" Anna@ACME.example ", full_name="Anna", role=CustomerRole.BILLING)

        membership = flows.add_person(customer, person, by=dana)

        user = User.objects.get(email="anna@acme.example")
        assert (user.full_name, user.status) == ("Anna", User.Status.PENDING_EMAIL_VALIDATION)
        assert not user.has_usable_password()
        assert (membership.user, membership.role) == (user, CustomerRole.BILLING)
        assert actions() == ["user.created", "membership.added"]
        entry = AuditEntry.objects.get(action="membership.added")
        assert set(entry.about) == {membership.pk, user.pk, customer.pk}
        assert (entry.actor_id, entry.changes) == (dana.pk, {"role": ["", "billing"]})
        assert not OutgoingMail.objects.exists()

    @pytest.mark.parametrize("role", CustomerRole)
    def test_the_first_person_is_always_administrator(
        self, dana: User, customer: Customer, role: str
    ) -> None:
        membership = flows.add_person(
            customer, NewPerson(email="a@acme.example", role=role), by=dana
        )

        assert membership.role == CustomerRole.ADMINISTRATOR

    @pytest.mark.parametrize("status", User.Status)
    def test_each_status_can_be_given(self, dana: User, customer: Customer, status: str) -> None:
        MembershipFactory(customer=customer)

        added = flows.add_person(
            customer, NewPerson(email="a@acme.example", status=status), by=dana
        )

        assert User.objects.get(pk=added.user_id).status == status

    def test_the_first_person_cannot_be_suspended(self, dana: User, customer: Customer) -> None:
        person = NewPerson(email="a@acme.example", status=User.Status.SUSPENDED)

        with pytest.raises(CannotAddPersonError, match="cannot be suspended") as refused:
            flows.add_person(customer, person, by=dana)

        assert refused.value.field == "status"
        assert not User.objects.filter(email="a@acme.example").exists()
        assert actions() == []

    def test_a_suspended_acquaintance_cannot_be_the_first(
        self, dana: User, customer: Customer
    ) -> None:
        UserFactory(email="a@acme.example", suspended=True)

        with pytest.raises(CannotAddPersonError, match="cannot be suspended") as refused:
            flows.add_person(customer, NewPerson(email="a@acme.example"), by=dana)

        assert refused.value.field == "email"
        assert not Membership.objects.exists()

    def test_somebody_known_joins_with_their_account(self, dana: User, customer: Customer) -> None:
        known = MembershipFactory(user__full_name="Anna", user__with_password=True).user
        typed = NewPerson(
            email=known.email.upper(),
            full_name="Somebody",
            status=User.Status.PENDING_APPROVAL,
            password="another long password 2",
            invite=True,
        )

        flows.add_person(customer, typed, by=dana)

        known.refresh_from_db()
        assert (known.full_name, known.status) == ("Anna", User.Status.ACTIVE)
        assert known.check_password(PASSWORD)
        assert set(Customer.objects.of_person(known)) >= {customer}
        assert Membership.objects.filter(user=known).count() == 2
        mail = OutgoingMail.objects.get()
        assert (mail.kind, mail.recipient_email) == ("customer_joined", known.email)
        assert set(mail.about) == {known.pk, customer.pk}

    def test_somebody_known_is_told_only_if_that_is_asked_for(
        self, dana: User, customer: Customer
    ) -> None:
        known = MembershipFactory(user__with_password=True).user

        flows.add_person(customer, NewPerson(email=known.email), by=dana)

        assert not OutgoingMail.objects.exists()

    def test_nobody_joins_twice(self, dana: User, customer: Customer) -> None:
        known = MembershipFactory(customer=customer).user

        with pytest.raises(CannotAddPersonError, match="belongs to this customer") as refused:
            flows.add_person(customer, NewPerson(email=known.email), by=dana)

        assert refused.value.field == "email"
        assert Membership.objects.count() == 1
        assert actions() == []

    def test_the_password_of_an_unproved_sign_up_does_not_open_the_door(
        self, dana: User, customer: Customer
    ) -> None:
        stranger = UserFactory(pending_email_validation=True, with_password=True)

        flows.add_person(customer, NewPerson(email=stranger.email), by=dana)

        stranger.refresh_from_db()
        assert not stranger.has_usable_password()

    def test_a_proved_mailbox_keeps_its_password(self, dana: User, customer: Customer) -> None:
        applicant = UserFactory(pending_approval=True, with_password=True)

        flows.add_person(customer, NewPerson(email=applicant.email), by=dana)

        applicant.refresh_from_db()
        assert applicant.check_password(PASSWORD)

    def test_a_typed_password_counts_for_new_people(self, dana: User, customer: Customer) -> None:
        person = NewPerson(
            email="a@acme.example", status=User.Status.ACTIVE, password="a long password 12"
        )

        added = flows.add_person(customer, person, by=dana)

        assert User.objects.get(pk=added.user_id).check_password("a long password 12")
        assert actions() == ["user.created", "user.password_set", "membership.added"]

    def test_invites_at_once_when_asked(self, dana: User, customer: Customer) -> None:
        person = NewPerson(email="a@acme.example", full_name="Anna", invite=True)

        added = flows.add_person(customer, person, by=dana)

        mail = OutgoingMail.objects.get()
        assert (mail.kind, mail.recipient_email) == ("customer_invitation", "a@acme.example")
        assert set(mail.about) == {added.user_id, customer.pk}
        assert "Acme" in mail.text_body
        assert OneTimeLink.objects.live().filter(user_id=added.user_id).count() == 1
        assert actions() == ["user.created", "membership.added", "user.invited"]

    def test_a_pending_colleague_of_the_reseller_is_not_invited_by_support(
        self, dana: User, customer: Customer
    ) -> None:
        colleague = StaffMemberFactory(invited=True, role=StaffRole.OWNER).user

        with pytest.raises(CannotAddPersonError) as refused:
            flows.add_person(customer, NewPerson(email=colleague.email, invite=True), by=dana)

        assert refused.value.field == "invite"
        assert not Membership.objects.exists()
        assert not OutgoingMail.objects.exists()


class TestJoin:
    def test_makes_the_first_one_administrator(self, dana: User, customer: Customer) -> None:
        person = UserFactory()

        flows.join(customer, person, role=CustomerRole.VIEWER, by=dana)

        assert Membership.objects.get(user=person).role == CustomerRole.ADMINISTRATOR

    def test_refuses_a_second_time(self, dana: User, customer: Customer) -> None:
        known = MembershipFactory(customer=customer).user

        with pytest.raises(CannotAddPersonError, match="already"):
            flows.join(customer, known, role=CustomerRole.VIEWER, by=dana)


class TestInvite:
    def test_mails_a_link_and_replaces_the_earlier_one(
        self, dana: User, customer: Customer
    ) -> None:
        membership = MembershipFactory(customer=customer, pending_email_validation=True)

        flows.invite(membership, by=dana)
        flows.invite(membership, by=dana)

        assert OutgoingMail.objects.filter(kind="customer_invitation").count() == 2
        assert OneTimeLink.objects.filter(user=membership.user).count() == 2
        assert OneTimeLink.objects.live().filter(user=membership.user).count() == 1
        entry = AuditEntry.objects.filter(action="user.invited").first()
        assert entry is not None
        assert set(entry.about) == {membership.user_id, customer.pk}


class TestChangeRole:
    def test_changes_it_and_tells_old_and_new(self, dana: User, customer: Customer) -> None:
        MembershipFactory(customer=customer)
        membership = MembershipFactory(customer=customer, viewer=True)

        flows.change_role(membership, CustomerRole.BILLING, by=dana)

        membership.refresh_from_db()
        assert membership.role == CustomerRole.BILLING
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.changes) == (
            "membership.role_changed",
            {"role": ["viewer", "billing"]},
        )

    def test_the_same_role_changes_nothing(self, dana: User, customer: Customer) -> None:
        membership = MembershipFactory(customer=customer)

        flows.change_role(membership, CustomerRole.ADMINISTRATOR, by=dana)

        assert actions() == []

    def test_of_somebody_who_left_is_refused(self, dana: User, customer: Customer) -> None:
        MembershipFactory(customer=customer)
        membership = MembershipFactory(customer=customer, viewer=True)
        Membership.objects.filter(pk=membership.pk).delete()

        with pytest.raises(CannotChangeMembershipError, match="does not belong"):
            flows.change_role(membership, CustomerRole.BILLING, by=dana)

        assert actions() == []


class TestRemove:
    def test_keeps_the_account_and_ends_its_invitation(
        self, dana: User, customer: Customer
    ) -> None:
        MembershipFactory(customer=customer)
        membership = MembershipFactory(customer=customer, pending_email_validation=True)
        flows.invite(membership, by=dana)

        flows.remove(membership, by=dana)

        assert not Membership.objects.filter(pk=membership.pk).exists()
        assert User.objects.filter(pk=membership.user_id).exists()
        assert not OneTimeLink.objects.live().exists()
        entry = AuditEntry.objects.latest("pk")
        assert entry.action == "membership.removed"
        assert {membership.user_id, customer.pk} < set(entry.about)
        assert entry.changes == {"role": ["administrator", ""]}

    def test_keeps_the_invitation_of_somebody_who_belongs_elsewhere(
        self, dana: User, customer: Customer
    ) -> None:
        MembershipFactory(customer=customer)
        elsewhere = MembershipFactory(pending_email_validation=True)
        membership = MembershipFactory(customer=customer, user=elsewhere.user)
        links.issue(elsewhere.user, OneTimeLink.Purpose.INVITATION)

        flows.remove(membership, by=dana)

        assert OneTimeLink.objects.live().filter(user=elsewhere.user).exists()

    def test_twice_is_refused_in_words(self, dana: User, customer: Customer) -> None:
        MembershipFactory(customer=customer)
        membership = MembershipFactory(customer=customer)
        flows.remove(Membership.objects.get(pk=membership.pk), by=dana)

        with pytest.raises(CannotChangeMembershipError, match="any more"):
            flows.remove(membership, by=dana)


def test_a_suspension_stands_on_the_timeline_of_each_customer(
    dana: User, customer: Customer
) -> None:
    MembershipFactory(customer=customer)
    here = MembershipFactory(customer=customer)
    there = MembershipFactory(user=here.user, viewer=True)
    MembershipFactory(customer=there.customer)

    accounts_people.suspend(here.user, by=dana, reason="Left")

    entry = AuditEntry.objects.get()
    assert entry.action == "user.suspended"
    assert set(entry.about) == {here.user_id, customer.pk, there.customer_id}
    assert customer.pk in OutgoingMail.objects.get().about
