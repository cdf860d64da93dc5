"""The timeline of a record: deeds and mails in one list."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.template import engines
from django.urls import reverse
from django.utils import timezone

from console.timeline import Badge, timeline_of
from notifications import renewals
from notifications.models import OutgoingMail
from resellers.models import Reseller
from tests.factories.audit import AuditEntryFactory
from tests.factories.notifications import SECRET_LINK, OutgoingMailFactory

RECORD = uuid.uuid4()


def ago(minutes: int) -> dt.datetime:
    return timezone.now() - dt.timedelta(minutes=minutes)


def test_deeds_and_mails_stand_in_one_list_the_newest_first(alpha: Reseller) -> None:
    AuditEntryFactory.create(about=[RECORD], at=ago(4), subject_name="it")
    OutgoingMailFactory.create(about=[RECORD], created_at=ago(3), sent=True)
    AuditEntryFactory.create(
        about=[uuid.uuid4(), RECORD], at=ago(2), actor_name="", subject_name="that"
    )
    AuditEntryFactory.create(about=[uuid.uuid4()])
    OutgoingMailFactory.create(about=[uuid.uuid4()])

    assert [entry.sentence for entry in timeline_of(RECORD)] == [
        "The portal sent that again",
        "Mail “Request received” to dana@acme.example",
        "Dana Miller sent it again",
    ]


def test_a_limit_keeps_the_newest(alpha: Reseller) -> None:
    for minutes in range(3):
        AuditEntryFactory.create(
            about=[RECORD], at=ago(10 * minutes + 5), subject_name=f"deed {minutes}"
        )
        OutgoingMailFactory.create(about=[RECORD], created_at=ago(10 * minutes))

    assert [entry.sentence[:4] for entry in timeline_of(RECORD, 3)] == ["Mail", "Dana", "Mail"]


def test_what_was_changed_and_noted_is_told(alpha: Reseller) -> None:
    AuditEntryFactory.create(
        about=[RECORD],
        changes={"state": ["queued", "sent"], "subject": ["", "Hello"]},
        note="On the phone.",
    )

    [entry] = timeline_of(RECORD)

    assert entry.detail == "State: Queued → Sent\nSubject: Hello\nOn the phone."


@pytest.mark.parametrize(
    ("trait", "badge"),
    [
        ({}, Badge("Queued", "waiting")),
        ({"sending": True}, Badge("Sending", "waiting")),
        ({"sent": True}, Badge("Sent", "success")),
        ({"failed": True}, Badge("Failed", "danger")),
    ],
)
def test_a_mail_shows_its_state_and_leads_to_its_page(
    alpha: Reseller, trait: dict[str, bool], badge: Badge
) -> None:
    mail = OutgoingMailFactory.create(about=[RECORD], **trait)

    [entry] = timeline_of(RECORD)

    assert entry.badge == badge
    assert entry.url == reverse("console:mails:detail", args=[mail.pk])
    assert entry.detail == mail.error


def resendable() -> list[str]:
    entries = timeline_of(RECORD, may_resend=True)
    return [entry.action.url for entry in entries if entry.action]


def resend_address(mail: OutgoingMail) -> str:
    return reverse("console:mails:resend", args=[mail.pk])


def test_resend_is_offered_for_what_has_ended_to_those_who_may(alpha: Reseller) -> None:
    sent = OutgoingMailFactory.create(about=[RECORD], sent=True, kind="welcome", created_at=ago(1))
    failed = OutgoingMailFactory.create(about=[RECORD], failed=True, created_at=ago(2))
    OutgoingMailFactory.create(about=[RECORD], kind="account_suspended", created_at=ago(3))

    assert resendable() == [resend_address(sent), resend_address(failed)]
    assert all(entry.action is None for entry in timeline_of(RECORD))


def test_only_the_last_mail_of_a_kind_to_a_person_is_offered(alpha: Reseller) -> None:
    OutgoingMailFactory.create(about=[RECORD], sent=True, created_at=ago(9))
    last = OutgoingMailFactory.create(about=[RECORD], sent=True, created_at=ago(8))
    other = OutgoingMailFactory.create(
        about=[RECORD], sent=True, created_at=ago(9), recipient_email="robin@acme.example"
    )

    assert resendable() == [resend_address(last), resend_address(other)]


def test_a_mail_with_a_secret_link_is_offered_when_somebody_renews_it(
    alpha: Reseller, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = OutgoingMailFactory.create(about=[RECORD], sent=True, with_secret_link=True)

    monkeypatch.setattr(renewals, "_renewals", {})
    assert resendable() == []
    monkeypatch.setattr(renewals, "_renewals", {"staff_invitation": object()})
    assert resendable() == [resend_address(mail)]


def test_a_longer_timeline_needs_no_more_queries(
    alpha: Reseller, django_assert_num_queries: Any
) -> None:
    AuditEntryFactory.create_batch(3, about=[RECORD])
    OutgoingMailFactory.create_batch(3, about=[RECORD], sent=True, with_secret_link=True)
    with django_assert_num_queries(2):
        assert len(timeline_of(RECORD, may_resend=True)) == 6

    AuditEntryFactory.create_batch(20, about=[RECORD])
    OutgoingMailFactory.create_batch(20, about=[RECORD], sent=True)
    with django_assert_num_queries(2):
        assert len(timeline_of(RECORD, may_resend=True)) == 46


def test_the_component_prints_everything_as_text(alpha: Reseller) -> None:
    AuditEntryFactory.create(about=[RECORD], subject_name="<script>", note="<b>{{ x }}</b>")
    mail = OutgoingMailFactory.create(about=[RECORD], with_secret_link=True, failed=True)
    template = engines["django"].from_string("{% load components %}{% timeline entries %}")

    page = template.render({"entries": timeline_of(RECORD, may_resend=True)})

    assert "&lt;script&gt;" in page
    assert "&lt;b&gt;{{ x }}&lt;/b&gt;" in page
    assert f'<a href="{reverse("console:mails:detail", args=[mail.pk])}">' in page
    assert "Failed" in page
    assert SECRET_LINK not in page
