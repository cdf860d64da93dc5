"""A customer's own administrators manage their company, and learn nothing about others."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone

from accounts.flows import people as accounts_people
from accounts.models import OneTimeLink, User
from accounts.roles import StaffRole
from audit.models import AuditEntry
from customers.flows import colleagues as flows
from customers.flows import people
from customers.flows.colleagues import CannotManageColleagueError
from customers.flows.people import CannotAddPersonError
from customers.models import Customer, Membership
from customers.roles import CustomerRole
from notifications.models import OutgoingMail
from resellers.models import Reseller
from tests.factories.accounts import StaffMemberFactory, UserFactory
from tests.factories.customers import CustomerFactory, MembershipFactory

Status = User.Status
ONLY_RESELLER = "Only Alpha Cloud can do that"


@pytest.fixture
def customer(alpha: Reseller) -> Customer:
    acme: Customer = CustomerFactory(organization_name="Acme")
    return acme


@pytest.fixture
def zoe(customer: Customer) -> User:
    """The company's administrator."""
    user: User = MembershipFactory(customer=customer, user__full_name="Zoe").user
    return user


def add(customer: Customer, by: User, email: str = "new@acme.example") -> Membership:
    return flows.add(customer, email=email, full_name="Anna", role=CustomerRole.VIEWER, by=by)


def fresh(membership: Membership) -> Membership:
    return Membership.objects.select_related("user").get(pk=membership.pk)


def come_in(user: User) -> None:
    """Accept whatever there is to accept, and log in."""
    User.objects.filter(pk=user.pk).update(status=Status.ACTIVE, last_login=timezone.now())


def deeds() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


def make_known(kind: str) -> None:
    """Somebody with the e-mail of the person who is to be added."""
    email = "new@acme.example"
    if kind == "belongs elsewhere":
        user = UserFactory(email=email, full_name="Real Name", with_password=True)
        User.objects.filter(pk=user.pk).update(last_login=timezone.now())
        MembershipFactory(user=user)
    elif kind == "waits elsewhere":
        MembershipFactory(user__email=email, user__pending_email_validation=True)
    elif kind == "signed up":
        UserFactory(email=email, pending_approval=True, with_password=True)
    elif kind == "suspended elsewhere":
        MembershipFactory(user__email=email, user__suspended=True)
    elif kind == "staff":
        StaffMemberFactory(user__email=email, user__with_password=True)
    elif kind == "invited staff":
        StaffMemberFactory(user__email=email, invited=True)


KNOWN = {
    "nobody": "customer_invitation",
    "belongs elsewhere": "customer_joined",
    "waits elsewhere": "customer_invitation",
    "signed up": "customer_invitation",
    "suspended elsewhere": "",
    "staff": "customer_joined",
    "invited staff": "",
}


