"""A customer's administrators manage the people of their own company, and of no other."""

import re
import uuid

import pytest
from django.utils import timezone

from accounts.models import User
from audit.models import AuditEntry
from customers.models import Customer, Membership
from customers.roles import CustomerRole
from notifications.models import OutgoingMail
from resellers.models import Reseller
from tests.factories.accounts import StaffMemberFactory, UserFactory
from tests.factories.customers import CustomerFactory, MembershipFactory
from tests.harness.clients import HostClient

Status = User.Status
NEW = {"full_name": "Anna Müller", "email": "anna@acme.example", "role": "viewer"}
DO = ["invite", "role", "suspend", "reactivate", "reset", "remove"]
BODY = {"role": {"role": "billing"}, "suspend": {"reason": "Left"}}


@pytest.fixture
def customer(alpha: Reseller) -> Customer:
    acme: Customer = CustomerFactory(organization_name="Acme")
    return acme


@pytest.fixture
def zoe(customer: Customer, alpha_client: HostClient) -> User:
    """The company's administrator, logged in."""
    user: User = MembershipFactory(customer=customer, user__full_name="Zoe").user
    alpha_client.force_login(user)
    return user


def people(customer: Customer, *parts: object) -> str:
    return f"/portal/{customer.pk}/people/" + "".join(f"{part}/" for part in parts)


def about(membership: Membership, *parts: object) -> str:
    return people(membership.customer, membership.user_id, *parts)


def snapshot() -> list[object]:
    return [
        list(User.objects.order_by("pk").values("pk", "email", "status")),
        list(Membership.objects.order_by("pk").values()),
        AuditEntry.objects.count(),
        OutgoingMail.objects.count(),
    ]


class TestWhoMay:
    @pytest.mark.parametrize("role", [CustomerRole.BILLING, CustomerRole.VIEWER])
    @pytest.mark.parametrize("name", DO)
    def test_only_administrators_manage(
        self, customer: Customer, alpha_client: HostClient, name: str, role: str
    ) -> None:
        alpha_client.force_login(MembershipFactory(customer=customer, role=role).user)
        ben = MembershipFactory(customer=customer)
        before = snapshot()

        answers = [
            alpha_client.post(about(ben, name), BODY.get(name, {})),
            alpha_client.post(people(customer, "add"), NEW),
        ]

        assert [each.status_code for each in answers] == [403, 403]
        assert snapshot() == before

    @pytest.mark.parametrize("name", ["", *DO])
    def test_people_of_another_company_are_not_found(
        self, customer: Customer, zoe: User, alpha_client: HostClient, name: str
    ) -> None:
        stranger = MembershipFactory()
        before = snapshot()

        crossed = people(customer, stranger.user_id, *([name] if name else []))
        for path in (crossed, about(stranger), people(customer, uuid.uuid4())):
            assert alpha_client.get(path).status_code in {404, 405}
            assert alpha_client.post(path, BODY.get(name, {})).status_code in {404, 405}

        assert snapshot() == before

    def test_the_role_at_one_company_opens_no_other(
        self, customer: Customer, zoe: User, alpha_client: HostClient
    ) -> None:
        other = MembershipFactory(user=zoe, viewer=True).customer

        assert alpha_client.post(people(other, "add"), NEW).status_code == 403


