"""Pages about the people of customers."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.flows import people as accounts_people
from accounts.models import OneTimeLink, User
from accounts.roles import StaffRole
from audit.models import AuditEntry
from customers.models import Customer, Membership
from customers.roles import CustomerRole
from notifications.models import OutgoingMail
from resellers.models import Reseller
from tests.console.staff import NASTY, log_in
from tests.factories.accounts import PASSWORD, StaffMemberFactory, UserFactory
from tests.factories.customers import CustomerFactory, MembershipFactory
from tests.harness.clients import HostClient

Status = User.Status

ADD = {
    "full_name": "Anna Müller",
    "email": "anna@acme.example",
    "role": "viewer",
    "status": "pending_email_validation",
    "invite": "on",
    "password": "",
}
GET_PAGES = ["add", "detail", "suspend", "role", "status", "password", "remove"]
POST_PAGES = [
    "add",
    "invite",
    "suspend",
    "reactivate",
    "role",
    "status",
    "password",
    "reset",
    "remove",
]
GOOD: dict[str, dict[str, str]] = {
    "add": ADD,
    "suspend": {"reason": "Left"},
    "role": {"role": "billing"},
    "status": {"status": "active"},
    "password": {"password1": "a long password 12", "password2": "a long password 12"},
}
MAY_MANAGE = {"owner", "admin", "support"}


def page_of(name: str, customer: Customer, person: User | None = None) -> str:
    args = [customer.pk, person.pk] if person else [customer.pk]
    return reverse(f"console:people:{name}", "config.urls_reseller", args=args)


def page_about(name: str, membership: Membership) -> str:
    person = None if name == "add" else membership.user
    return page_of(name, membership.customer, person)


@pytest.fixture
def customer(alpha: Reseller) -> Customer:
    """A company with an administrator, so that others may go."""
    acme: Customer = CustomerFactory(organization_name="Acme")
    MembershipFactory(customer=acme)
    return acme


@pytest.fixture
def support_client(alpha: Reseller, alpha_client: HostClient) -> HostClient:
    log_in(alpha_client, StaffRole.SUPPORT)
    return alpha_client


def snapshot() -> list[object]:
    return [
        list(User.objects.order_by("pk").values("pk", "status", "password", "full_name")),
        list(Membership.objects.order_by("pk").values()),
        AuditEntry.objects.count(),
        OutgoingMail.objects.count(),
        OneTimeLink.objects.count(),
    ]


class TestWhoMaySee:
    @pytest.mark.parametrize("role", StaffRole)
    @pytest.mark.parametrize("name", GET_PAGES)
    def test_each_role_reads(
        self, customer: Customer, alpha_client: HostClient, role: str, name: str
    ) -> None:
        membership = MembershipFactory(customer=customer)
        log_in(alpha_client, role)

        response = alpha_client.get(page_about(name, membership))

        allowed = name == "detail" or role in MAY_MANAGE
        assert response.status_code == (200 if allowed else 403)

    @pytest.mark.parametrize("role", [StaffRole.BILLING, StaffRole.VIEWER])
    @pytest.mark.parametrize("name", POST_PAGES)
    def test_weaker_roles_change_nothing(
        self, customer: Customer, alpha_client: HostClient, role: str, name: str
    ) -> None:
        membership = MembershipFactory(customer=customer, pending_approval=True)
        log_in(alpha_client, role)
        before = snapshot()

        response = alpha_client.post(page_about(name, membership), GOOD.get(name, {}))

        assert response.status_code == 403
        assert snapshot() == before

    @pytest.mark.parametrize("name", POST_PAGES)
    def test_reading_changes_nothing(
        self, customer: Customer, support_client: HostClient, name: str
    ) -> None:
        membership = MembershipFactory(customer=customer, suspended=True)
        before = snapshot()

        response = support_client.get(page_about(name, membership))

        assert response.status_code == (405 if name in {"invite", "reactivate", "reset"} else 200)
        assert snapshot() == before

    @pytest.mark.parametrize("name", [name for name in POST_PAGES if name != "add"])
    def test_a_person_is_found_only_under_their_own_customer(
        self, customer: Customer, support_client: HostClient, name: str
    ) -> None:
        stranger = MembershipFactory(pending_approval=True).user
        before = snapshot()

        address = page_of(name, customer, stranger)

        assert support_client.post(address, GOOD.get(name, {})).status_code == 404
        assert snapshot() == before

    def test_people_of_the_customer_find_nothing_here(
        self, customer: Customer, alpha_client: HostClient
    ) -> None:
        membership = MembershipFactory(customer=customer)
        alpha_client.force_login(membership.user)

        assert alpha_client.get(page_about("detail", membership)).status_code == 404


class TestAdd:
    def test_invites_the_first_administrator(
        self, alpha: Reseller, support_client: HostClient
    ) -> None:
        empty = CustomerFactory(contact_name="Anna", contact_email="anna@acme.example")

        page = support_client.get(page_of("add", empty))
        response = support_client.post(page_of("add", empty), ADD, follow=True)

        assert "role" not in page.context["form"].fields
        assert "Create administrator</button>" in page.content.decode()
        assert "Skip for now</a>" in page.content.decode()
        assert page.context["form"].initial["email"] == "anna@acme.example"
        membership = Membership.objects.get(customer=empty)
        assert membership.role == CustomerRole.ADMINISTRATOR
        assert OutgoingMail.objects.get().kind == "customer_invitation"
        assert "Anna Müller was added and invited." in response.content.decode()

    def test_adds_somebody_with_a_role(
        self, customer: Customer, support_client: HostClient
    ) -> None:
        data = {name: text for name, text in ADD.items() if name != "invite"}
        response = support_client.post(page_of("add", customer), data, follow=True)

        membership = Membership.objects.get(user__email="anna@acme.example")
        assert (membership.role, membership.user.status) == (
            CustomerRole.VIEWER,
            Status.PENDING_EMAIL_VALIDATION,
        )
        assert not OutgoingMail.objects.exists()
        assert "Anna Müller was added." in response.content.decode()

    @pytest.mark.parametrize("status", Status)
    def test_each_status_can_be_chosen(
        self, customer: Customer, support_client: HostClient, status: str
    ) -> None:
        data = {**ADD, "status": status, "invite": ""}

        support_client.post(page_of("add", customer), data)

        assert User.objects.get(email="anna@acme.example").status == status

    def test_somebody_known_joins(self, customer: Customer, support_client: HostClient) -> None:
        known = MembershipFactory(user__full_name="Known Kim").user

        data = {**ADD, "email": known.email.upper()}
        response = support_client.post(page_of("add", customer), data, follow=True)

        assert Membership.objects.filter(user=known).count() == 2
        page = response.content.decode()
        assert "Known Kim was known already and belongs to Acme now, too." in page

    @pytest.mark.parametrize(
        ("changes", "field", "sentence"),
        [
            ({"full_name": ""}, "full_name", "required"),
            ({"email": ""}, "email", "required"),
            ({"email": "nobody"}, "email", "valid email"),
            ({"email": "x" * 250 + "@acme.example"}, "email", "at most 254"),
            ({"role": "owner"}, "role", "valid choice"),
            ({"status": "away"}, "status", "valid choice"),
            ({"status": "suspended"}, "invite", "cannot be invited"),
            ({"password": "short", "invite": ""}, "password", "too short"),
            ({"password": "anna@acme.example", "invite": ""}, "password", "too similar"),
            ({"password": "a long password 12"}, "password", "not both"),
        ],
    )
    def test_says_beside_the_field_what_is_wrong(
        self,
        customer: Customer,
        support_client: HostClient,
        changes: dict[str, str],
        field: str,
        sentence: str,
    ) -> None:
        before = snapshot()

        response = support_client.post(page_of("add", customer), {**ADD, **changes})

        errors = response.context["form"].errors
        assert list(errors) == [field]
        assert sentence in " ".join(errors[field])
        assert snapshot() == before

    def test_refuses_somebody_twice(self, customer: Customer, support_client: HostClient) -> None:
        known = MembershipFactory(customer=customer).user

        response = support_client.post(page_of("add", customer), {**ADD, "email": known.email})

        assert "belongs to this customer already" in str(response.context["form"].errors["email"])
        assert 'value="Anna Müller"' in response.content.decode()

    def test_a_refusal_about_a_field_that_is_not_shown_is_shown_all_the_same(
        self, customer: Customer, support_client: HostClient
    ) -> None:
        colleague = StaffMemberFactory(invited=True).user

        data = {**ADD, "email": colleague.email}
        response = support_client.post(page_of("add", customer), data)

        assert "Only people who manage the team" in response.content.decode()

    @pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
    @pytest.mark.parametrize("field", ADD)
    def test_takes_or_refuses_whatever_is_typed(
        self, customer: Customer, support_client: HostClient, field: str, text: str
    ) -> None:
        response = support_client.post(page_of("add", customer), {**ADD, field: text})

        assert response.status_code in {200, 302}
        added = User.objects.filter(memberships__customer=customer).count() - 1
        assert added == (1 if response.status_code == 302 else 0)
        assert "<script>alert" not in response.content.decode()


class TestList:
    def test_shows_role_status_and_invitation(
        self, customer: Customer, support_client: HostClient
    ) -> None:
        support_client.post(page_of("add", customer), ADD)
        late = MembershipFactory(customer=customer, pending_email_validation=True)
        support_client.post(page_about("invite", late))
        OneTimeLink.objects.filter(user=late.user).update(
            created_at=timezone.now() - dt.timedelta(days=9),
            expires_at=timezone.now() - dt.timedelta(days=2),
        )
        MembershipFactory(user__full_name="Foreign Person")

        page = support_client.get(page_of("list", customer)).content.decode()

        for text in ("Anna Müller", "Viewer", "invitation ends", "Invitation expired", "3 people"):
            assert text in page
        assert "Foreign Person" not in page

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({"q": "otto ACME"}, ["Otto"]),
            ({"q": "otto zz"}, []),
            ({"view": "waiting"}, ["Wanda"]),
            ({"view": "suspended"}, ["Sven"]),
            ({"view": "active", "sort": "-user__full_name"}, ["Otto", "Anna"]),
        ],
    )
    def test_search_views_and_order(
        self, support_client: HostClient, query: dict[str, str], found: list[str]
    ) -> None:
        acme = CustomerFactory()
        for name, status in (
            ("Sven", Status.SUSPENDED),
            ("Otto", Status.ACTIVE),
            ("Wanda", Status.PENDING_APPROVAL),
            ("Anna", Status.ACTIVE),
        ):
            user = UserFactory(full_name=name, email=f"{name}@acme.example".lower(), status=status)
            MembershipFactory(customer=acme, user=user)

        page = support_client.get(page_of("list", acme), query)

        assert [str(row.record.user) for row in page.context["listing"].rows] == found

    def test_more_people_cost_no_more_queries(
        self, customer: Customer, support_client: HostClient
    ) -> None:
        counts = []
        for _ in range(2):
            MembershipFactory.create_batch(10, customer=customer)
            support_client.get(page_of("list", customer))
            with CaptureQueriesContext(connection) as captured:
                support_client.get(page_of("list", customer))
            counts.append(len(captured))

        assert counts[0] == counts[1] <= 8


class TestDetail:
    def test_tells_status_role_invitation_and_other_customers(
        self, customer: Customer, support_client: HostClient
    ) -> None:
        membership = MembershipFactory(customer=customer, pending_email_validation=True)
        other = MembershipFactory(user=membership.user, billing=True).customer
        support_client.post(page_about("invite", membership))

        page = support_client.get(page_about("detail", membership)).content.decode()

        for text in ("Pending Email Validation", "Administrator", "invitation ends", str(other)):
            assert text in page
        assert "Resend invitation" in page

    @pytest.mark.parametrize(
        ("status", "offered", "not_offered"),
        [
            (
                Status.PENDING_EMAIL_VALIDATION,
                {"invite", "suspend", "status"},
                {"reactivate", "reset"},
            ),
            (Status.PENDING_APPROVAL, {"invite", "suspend", "status"}, {"reactivate", "reset"}),
            (Status.ACTIVE, {"suspend", "reset"}, {"invite", "reactivate", "status"}),
            (Status.SUSPENDED, {"reactivate", "status"}, {"invite", "suspend", "reset"}),
        ],
    )
    def test_offers_what_can_be_done_next(
        self,
        customer: Customer,
        support_client: HostClient,
        status: str,
        offered: set[str],
        not_offered: set[str],
    ) -> None:
        membership = MembershipFactory(
            customer=customer, user__status=status, user__with_password=True
        )

        page = support_client.get(page_about("detail", membership)).content.decode()

        shown = set(re.findall(rf"people/{membership.user_id}/(\w+)/", page))
        assert shown >= offered | {"role", "password", "remove"}
        assert not shown & not_offered

    def test_offers_nothing_to_who_may_not_manage_people(
        self, customer: Customer, alpha_client: HostClient
    ) -> None:
        membership = MembershipFactory(customer=customer)
        log_in(alpha_client, StaffRole.VIEWER)

        page = alpha_client.get(page_about("detail", membership)).content.decode()

        assert re.findall(rf"people/{membership.user_id}/(\w+)/", page) == []

    def test_the_log_in_of_a_colleague_is_managed_on_the_team_page_only(
        self, customer: Customer, support_client: HostClient
    ) -> None:
        owner = StaffMemberFactory(owner=True, user__with_password=True).user
        membership = MembershipFactory(customer=customer, user=owner)
        before = snapshot()

        page = support_client.get(page_about("detail", membership)).content.decode()
        for name in ("invite", "suspend", "reactivate", "status", "password", "reset"):
            support_client.post(page_about(name, membership), GOOD.get(name, {}))

        assert "belongs to your own team" in page
        assert snapshot() == before
        owner.refresh_from_db()
        assert owner.check_password(PASSWORD)

    def test_the_timeline_tells_the_whole_story(
        self, customer: Customer, support_client: HostClient
    ) -> None:
        support_client.post(page_of("add", customer), ADD)
        membership = Membership.objects.get(user__email="anna@acme.example")
        support_client.post(page_about("role", membership), {"role": "billing"})
        support_client.post(page_about("suspend", membership), {"reason": "Holidays"})
        support_client.post(page_about("reactivate", membership))

        own = support_client.get(page_about("detail", membership)).content.decode()
        customers = reverse(
            "console:customers:timeline", "config.urls_reseller", args=[customer.pk]
        )
        company = support_client.get(customers).content.decode()

        for page in (own, company):
            for text in (
                "added Anna Müller at Acme",
                "invited Anna Müller",
                "changed the role of Anna Müller at Acme",
                "Role: Viewer → Billing",
                "suspended Anna Müller",
                "Holidays",
                "reactivated Anna Müller",
                "anna@acme.example",
            ):
                assert text in page, text

    def test_costs_few_queries(self, customer: Customer, support_client: HostClient) -> None:
        membership = MembershipFactory(customer=customer)
        support_client.get(page_about("detail", membership))

        with CaptureQueriesContext(connection) as captured:
            support_client.get(page_about("detail", membership))

        assert len(captured) <= 12


def set_to(status: str) -> Callable[[HostClient, Membership], object]:
    return lambda client, one: client.post(page_about("status", one), {"status": status})


DECIDE: dict[str, Callable[[HostClient, Membership], object]] = {
    "suspend": lambda client, one: client.post(page_about("suspend", one), {"reason": ""}),
    "reactivate": lambda client, one: client.post(page_about("reactivate", one)),
    **{f"set {status}": set_to(status) for status in Status},
}
# What each status becomes; whatever is not listed stays as it is.
BECOMES = {
    (Status.PENDING_EMAIL_VALIDATION, "suspend"): Status.SUSPENDED,
    (Status.PENDING_APPROVAL, "suspend"): Status.SUSPENDED,
    (Status.ACTIVE, "suspend"): Status.SUSPENDED,
    (Status.SUSPENDED, "reactivate"): Status.ACTIVE,
    **{
        (old, f"set {new}"): new
        for old, allowed in accounts_people.ALLOWED.items()
        for new in allowed
    },
}


@pytest.mark.parametrize("action", DECIDE)
@pytest.mark.parametrize("old", Status)
def test_statuses(customer: Customer, support_client: HostClient, old: str, action: str) -> None:
    membership = MembershipFactory(customer=customer, user__status=old, user__with_password=True)

    DECIDE[action](support_client, membership)

    membership.user.refresh_from_db()
    expected = BECOMES.get((Status(old), action), old)
    assert membership.user.status == expected
    assert AuditEntry.objects.filter(subject_id=membership.user_id).exists() is (expected != old)


class TestActions:
    def test_suspend_tells_why_and_where_else(
        self, customer: Customer, support_client: HostClient
    ) -> None:
        membership = MembershipFactory(customer=customer)
        other = MembershipFactory(user=membership.user, viewer=True).customer
        MembershipFactory(customer=other)

        question = support_client.get(page_about("suspend", membership)).content.decode()
        support_client.post(page_about("suspend", membership), {"reason": "Left the company"})

        assert str(other) in question
        assert AuditEntry.objects.get(action="user.suspended").note == "Left the company"
        assert OutgoingMail.objects.get().kind == "account_suspended"

    @pytest.mark.parametrize("name", ["suspend", "remove", "role"])
    def test_the_last_administrator_stays_and_the_page_says_why(
        self, support_client: HostClient, name: str
    ) -> None:
        membership = MembershipFactory()
        before = snapshot()

        response = support_client.post(
            page_about(name, membership), GOOD.get(name, {}), follow=True
        )

        assert "is the last active administrator" in response.content.decode()
        assert snapshot() == before

    def test_remove_goes_back_to_the_customer(
        self, customer: Customer, support_client: HostClient
    ) -> None:
        membership = MembershipFactory(customer=customer)

        response = support_client.post(page_about("remove", membership), follow=True)

        assert not Membership.objects.filter(pk=membership.pk).exists()
        assert f"{membership.user} was removed." in response.content.decode()

    def test_invite_to_somebody_who_can_log_in_is_refused(
        self, customer: Customer, support_client: HostClient
    ) -> None:
        membership = MembershipFactory(customer=customer, user__with_password=True)

        response = support_client.post(page_about("invite", membership), follow=True)

        assert "no link is needed" in response.content.decode()
        assert not OutgoingMail.objects.exists()

    def test_a_link_for_a_new_password_goes_to_active_people_only(
        self, customer: Customer, support_client: HostClient
    ) -> None:
        active = MembershipFactory(customer=customer)
        waiting = MembershipFactory(customer=customer, pending_approval=True)

        done = support_client.post(page_about("reset", active), follow=True)
        refused = support_client.post(page_about("reset", waiting), follow=True)

        assert "gets a link to choose a new password" in done.content.decode()
        assert "Only somebody who is active" in refused.content.decode()
        mail = OutgoingMail.objects.get()
        assert (mail.kind, mail.recipient_email) == ("password_reset_offer", active.user.email)
        assert customer.pk in AuditEntry.objects.get().about

    def test_a_typed_password_opens_the_door(
        self, customer: Customer, support_client: HostClient
    ) -> None:
        membership = MembershipFactory(customer=customer)

        support_client.post(page_about("password", membership), GOOD["password"])

        membership.user.refresh_from_db()
        assert membership.user.check_password("a long password 12")
        assert AuditEntry.objects.get().action == "user.password_set"

    @pytest.mark.parametrize(
        ("first", "second", "field"),
        [
            ("", "", "password1"),
            ("short 1", "short 1", "password1"),
            ("1234567890123", "1234567890123", "password1"),
            ("password123", "password123", "password1"),
            ("a long password 12", "a long password 13", "password2"),
            ("a long password 12", "", "password2"),
            ("a long\x00password 12", "a long\x00password 12", "password1"),
            ("x" * 129, "x" * 129, "password1"),
        ],
    )
    def test_a_poor_password_is_refused(
        self,
        customer: Customer,
        support_client: HostClient,
        first: str,
        second: str,
        field: str,
    ) -> None:
        membership = MembershipFactory(customer=customer)
        before = snapshot()

        data = {"password1": first, "password2": second}
        response = support_client.post(page_about("password", membership), data)

        assert field in response.context["form"].errors
        assert snapshot() == before
        assert "password 12" not in response.content.decode()

    @pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
    @pytest.mark.parametrize(
        ("name", "field"), [("suspend", "reason"), ("role", "role"), ("status", "status")]
    )
    def test_takes_or_refuses_whatever_is_typed(
        self, customer: Customer, support_client: HostClient, name: str, field: str, text: str
    ) -> None:
        membership = MembershipFactory(customer=customer, pending_approval=True)

        response = support_client.post(page_about(name, membership), {field: text})

        assert response.status_code in {200, 302}
        if response.status_code == 200:
            assert response.context["form"].errors


def test_a_person_without_a_name_is_shown_by_e_mail(
    customer: Customer, support_client: HostClient
) -> None:
    nameless = UserFactory(full_name="", email="nameless@acme.example")
    membership = MembershipFactory(customer=customer, user=nameless)

    page = support_client.get(page_about("detail", membership)).content.decode()

    assert "<h1>nameless@acme.example</h1>" in page
