"""Where the reseller's own people are mailed."""

import threading
import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django_tenants.utils import tenant_context

from audit import sentences
from audit.models import AuditEntry
from notifications import flows
from notifications.models import MailSettings
from notifications.recipients import approvals_mailbox
from resellers.models import Reseller
from tests.factories.accounts import UserFactory


def test_without_settings_everybody_who_may_decide_is_mailed(alpha: Reseller) -> None:
    assert approvals_mailbox() == ""


def test_a_change_is_kept_and_recorded_with_old_and_new(alpha: Reseller) -> None:
    dana = UserFactory(full_name="Dana")
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
    flows.change_mail_settings(approvals_email="", by=UserFactory())

    assert not AuditEntry.objects.exists()


def test_there_is_one_row(alpha: Reseller) -> None:
    with pytest.raises(IntegrityError, match="mail_settings_one_row"), transaction.atomic():
        MailSettings.objects.create(id=uuid.uuid4())


@pytest.mark.django_db(transaction=True)
def test_two_changes_at_once_are_recorded_one_after_the_other(alpha: Reseller) -> None:
    dana, starting_line = UserFactory(), threading.Barrier(2)
    flows.change_mail_settings(approvals_email="start@alpha.example", by=dana)

    def change(email: str) -> None:
        try:
            with tenant_context(alpha):
                MailSettings.objects.exists()  # connect before the start
                starting_line.wait()
                flows.change_mail_settings(approvals_email=email, by=dana)
        finally:
            connection.close()

    emails = ["one@alpha.example", "two@alpha.example"]
    threads = [threading.Thread(target=change, args=[email]) for email in emails]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    entries = [entry.changes["approvals_email"] for entry in AuditEntry.objects.order_by("id")]
    assert [old for old, _new in entries[1:]] == [new for _old, new in entries[:-1]]
    assert entries[-1][1] == approvals_mailbox()