class TestAdd:
    def answer(self, client: HostClient, customer: Customer) -> list[str]:
        """Everything that the administrator gets to see after adding Anna."""
        response = client.post(people(customer, "add"), NEW)
        added = Membership.objects.get(customer=customer, user__email=NEW["email"])
        pages = [
            client.get(path).content.decode()
            for path in (
                people(customer),
                people(customer) + "?q=anna",
                people(customer) + "?q=real",
                people(customer) + "?view=waiting",
                about(added),
                about(added, "role"),
                about(added, "remove"),
                about(added, "suspend"),
            )
        ]
        pages += [
            client.post(about(added, name), BODY.get(name, {}), follow=True).content.decode()
            for name in DO
        ]
        # Moments differ between two runs; how they read does not.
        text = re.sub(r"<time [^>]*>", "<time>", "\n".join(pages))
        text = text.replace(str(added.user_id), "PERSON").replace(str(customer.pk), "C")
        lines = [line for line in text.splitlines() if "csrfmiddlewaretoken" not in line]
        return [str(response.status_code), *lines]

    @pytest.mark.parametrize(
        "known",
        [
            {"with_password": True},
            {"with_password": True, "last_login": timezone.now()},
            {"pending_email_validation": True},
            {"pending_approval": True},
            {"suspended": True},
        ],
    )
    def test_the_administrator_does_not_learn_whether_the_e_mail_was_known(
        self, alpha: Reseller, alpha_client: HostClient, known: dict[str, object]
    ) -> None:
        answers = []
        for is_known in (False, True):
            company = CustomerFactory(organization_name="Acme")
            admin = MembershipFactory(
                customer=company, user__full_name="Zoe", user__email=f"zoe{is_known:d}@acme.example"
            ).user
            if is_known:
                user = UserFactory(email=NEW["email"], full_name="Real Name", **known)
                MembershipFactory(user=user, customer__organization_name="Secret Corp")
            alpha_client.force_login(admin)
            seen = self.answer(alpha_client, company)
            answers.append(
                [line.replace(admin.email, "ZOE").replace(str(admin.pk), "ZOE") for line in seen]
            )
            User.objects.filter(email=NEW["email"]).update(email=f"gone{is_known:d}@x.example")

        assert answers[0] == answers[1]
        assert "Real Name" not in str(answers)
        assert "Secret Corp" not in str(answers)
        assert "\n".join(answers[0]).count("Anna Müller") > 10

    def test_invites_and_says_so(
        self, customer: Customer, zoe: User, alpha_client: HostClient
    ) -> None:
        page = alpha_client.post(people(customer, "add"), NEW, follow=True).content.decode()

        assert "Anna Müller is invited." in page
        assert "Pending Email Validation" in page
        assert "invitation ends" in page
        mail = OutgoingMail.objects.get()
        assert (mail.kind, mail.recipient_email) == ("customer_invitation", "anna@acme.example")
        entry = AuditEntry.objects.get(action="membership.added")
        assert (entry.actor_id, customer.pk in entry.about) == (zoe.pk, True)

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"full_name": ""}, "full_name"),
            ({"email": "anna"}, "email"),
            ({"email": "ZOE@acme.example"}, "email"),
            ({"role": "owner"}, "role"),
            ({"full_name": "a\x00b"}, "full_name"),
            ({"full_name": "x" * 121}, "full_name"),
        ],
    )
    def test_says_beside_the_field_what_is_wrong(
        self,
        customer: Customer,
        zoe: User,
        alpha_client: HostClient,
        changes: dict[str, str],
        field: str,
    ) -> None:
        User.objects.filter(pk=zoe.pk).update(email="zoe@acme.example")
        before = snapshot()

        response = alpha_client.post(people(customer, "add"), {**NEW, **changes})

        assert list(response.context["form"].errors) == [field]
        assert snapshot() == before


# What is offered to whom is shown as that.
OFFERED = {
    Status.PENDING_EMAIL_VALIDATION: {"invite"},
    Status.PENDING_APPROVAL: {"invite"},
    Status.ACTIVE: {"reset", "suspend"},
    Status.SUSPENDED: {"reactivate"},
}