class TestAdd:
    @pytest.mark.parametrize("kind", KNOWN)
    def test_whoever_it_is_the_company_sees_the_same(
        self, customer: Customer, zoe: User, kind: str
    ) -> None:
        make_known(kind)

        membership = fresh(add(customer, zoe))

        assert membership.shown_name == "Anna"
        assert membership.shown_status == Status.PENDING_EMAIL_VALIDATION
        ends = membership.shown_invitation_ends
        assert ends is not None
        assert dt.timedelta(days=6) < ends - timezone.now() <= dt.timedelta(days=7)
        listed = Membership.objects.of_customer(customer).as_shown().get(pk=membership.pk)
        assert (listed.shown_as, listed.shown_state) == ("Anna", "pending_email_validation")  # type: ignore[attr-defined]
        mails = list(OutgoingMail.objects.values_list("kind", flat=True))
        assert mails == ([KNOWN[kind]] if KNOWN[kind] else [])

    @pytest.mark.parametrize("kind", [kind for kind in KNOWN if kind != "nobody"])
    @pytest.mark.parametrize(
        "deed", [flows.suspend, flows.reactivate, flows.send_reset, flows.invite_again]
    )
    def test_whoever_it_is_the_company_may_do_the_same(
        self, customer: Customer, zoe: User, kind: str, deed: Callable[..., None]
    ) -> None:
        answers = []
        for each in (kind, "nobody"):
            company = CustomerFactory()
            admin = MembershipFactory(customer=company, user__full_name="Zoe").user
            make_known(each)
            membership = fresh(add(company, admin))
            with pytest.raises(CannotManageColleagueError) as refused:
                deed(membership, by=admin)
            answers.append(str(refused.value))
            User.objects.filter(email="new@acme.example").update(email=f"{each[:3]}@gone.example")

        assert answers[0] == answers[1]

    @pytest.mark.parametrize("kind", KNOWN)
    def test_whoever_it_is_counts_as_no_active_administrator(
        self, customer: Customer, zoe: User, kind: str
    ) -> None:
        make_known(kind)
        added = add(customer, zoe)
        flows.change_role(added, CustomerRole.ADMINISTRATOR, by=zoe)
        own = Membership.objects.get(customer=customer, user=zoe)

        with pytest.raises(CannotManageColleagueError, match="Zoe is the last active"):
            flows.change_role(own, CustomerRole.VIEWER, by=zoe)

    @pytest.mark.parametrize("kind", ["nobody", "belongs elsewhere", "waits elsewhere", "staff"])
    def test_who_has_come_in_is_shown_as_they_are(
        self, customer: Customer, zoe: User, kind: str
    ) -> None:
        make_known(kind)
        membership = add(customer, zoe)
        come_in(membership.user)

        membership = fresh(membership)

        assert membership.shown_name == str(membership.user)
        assert membership.shown_status == Status.ACTIVE
        assert membership.shown_invitation_ends is None
        assert Membership.objects.filter(pk=membership.pk).came_in().exists()

    def test_whom_the_reseller_added_is_shown_at_once(self, customer: Customer) -> None:
        membership = MembershipFactory(customer=customer, user__full_name="Kim")

        assert (membership.shown_name, membership.shown_status) == ("Kim", Status.ACTIVE)

    def test_nobody_is_added_twice_and_the_sentence_names_nobody(
        self, customer: Customer, zoe: User
    ) -> None:
        make_known("belongs elsewhere")
        add(customer, zoe)

        with pytest.raises(CannotAddPersonError) as refused:
            add(customer, zoe)

        assert refused.value.field == "email"
        assert str(refused.value) == "Somebody with this e-mail belongs to your company already."
        assert Membership.objects.filter(customer=customer).count() == 2

    def test_a_link_to_the_team_is_not_replaced(self, customer: Customer, zoe: User) -> None:
        make_known("invited staff")

        membership = add(customer, zoe)

        assert not OneTimeLink.objects.filter(user=membership.user).exists()

    def test_search_finds_what_is_shown_only(self, customer: Customer, zoe: User) -> None:
        make_known("belongs elsewhere")
        membership = add(customer, zoe)
        shown = Membership.objects.of_customer(customer).as_shown()

        assert list(shown.search_as_shown("anna")) == [membership]
        assert not shown.search_as_shown("real").exists()
        assert list(Membership.objects.of_customer(customer).search("real")) == [membership]


class TestInviteAgain:
    @pytest.mark.parametrize(
        ("kind", "sent"), [("nobody", 2), ("belongs elsewhere", 2), ("suspended elsewhere", 0)]
    )
    def test_after_a_minute_the_mail_goes_out_again(
        self, customer: Customer, zoe: User, kind: str, sent: int
    ) -> None:
        make_known(kind)
        membership = add(customer, zoe)
        Membership.objects.update(invited_at=timezone.now() - dt.timedelta(minutes=2))

        flows.invite_again(membership, by=zoe)

        assert OutgoingMail.objects.count() == sent
        invited_at = fresh(membership).invited_at
        assert invited_at is not None
        assert timezone.now() - invited_at < dt.timedelta(minutes=1)

    def test_within_a_minute_it_does_not(self, customer: Customer, zoe: User) -> None:
        membership = add(customer, zoe)

        with pytest.raises(CannotManageColleagueError, match="a moment ago"):
            flows.invite_again(membership, by=zoe)

        assert OutgoingMail.objects.count() == 1

    def test_who_is_active_needs_none(self, customer: Customer, zoe: User) -> None:
        ben = MembershipFactory(customer=customer, user__with_password=True)

        with pytest.raises(CannotManageColleagueError, match="needs no invitation"):
            flows.invite_again(ben, by=zoe)

        assert not OutgoingMail.objects.exists()


