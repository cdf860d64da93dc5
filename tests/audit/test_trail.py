"""Writing to the trail."""

import uuid

import pytest
from django.db import transaction

from audit import sentences, trail
from audit.models import AuditEntry
from resellers.models import Reseller
from tests.factories.accounts import UserFactory

sentences.describe({"test_record.changed": "changed {subject}"})


def test_an_entry_holds_who_what_and_everything_it_is_about(alpha: Reseller) -> None:
    actor, subject, customer = (
        UserFactory.create(),
        UserFactory.create(),
        trail.Mention(uuid.uuid4()),
    )

    with transaction.atomic():
        trail.record(
            "test_record.changed",
            subject=subject,
            actor=actor,
            about=[customer, subject],
            changes={"full_name": ("", "Dana"), "is_active": (False, True)},
            note="on the phone",
        )

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor_id, entry.actor_name) == (
        "test_record.changed",
        actor.id,
        str(actor),
    )
    assert (entry.subject_type, entry.subject_id) == ("accounts.user", subject.id)
    assert sorted(entry.about) == sorted([subject.id, customer.id])
    assert entry.changes == {"full_name": ["", "Dana"], "is_active": [False, True]}
    assert entry.note == "on the phone"
    assert list(AuditEntry.objects.about(customer.id)) == [entry]
    assert not AuditEntry.objects.about(actor.id).exists()


def test_an_action_that_nobody_described_is_refused(alpha: Reseller) -> None:
    with pytest.raises(sentences.UndescribedActionError, match=r"moon\.landed"):
        trail.record("moon.landed", subject=UserFactory.create(), actor=None)

    assert not AuditEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_outside_of_a_transaction_nothing_is_recorded(alpha: Reseller) -> None:
    subject = UserFactory.create()

    with pytest.raises(RuntimeError, match="inside the transaction"):
        trail.record("test_record.changed", subject=subject, actor=None)

    assert not AuditEntry.objects.exists()


def test_a_very_long_name_is_cut_instead_of_refused(alpha: Reseller) -> None:
    subject = UserFactory.create(full_name="x" * 120)
    actor = UserFactory.create(full_name="", email=f"{'y' * 200}@example.com")

    trail.record("test_record.changed", subject=subject, actor=actor)

    assert AuditEntry.objects.get().actor_name == "y" * 200
