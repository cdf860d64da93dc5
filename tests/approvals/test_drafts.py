"""Sign-ups that nobody validated go away; all others stay."""

import datetime as dt

import pytest
from django.db import transaction
from django.utils import timezone

from accounts import links
from accounts.models import OneTimeLink, User
from approvals import mails, tasks
from approvals.flows import drafts
from approvals.models import ApprovalRequest
from audit.models import AuditEntry
from notifications.models import OutgoingMail
from resellers.current import current_reseller
from resellers.models import Reseller
from tests.factories.approvals import ApprovalRequestFactory
from tests.factories.customers import MembershipFactory

pytestmark = pytest.mark.django_db


def days_ago(number: float) -> dt.datetime:
    return timezone.now() - dt.timedelta(days=number)


def draft(age: float = 15, **details: object) -> ApprovalRequest:
    request: ApprovalRequest = ApprovalRequestFactory(
        draft=True, created_at=days_ago(age), **details
    )
    return request


def issue_link(request: ApprovalRequest) -> OneTimeLink:
    with transaction.atomic():
        links.issue(request.requester, OneTimeLink.Purpose.EMAIL_VALIDATION)
    return OneTimeLink.objects.latest("created_at")


def test_an_old_draft_goes_with_its_person_and_its_mails(alpha: Reseller) -> None:
    old = draft(signup__company="Forgotten Ltd", requester__full_name="Anna Schmidt")
    link = issue_link(old)
    with transaction.atomic():
        mails.email_validation(old, link, token="x")
    OneTimeLink.objects.update(created_at=days_ago(9), expires_at=days_ago(6))

    tasks.discard_drafts()

    assert not ApprovalRequest.objects.exists()
    assert not User.objects.exists()
    assert not OutgoingMail.objects.exists()
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject_name) == ("request.expired", "Forgotten Ltd")
    assert entry.actor_id is None
    assert "Anna" not in str(AuditEntry.objects.values().get())


def test_a_young_draft_stays(alpha: Reseller) -> None:
    draft(age=13.9)

    tasks.discard_drafts()

    assert ApprovalRequest.objects.count() == User.objects.count() == 1


def test_an_old_draft_with_a_link_that_still_works_stays(alpha: Reseller) -> None:
    issue_link(draft())

    tasks.discard_drafts()

    assert ApprovalRequest.objects.count() == 1


@pytest.mark.parametrize("ended", ["used_at", "revoked_at"])
def test_a_link_that_was_used_or_replaced_saves_no_draft(alpha: Reseller, ended: str) -> None:
    issue_link(draft())
    OneTimeLink.objects.update(**{ended: timezone.now()})

    tasks.discard_drafts()

    assert not ApprovalRequest.objects.exists()


def test_an_invitation_saves_no_draft_but_its_person(alpha: Reseller) -> None:
    old = draft()
    MembershipFactory(user=old.requester)

    tasks.discard_drafts()

    assert not ApprovalRequest.objects.exists()
    assert User.objects.get() == old.requester


@pytest.mark.parametrize("trait", ["approved", "declined", ""])
def test_whatever_left_draft_stays(alpha: Reseller, trait: str) -> None:
    options = {trait: True} if trait else {}
    ApprovalRequestFactory(created_at=days_ago(99), submitted_at=days_ago(98), **options)

    tasks.discard_drafts()

    assert ApprovalRequest.objects.count() == 1
    assert not AuditEntry.objects.exists()


def test_a_declined_person_who_did_not_validate_again_is_declined_again(alpha: Reseller) -> None:
    old = draft()
    ApprovalRequestFactory(declined=True, requester=old.requester)
    User.objects.filter(pk=old.requester_id).update(status="pending_email_validation")

    tasks.discard_drafts()

    assert ApprovalRequest.objects.get().status == ApprovalRequest.Status.DECLINED
    assert User.objects.get(pk=old.requester_id).status == User.Status.SUSPENDED


def test_what_was_listed_and_then_validated_stays(alpha: Reseller) -> None:
    old = draft()
    listed = drafts.abandoned()
    ApprovalRequest.objects.update(status="pending", submitted_at=timezone.now())

    assert listed == [old.pk]
    assert drafts.discard(old.pk) is False
    assert ApprovalRequest.objects.count() == 1


def test_beat_lets_every_reseller_in_service_tidy_up(
    alpha: Reseller, bravo: Reseller, monkeypatch: pytest.MonkeyPatch
) -> None:
    swept: list[str] = []

    def note() -> None:
        swept.append(current_reseller().schema_name)

    monkeypatch.setattr(tasks.discard_drafts, "delay", note)

    tasks.sweep_drafts()

    assert sorted(swept) == ["alpha", "bravo"]