class TestSuspend:
    def test_shuts_out_who_belongs_here_alone(self, customer: Customer, zoe: User) -> None:
        ben = MembershipFactory(customer=customer, viewer=True)

        flows.suspend(ben, by=zoe, reason="Left")

        ben.user.refresh_from_db()
        assert ben.user.status == Status.SUSPENDED
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.actor_id, entry.note) == ("user.suspended", zoe.pk, "Left")
        assert set(entry.about) == {ben.user_id, customer.pk}
        assert OutgoingMail.objects.get().kind == "account_suspended"

    @pytest.mark.parametrize("elsewhere", ["another customer", "the team"])
    def test_who_belongs_elsewhere_stays(
        self, customer: Customer, zoe: User, elsewhere: str
    ) -> None:
        ben = MembershipFactory(customer=customer, viewer=True)
        if elsewhere == "the team":
            StaffMemberFactory(user=ben.user)
        else:
            MembershipFactory(user=ben.user, customer__organization_name="Secret Corp")

        with pytest.raises(CannotManageColleagueError, match=ONLY_RESELLER) as refused:
            flows.suspend(ben, by=zoe)

        assert "Secret" not in str(refused.value)
        ben.user.refresh_from_db()
        assert ben.user.status == Status.ACTIVE
        assert deeds() == []

    @pytest.mark.parametrize("status", [each for each in Status if each != Status.ACTIVE])
    def test_only_active_people_can_be(self, customer: Customer, zoe: User, status: str) -> None:
        ben = MembershipFactory(customer=customer, viewer=True, user__status=status)

        with pytest.raises(CannotManageColleagueError, match="Only somebody who is active"):
            flows.suspend(ben, by=zoe)

        ben.user.refresh_from_db()
        assert ben.user.status == status
        assert deeds() == []

    def test_nobody_suspends_themselves(self, customer: Customer, zoe: User) -> None:
        MembershipFactory(customer=customer)
        own = Membership.objects.get(user=zoe)

        with pytest.raises(CannotManageColleagueError, match="yourself"):
            flows.suspend(own, by=zoe)

        assert deeds() == []


class TestReactivate:
    def test_lets_in_whom_the_company_suspended(self, customer: Customer, zoe: User) -> None:
        ben = MembershipFactory(customer=customer, viewer=True)
        flows.suspend(ben, by=zoe)

        flows.reactivate(fresh(ben), by=MembershipFactory(customer=customer).user)

        ben.user.refresh_from_db()
        assert ben.user.status == Status.ACTIVE
        assert deeds() == ["user.suspended", "user.reactivated"]

    @pytest.mark.parametrize("by_whom", ["staff", "the product"])
    def test_whom_the_reseller_suspended_stays_out(
        self, customer: Customer, zoe: User, by_whom: str
    ) -> None:
        ben = MembershipFactory(customer=customer, viewer=True)
        flows.suspend(ben, by=zoe)
        flows.reactivate(fresh(ben), by=zoe)
        staff = StaffMemberFactory(role=StaffRole.SUPPORT).user if by_whom == "staff" else None
        accounts_people.suspend(ben.user, by=staff)

        with pytest.raises(CannotManageColleagueError, match=ONLY_RESELLER):
            flows.reactivate(fresh(ben), by=zoe)

        ben.user.refresh_from_db()
        assert ben.user.status == Status.SUSPENDED

    def test_whom_another_company_suspended_stays_out(self, customer: Customer, zoe: User) -> None:
        other = MembershipFactory().customer
        admin = Membership.objects.get(customer=other).user
        ben = MembershipFactory(customer=other, viewer=True)
        flows.suspend(ben, by=admin)
        people.remove(ben, by=admin)
        here = MembershipFactory(customer=customer, user=ben.user, viewer=True)

        with pytest.raises(CannotManageColleagueError, match=ONLY_RESELLER):
            flows.reactivate(fresh(here), by=zoe)

    @pytest.mark.parametrize("status", [each for each in Status if each != Status.SUSPENDED])
    def test_only_suspended_people_can_be(self, customer: Customer, zoe: User, status: str) -> None:
        ben = MembershipFactory(customer=customer, viewer=True, user__status=status)

        with pytest.raises(CannotManageColleagueError, match="not suspended"):
            flows.reactivate(ben, by=zoe)

        assert deeds() == []


