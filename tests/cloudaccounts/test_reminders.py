"""Before an invitation runs out, those who can accept it are reminded: three times, once each."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from cloudaccounts import hooks
from cloudaccounts.errands import reminding
from cloudaccounts.models import Invitation
from notifications.models import OutgoingMail
from resellers.models import Reseller
from tests.factories.accounts import UserFactory
from tests.factories.cloudaccounts import InvitationFactory
from tests.factories.customers import MembershipFactory
from tests.races import overlap

pytestmark = pytest.mark.usefixtures("alpha")


def ending_in(**left: float) -> Invitation:
    """One that waits for the customer, whose administrator is Anna."""
    invitation: Invitation = InvitationFactory(
        pending=True, expires_at=timezone.now() + dt.timedelta(**left)
    )
    MembershipFactory(
        customer=invitation.account.customer, user__email=f"anna-{invitation.pk}@acme.example"
    )
    return invitation


def mailed(invitation: Invitation) -> list[str]:
    mails = OutgoingMail.objects.filter(about__contains=[invitation.account_id])
    return sorted(mails.values_list("recipient_email", flat=True))


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        ({"days": 8}, None),
        ({"days": 7, "minutes": 1}, None),
        ({"days": 7}, 7),
        ({"days": 3.5}, 7),
        ({"days": 3}, 3),
        ({"days": 1.5}, 3),
        ({"days": 1}, 1),
        ({"minutes": 1}, 1),
        ({"minutes": -1}, None),
    ],
)
def test_the_reminder_that_is_due_is_sent(left: dict[str, float], expected: int | None) -> None:
    invitation = ending_in(**left)

    reminding.remind()

    invitation.refresh_from_db()
    assert invitation.reminded_days == expected
    assert len(mailed(invitation)) == (0 if expected is None else 1)


def test_each_reminder_is_sent_once_and_three_in_all() -> None:
    invitation = ending_in(days=7)
    seen = []
    for days in (7, 6, 3, 2, 1, 0.5):
        ends_at = timezone.now() + dt.timedelta(days=days)
        Invitation.objects.filter(pk=invitation.pk).update(expires_at=ends_at)
        for _again in range(3):
            reminding.remind()
        seen.append(OutgoingMail.objects.count())

    assert seen == [1, 1, 2, 2, 3, 3]


def test_the_mail_says_which_account_and_until_when() -> None:
    invitation = ending_in(days=3)

    reminding.remind()

    mail = OutgoingMail.objects.get()
    assert mail.kind == "invitation_expires"
    assert invitation.account.account_id in mail.text_body
    assert invitation.account.name in mail.subject
    assert "console.aws.amazon.com/organizations" in mail.text_body
    assert set(mail.about) >= {invitation.account.pk, invitation.account.customer.pk}


def test_administrators_and_who_waits_are_told_and_nobody_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    invitation = ending_in(days=1)
    customer = invitation.account.customer
    MembershipFactory(customer=customer, viewer=True)
    MembershipFactory(customer=customer, suspended=True)
    MembershipFactory()
    requester = UserFactory(email="requester@acme.example")
    gone = UserFactory(suspended=True)
    administrator = User.objects.get(email=f"anna-{invitation.pk}@acme.example")
    watchers: dict[str, Any] = {"a": lambda _account: [requester, gone, administrator]}
    monkeypatch.setattr(hooks, "_watchers", watchers)

    reminding.remind()

    assert mailed(invitation) == [administrator.email, requester.email]


@pytest.mark.parametrize("state", ["accepted", "declined", "expired", "cancelled"])
def test_what_has_ended_is_not_reminded_of(state: str) -> None:
    ends_at = timezone.now() + dt.timedelta(days=1)
    invitation = InvitationFactory(**{state: True, "expires_at": ends_at})
    MembershipFactory(customer=invitation.account.customer)

    reminding.remind()

    assert not OutgoingMail.objects.exists()


def test_what_is_being_withdrawn_is_not_reminded_of() -> None:
    invitation = ending_in(days=1)
    Invitation.objects.update(is_to_be_cancelled=True)

    reminding.remind()

    assert mailed(invitation) == []


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_send_one_reminder(alpha: Reseller) -> None:
    ending_in(days=1)

    first, second = overlap(alpha, reminding.remind, reminding.remind)

    assert (first.error, second.error) == (None, None)
    assert OutgoingMail.objects.count() == 1
