"""Where the reseller's own people are mailed."""

import uuid

import pytest
from django.db import IntegrityError, transaction

from audit import sentences
from audit.models import AuditEntry
from notifications import flows
from notifications.models import MailSettings
from notifications.recipients import approvals_mailbox
from resellers.models import Reseller
from tests.factories.accounts import UserFactory
from tests.races import overlap


def test_without_settings_everybody_who_may_decide_is_mailed(alpha: Reseller) -> None:
    assert approvals_mailbox() == ""


def test_a_change_is_kept_and_recorded_with_old_and_new(alpha: Reseller) -> None:
    dana = UserFactory.create(full_name="Dana")
    flows.change_mail_settings(approvals_email="first@alpha.example", by=dana)

    flows.change_mail_settings(approvals_email="second@alpha.example", by=dana)

    assert approvals_mailbox() == "second@alpha.example"
    entry = AuditEntry.objects.first()
    assert entry is not None
    assert AuditEntry.objects.count() == 2
    assert sentences.sentence(entry) == "Dana changed the mail settings"
    assert sentences.changes(entry) == [
        sentences.Change(
            "Approval requests are mailed to", "first@alpha.example", "second@alpha.example"
        )
    ]
    assert sorted(entry.about) == sorted([MailSettings.KEY, alpha.id])


def test_saving_the_same_records_nothing(alpha: Reseller) -> None:
    flows.change_mail_settings(approvals_email="", by=UserFactory.create())

    assert not AuditEntry.objects.exists()


def test_there_is_one_row(alpha: Reseller) -> None:
    with pytest.raises(IntegrityError, match="mail_settings_one_row"), transaction.atomic():
        MailSettings.objects.create(id=uuid.uuid4())


@pytest.mark.django_db(transaction=True)
def test_two_changes_at_once_are_recorded_one_after_the_other(alpha: Reseller) -> None:
    dana = UserFactory.create()
    flows.change_mail_settings(approvals_email="start@alpha.example", by=dana)

    overlap(
        alpha,
        lambda: flows.change_mail_settings(approvals_email="one@alpha.example", by=dana),
        lambda: flows.change_mail_settings(approvals_email="two@alpha.example", by=dana),
    )

    changes = [entry.changes["approvals_email"] for entry in AuditEntry.objects.order_by("id")]
    assert changes == [
        ["", "start@alpha.example"],
        ["start@alpha.example", "one@alpha.example"],
        ["one@alpha.example", "two@alpha.example"],
    ]
    assert approvals_mailbox() == "two@alpha.example"
