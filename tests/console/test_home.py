"""The first page after log-in."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import links
from accounts.models import OneTimeLink
from accounts.roles import StaffRole
from notifications.models import OutgoingMail
from resellers.models import Reseller
from tests.factories.accounts import StaffMemberFactory
from tests.factories.approvals import ApprovalRequestFactory
from tests.factories.customers import CustomerFactory, MembershipFactory
from tests.harness.clients import HostClient

HOME = reverse("console:home", "config.urls_reseller")


@pytest.fixture
def owner_client(alpha: Reseller, alpha_client: HostClient) -> HostClient:
    alpha_client.force_login(StaffMemberFactory(owner=True).user)
    return alpha_client


def failed_mail(**fields: object) -> OutgoingMail:
    values = {
        "kind": "welcome",
        "unique_key": f"key:{OutgoingMail.objects.count()}",
        "recipient_email": "anna@acme.example",
        "language": "en",
        "subject": "Welcome",
        "text_body": "",
        "html_body": "",
        "state": OutgoingMail.State.FAILED,
        "next_attempt_at": None,
    }
    mail: OutgoingMail = OutgoingMail.objects.create(**{**values, **fields})
    return mail


def test_an_empty_house_says_what_to_do_first(owner_client: HostClient) -> None:
    page = owner_client.get(HOME).content.decode()

    assert "Add your first customer" in page
    assert reverse("console:customers:create", "config.urls_reseller") in page
    assert "First steps" in page


def test_who_may_not_add_customers_is_not_told_to(
    alpha: Reseller, alpha_client: HostClient
) -> None:
    alpha_client.force_login(StaffMemberFactory(viewer=True).user)

    page = alpha_client.get(HOME).content.decode()

    assert "No customers yet" in page
    assert "customers/create/" not in page


@pytest.mark.parametrize(
    ("role", "sees_it"),
    [
        (StaffRole.OWNER, True),
        (StaffRole.ADMIN, True),
        (StaffRole.SUPPORT, False),
        (StaffRole.BILLING, False),
        (StaffRole.VIEWER, False),
    ],
)
def test_waiting_requests_are_counted_for_who_decides(
    alpha: Reseller, alpha_client: HostClient, role: str, sees_it: bool
) -> None:
    ApprovalRequestFactory.create_batch(3)
    ApprovalRequestFactory(draft=True)
    ApprovalRequestFactory(declined=True)
    alpha_client.force_login(StaffMemberFactory(role=role).user)

    page = alpha_client.get(HOME).content.decode()

    assert ("Requests wait for a decision" in page) is sees_it
    assert ('<span class="menu-count">3' in page) is sees_it
    assert ('<p class="home-number">3</p>' in page) is sees_it


def test_open_invitations_are_listed_the_most_urgent_first(owner_client: HostClient) -> None:
    late = MembershipFactory(user__full_name="Late Lena", pending_email_validation=True)
    soon = MembershipFactory(user__full_name="Soon Sam", pending_email_validation=True)
    accepted = MembershipFactory(user__full_name="Done Dora")
    for membership in (late, soon):
        links.issue(membership.user, OneTimeLink.Purpose.INVITATION)
    past = timezone.now() - dt.timedelta(days=9)
    OneTimeLink.objects.filter(user=late.user).update(
        created_at=past, expires_at=past + dt.timedelta(days=7)
    )

    page = owner_client.get(HOME).content.decode()

    assert page.index("Late Lena") < page.index("Soon Sam")
    assert page.count("Invitation expired") == 1
    assert str(accepted.user) not in page


def test_mails_that_failed_are_listed_until_they_are_sent_again(owner_client: HostClient) -> None:
    CustomerFactory()
    mended, lost = failed_mail(), failed_mail(recipient_email="ben@acme.example")
    failed_mail(state=OutgoingMail.State.SENT, sent_at=timezone.now())
    failed_mail(
        recipient_email="old@acme.example", created_at=timezone.now() - dt.timedelta(days=20)
    )

    page = owner_client.get(HOME).content.decode()

    assert lost.recipient_email in page
    assert mended.recipient_email not in page
    assert "old@acme.example" not in page


def test_the_newest_customers_come_first(owner_client: HostClient) -> None:
    now = timezone.now()
    for age in range(7):
        CustomerFactory(organization_name=f"Age {age}", created_at=now - dt.timedelta(hours=age))

    page = owner_client.get(HOME).content.decode()

    assert page.index("Age 0") < page.index("Age 4")
    assert "Age 5" not in page


def test_a_full_house_costs_few_queries(
    owner_client: HostClient, django_assert_max_num_queries: object
) -> None:
    for _ in range(8):
        links.issue(MembershipFactory().user, OneTimeLink.Purpose.INVITATION)
        failed_mail(recipient_email=f"{_}@acme.example")
    ApprovalRequestFactory.create_batch(2)

    with django_assert_max_num_queries(12):  # type: ignore[operator]
        owner_client.get(HOME)