class TestReset:
    def test_mails_an_active_colleague(self, customer: Customer, zoe: User) -> None:
        ben = MembershipFactory(customer=customer, user__with_password=True)
        MembershipFactory(user=ben.user)

        flows.send_reset(ben, by=zoe)

        mail = OutgoingMail.objects.get()
        assert (mail.kind, mail.recipient_email) == ("password_reset_offer", ben.user.email)
        assert "Zoe" in mail.text_body
        assert deeds() == ["user.password_reset_offered"]

    @pytest.mark.parametrize("status", [each for each in Status if each != Status.ACTIVE])
    def test_nobody_else(self, customer: Customer, zoe: User, status: str) -> None:
        ben = MembershipFactory(customer=customer, viewer=True, user__status=status)

        with pytest.raises(CannotManageColleagueError, match="Only somebody who is active"):
            flows.send_reset(ben, by=zoe)

        assert not OutgoingMail.objects.exists()

    def test_no_one_of_the_team(self, customer: Customer, zoe: User) -> None:
        ben = MembershipFactory(customer=customer, user=StaffMemberFactory(owner=True).user)

        with pytest.raises(CannotManageColleagueError, match=ONLY_RESELLER):
            flows.send_reset(ben, by=zoe)

        assert not OutgoingMail.objects.exists()


class TestRoleAndLeaving:
    def test_a_colleague_gets_another_role_here_only(self, customer: Customer, zoe: User) -> None:
        ben = MembershipFactory(customer=customer, viewer=True)
        elsewhere = MembershipFactory(user=ben.user, viewer=True)

        flows.change_role(ben, CustomerRole.BILLING, by=zoe)

        assert fresh(ben).role == CustomerRole.BILLING
        assert fresh(elsewhere).role == CustomerRole.VIEWER

    def test_a_colleague_leaves_this_company_only(self, customer: Customer, zoe: User) -> None:
        ben = MembershipFactory(customer=customer, viewer=True)
        elsewhere = MembershipFactory(user=ben.user, viewer=True)

        flows.remove(ben, by=zoe)

        assert list(Membership.objects.of_person(ben.user)) == [elsewhere]
        ben.user.refresh_from_db()
        assert ben.user.status == Status.ACTIVE

    @pytest.mark.parametrize(
        "deed",
        [
            lambda own, by: flows.change_role(own, CustomerRole.VIEWER, by=by),
            lambda own, by: flows.remove(own, by=by),
        ],
        ids=["demote", "remove"],
    )
    def test_the_last_administrator_stays(
        self, customer: Customer, zoe: User, deed: Callable[[Membership, User], None]
    ) -> None:
        own = Membership.objects.get(user=zoe)
        MembershipFactory(customer=customer, viewer=True)

        with pytest.raises(CannotManageColleagueError, match="last active administrator"):
            deed(own, zoe)

        assert fresh(own).role == CustomerRole.ADMINISTRATOR

    def test_who_left_meanwhile_cannot_be_managed(self, customer: Customer, zoe: User) -> None:
        ben = MembershipFactory(customer=customer, viewer=True)
        Membership.objects.filter(pk=ben.pk).delete()

        for deed in (flows.suspend, flows.send_reset, flows.remove, flows.invite_again):
            with pytest.raises(CannotManageColleagueError, match="any more"):
                deed(ben, by=zoe)

        assert deeds() == []
