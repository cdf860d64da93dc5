"""Queueing mails: in the transaction of the change, once per key, without what others must not
see."""

import datetime as dt
import logging
import time
import uuid
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django_tenants.utils import schema_context, tenant_context
from pytest_django import DjangoCaptureOnCommitCallbacks

from audit.trail import Mention
from config import celery_app
from notifications import outbox, tasks
from notifications.kinds import MAIL_KINDS, UnknownKindError
from notifications.models import OutgoingMail
from notifications.recipients import Recipient
from notifications.redaction import marker
from resellers.models import Reseller
from tests.factories.notifications import SECRET_LINK, OutgoingMailFactory
from tests.races import overlap

DANA = Recipient("dana@acme.example", "Dana Miller")
ANSWERS_NEVER = "redis://127.0.0.1:1/0"


def queue(kind: str = "request_received", **changes: Any) -> OutgoingMail:
    tokens: dict[str, outbox.Value] = {"company_name": "Acme"}
    wanted: dict[str, Any] = {"to": DANA, "tokens": tokens, "unique_key": "key", **changes}
    return outbox.queue(kind, **wanted)


def invite(**changes: Any) -> OutgoingMail:
    tokens = {"inviter_name": "Robin", "role": "Admin", "valid_until": "tomorrow"}
    return queue("staff_invitation", **{"tokens": tokens, "secret_link": SECRET_LINK, **changes})


def test_a_mail_is_stored_as_it_will_be_read(alpha: Reseller, woken: list[str]) -> None:
    customer, request = Mention(uuid.uuid4()), Mention(uuid.uuid4())

    mail = queue(about=[customer, request, customer])

    mail = OutgoingMail.objects.get(pk=mail.pk)
    assert mail.state == OutgoingMail.State.QUEUED
    assert (mail.recipient_email, mail.recipient_name) == ("dana@acme.example", "Dana Miller")
    assert mail.subject == "Alpha Cloud has received your request"
    assert "Hello Dana Miller," in mail.text_body
    assert "your request for Acme has reached Alpha Cloud" in mail.text_body
    assert mail.html_body.startswith("<!DOCTYPE html>")
    assert mail.about == [customer.id, request.id]
    assert mail.language == "en"