class TestOnePerson:
    @pytest.mark.parametrize("status", Status)
    def test_offers_what_can_be_done_next(
        self, customer: Customer, zoe: User, alpha_client: HostClient, status: str
    ) -> None:
        ben = MembershipFactory(customer=customer, user__status=status)

        page = alpha_client.get(about(ben)).content.decode()

        offered = {name for name in DO if about(ben, name) in page}
        assert offered == OFFERED[Status(status)] | {"role", "remove"}

    @pytest.mark.parametrize(
        ("status", "name", "becomes", "sentence"),
        [
            (Status.ACTIVE, "suspend", Status.SUSPENDED, "is suspended."),
            (Status.ACTIVE, "reset", Status.ACTIVE, "gets a link"),
            (Status.ACTIVE, "reactivate", Status.ACTIVE, "is not suspended"),
            (Status.ACTIVE, "invite", Status.ACTIVE, "needs no invitation"),
            (Status.SUSPENDED, "reset", Status.SUSPENDED, "Only somebody who is active"),
            (Status.SUSPENDED, "reactivate", Status.SUSPENDED, "Only Alpha Cloud can do that"),
            (Status.SUSPENDED, "invite", Status.SUSPENDED, "needs no invitation"),
            (Status.PENDING_APPROVAL, "suspend", Status.PENDING_APPROVAL, "You can remove"),
            (Status.PENDING_APPROVAL, "invite", Status.PENDING_APPROVAL, "invited once more"),
        ],
    )
    def test_each_deed_is_done_or_refused_in_words(
        self,
        customer: Customer,
        zoe: User,
        alpha_client: HostClient,
        status: str,
        name: str,
        becomes: str,
        sentence: str,
    ) -> None:
        ben = MembershipFactory(customer=customer, user__status=status, user__with_password=True)

        response = alpha_client.post(about(ben, name), BODY.get(name, {}), follow=True)

        assert sentence in response.content.decode()
        ben.user.refresh_from_db()
        assert ben.user.status == becomes

    def test_suspended_and_let_in_again(
        self, customer: Customer, zoe: User, alpha_client: HostClient
    ) -> None:
        ben = MembershipFactory(customer=customer, viewer=True)

        alpha_client.post(about(ben, "suspend"), {"reason": "Left"})
        page = alpha_client.post(about(ben, "reactivate"), follow=True).content.decode()

        assert "is no longer suspended" in page
        ben.user.refresh_from_db()
        assert ben.user.status == Status.ACTIVE

    def test_a_person_of_several_companies_is_not_suspended_and_none_is_named(
        self, customer: Customer, zoe: User, alpha_client: HostClient
    ) -> None:
        ben = MembershipFactory(customer=customer, viewer=True)
        MembershipFactory(user=ben.user, customer__organization_name="Secret Corp")

        pages = [
            alpha_client.get(about(ben)).content.decode(),
            alpha_client.get(about(ben, "suspend")).content.decode(),
            alpha_client.post(about(ben, "suspend"), {"reason": ""}).content.decode(),
        ]

        assert "Only Alpha Cloud can do that for this person." in pages[-1]
        assert "Secret Corp" not in "".join(pages)
        ben.user.refresh_from_db()
        assert ben.user.status == Status.ACTIVE

    def test_role_and_leaving(
        self, customer: Customer, zoe: User, alpha_client: HostClient
    ) -> None:
        ben = MembershipFactory(customer=customer, viewer=True, user__full_name="Ben")

        changed = alpha_client.post(about(ben, "role"), {"role": "billing"}, follow=True)
        removed = alpha_client.post(about(ben, "remove"), follow=True)

        assert "The role of Ben was changed." in changed.content.decode()
        assert "Ben was removed." in removed.content.decode()
        assert not Membership.objects.filter(pk=ben.pk).exists()

    @pytest.mark.parametrize("name", ["role", "remove"])
    def test_who_steps_down_is_led_home(
        self, customer: Customer, zoe: User, alpha_client: HostClient, name: str
    ) -> None:
        MembershipFactory(customer=customer)
        own = Membership.objects.get(user=zoe)

        response = alpha_client.post(about(own, name), BODY.get(name, {}), follow=True)

        assert response.status_code == 200
        assert response.redirect_chain[0][0] == "/portal/"

    def test_the_last_administrator_stays(
        self, customer: Customer, zoe: User, alpha_client: HostClient
    ) -> None:
        own = Membership.objects.get(user=zoe)
        before = snapshot()

        pages = [
            alpha_client.post(about(own, "role"), {"role": "viewer"}),
            alpha_client.post(about(own, "remove"), follow=True),
        ]

        for page in pages:
            assert "is the last active administrator" in page.content.decode()
        assert snapshot() == before

    def test_one_of_the_resellers_team_is_left_alone(
        self, customer: Customer, zoe: User, alpha_client: HostClient
    ) -> None:
        ben = MembershipFactory(customer=customer, user=StaffMemberFactory(owner=True).user)
        before = snapshot()

        for name in ("suspend", "reset"):
            page = alpha_client.post(about(ben, name), {"reason": ""}, follow=True)
            assert "Only Alpha Cloud can do that" in page.content.decode()

        assert snapshot() == before