def test_a_worker_is_woken_after_the_commit_and_not_before(
    alpha: Reseller,
    woken: list[str],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        mail = queue()
        assert woken == []

    assert woken == [str(mail.pk)]


def test_the_same_key_queues_one_mail_and_wakes_one_worker(
    alpha: Reseller,
    woken: list[str],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        first = queue()
        second = queue(tokens={"company_name": "Another"})

    assert second.pk == first.pk
    assert "Acme" in OutgoingMail.objects.get().text_body
    assert woken == [str(first.pk)]


@pytest.mark.django_db(transaction=True)
def test_two_transactions_with_one_key_queue_one_mail(alpha: Reseller, woken: list[str]) -> None:
    first, second = overlap(alpha, queue, transaction.atomic(queue))

    assert (first.error, second.error) == (None, None)
    assert OutgoingMail.objects.count() == 1
    assert len(woken) == 1


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_mails_nobody(alpha: Reseller, woken: list[str]) -> None:
    with transaction.atomic():
        queue()
        transaction.set_rollback(True)

    assert not OutgoingMail.objects.exists()
    assert woken == []


@pytest.mark.django_db(transaction=True)
def test_outside_of_a_transaction_nothing_is_queued(alpha: Reseller, woken: list[str]) -> None:
    with pytest.raises(RuntimeError, match="inside the transaction"):
        queue()

    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"tokens": {}}, ValueError),
        ({"tokens": {"company_name": "Acme", "reseller_name": "Evil"}}, ValueError),
        ({"tokens": {"company": "Acme"}}, ValueError),
        ({"secret_link": SECRET_LINK}, ValueError),
        ({"unique_key": "x" * 201}, ValueError),
        ({"kind": "birthday"}, UnknownKindError),
        ({"kind": "staff_invitation", "tokens": {}}, ValueError),
    ],
)
def test_what_does_not_fit_the_kind_is_refused(
    alpha: Reseller, changes: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        queue(**{"kind": "request_received", **changes})

    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize("link", ["javascript:alert(1)", "/relative", "not a link"])
def test_a_secret_link_is_an_address(alpha: Reseller, link: str) -> None:
    mail = invite(secret_link="https://alpha.localhost/s/x")
    assert mail.secret_link == "https://alpha.localhost/s/x"

    with pytest.raises(ValueError, match="not a web address"):
        invite(secret_link=link, unique_key="other")


def test_the_bodies_hold_a_marker_in_place_of_the_secret_link(alpha: Reseller) -> None:
    mail = invite()

    assert mail.secret_link == SECRET_LINK
    assert SECRET_LINK not in mail.text_body + mail.html_body + mail.subject
    assert mail.text_body.count(marker(mail.id)) == 1
    assert mail.html_body.count(marker(mail.id)) == 3


def test_a_moment_is_printed_in_the_resellers_time_zone_and_a_lazy_text_in_the_mails_language(
    alpha: Reseller,
) -> None:
    alpha.time_zone = "Europe/Berlin"
    moment = dt.datetime(2026, 11, 28, 13, 30, tzinfo=dt.UTC)
    tokens = {"inviter_name": "Robin", "role": gettext_lazy("Owner"), "valid_until": moment}

    mail = invite(tokens=tokens)

    assert "until Nov. 28, 2026, 2:30 p.m. CET." in mail.text_body
    assert "Your role will be: Owner." in mail.text_body


@pytest.mark.parametrize(
    ("email", "phone", "shown"),
    [
        ("help@alpha.example", "+49 30 1", "help@alpha.example or +49 30 1"),
        ("help@alpha.example", "", "help@alpha.example"),
        ("", "+49 30 1", "+49 30 1"),
        ("", "", "your contact at Alpha Cloud"),
    ],
)
def test_the_mail_says_how_to_reach_the_reseller(
    alpha: Reseller, email: str, phone: str, shown: str
) -> None:
    alpha.support_email, alpha.support_phone = email, phone

    assert f"Ask us: {shown}.\n" in queue().text_body


def test_without_a_name_the_mail_greets_the_address(alpha: Reseller) -> None:
    assert "Hello dana@acme.example," in queue(to=Recipient("dana@acme.example")).text_body


def test_a_mail_is_written_in_the_recipients_language_else_in_the_resellers(
    alpha: Reseller,
) -> None:
    alpha.language = "de"

    assert queue().language == "de"
    assert queue(to=Recipient("x@y.example", language="en"), unique_key="2").language == "en"


@pytest.mark.parametrize("kind", MAIL_KINDS.values(), ids=MAIL_KINDS)
def test_every_kind_can_be_queued(alpha: Reseller, kind: Any) -> None:
    tokens = {name: token.sample for name, token in kind.own_tokens.items()}

    mail = queue(kind.name, tokens=tokens, secret_link=SECRET_LINK if kind.secret_link else "")

    assert mail.label == str(kind.label)
    assert str(mail) == f"“{kind.label}” → dana@acme.example"
    assert mail.holds_secret_link == bool(kind.secret_link)


def test_queueing_costs_two_queries(
    alpha: Reseller, django_assert_num_queries: Any, woken: list[str]
) -> None:
    OutgoingMail.objects.exists()  # the first query of a connection picks the schema

    with django_assert_num_queries(2):
        queue()


@pytest.fixture
def _silent_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """The broker that the settings name is away."""
    app: Any = celery_app
    monkeypatch.setattr(app.conf, "broker_write_url", ANSWERS_NEVER)
    monkeypatch.setattr(app, "_pool", None)
    monkeypatch.setattr(app.amqp, "_producer_pool", None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_silent_broker")
def test_without_a_broker_the_change_stands_the_mail_waits_and_the_sweeper_finds_it(
    alpha: Reseller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING), transaction.atomic():
        mail = invite()
        begun = time.monotonic()
    assert time.monotonic() - begun < 1
    assert "The broker is away (OperationalError)" in caplog.text
    assert SECRET_LINK not in caplog.text
    assert OutgoingMail.objects.get().state == OutgoingMail.State.QUEUED

    monkeypatch.undo()
    woken: list[str] = []
    monkeypatch.setattr(tasks, "_pause", tasks.Pause())
    monkeypatch.setattr(tasks.send_mails, "delay", lambda *, mail_ids: woken.extend(mail_ids))
    OutgoingMail.objects.update(next_attempt_at=timezone.now() - tasks.GRACE)
    tasks.sweep()

    assert woken == [str(mail.pk)]


@pytest.mark.usefixtures("_silent_broker")
def test_only_the_first_mail_knocks_at_a_silent_broker(
    alpha: Reseller, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not tasks.wake_sender(uuid.uuid4())
    knocks: list[str] = []
    monkeypatch.setattr(tasks.send_mail, "delay", lambda *, mail_id: knocks.append(mail_id))

    assert not tasks.wake_sender(uuid.uuid4())
    assert knocks == []

    later = time.monotonic() + tasks.PAUSE_SECONDS
    monkeypatch.setattr("notifications.tasks.time.monotonic", lambda: later)
    assert tasks.wake_sender(uuid.uuid4())
    assert len(knocks) == 1


def test_the_sweeper_wakes_for_what_is_due_and_for_nothing_else(
    alpha: Reseller, woken: list[str]
) -> None:
    long_ago, soon = timezone.now() - dt.timedelta(hours=1), timezone.now() + dt.timedelta(hours=1)
    due = OutgoingMailFactory.create(next_attempt_at=long_ago)
    left_behind = OutgoingMailFactory.create(
        sending=True, next_attempt_at=long_ago + dt.timedelta(1 / 48)
    )
    OutgoingMailFactory.create(next_attempt_at=soon)
    OutgoingMailFactory.create(sending=True, next_attempt_at=soon)
    OutgoingMailFactory.create()
    OutgoingMailFactory.create(sent=True)
    OutgoingMailFactory.create(failed=True)

    tasks.wake_overdue()

    assert woken == [str(due.pk), str(left_behind.pk)]


def test_the_sweeper_gives_each_sender_several_mails(
    alpha: Reseller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "MAILS_PER_TASK", 2)
    monkeypatch.setattr(tasks, "MOST_PER_SWEEP", 5)
    given: list[list[str]] = []
    monkeypatch.setattr(tasks.send_mails, "delay", lambda *, mail_ids: given.append(mail_ids))
    begun = timezone.now() - dt.timedelta(hours=1)
    mails = [
        OutgoingMailFactory.create(next_attempt_at=begun + dt.timedelta(seconds=number))
        for number in range(6)
    ]

    tasks.wake_overdue()

    ids = [str(mail.pk) for mail in mails]
    assert given == [ids[0:2], ids[2:4], ids[4:5]]


def test_the_sweeper_visits_every_reseller_in_service(
    alpha: Reseller, bravo: Reseller, woken: list[str]
) -> None:
    overdue = {"next_attempt_at": timezone.now() - dt.timedelta(hours=1)}
    own = OutgoingMailFactory.create(**overdue)
    with tenant_context(bravo):
        foreign = OutgoingMailFactory.create(**overdue)

    tasks.sweep()
    assert sorted(woken) == sorted([str(own.pk), str(foreign.pk)])

    woken.clear()
    with schema_context("public"):
        Reseller.objects.filter(pk=bravo.pk).update(suspended_at=timezone.now())
    tasks.sweep()
    assert woken == [str(own.pk)]


def test_beat_starts_the_sweeper(settings: Any) -> None:
    entry = settings.CELERY_BEAT_SCHEDULE["notifications.sweep"]

    assert entry["task"] == tasks.sweep.name
    assert entry["options"]["expires"] < entry["schedule"]
