"""Sending: once, by one worker, again after trouble, and never with a secret left behind."""

import datetime as dt
import logging
import smtplib
import threading
import time
import uuid
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone
from django_tenants.utils import tenant_context

from notifications import sending, tasks
from notifications.models import OutgoingMail
from notifications.post import Post
from notifications.redaction import marker
from resellers.models import Reseller
from tests.factories.notifications import SECRET_LINK, OutgoingMailFactory
from tests.notifications.mail_server import MailServer

State = OutgoingMail.State


class TroubledBackend(BaseEmailBackend):
    """Raises what a test tells it to raise."""

    trouble: BaseException

    def send_messages(self, email_messages: Any) -> int:
        raise self.trouble


@pytest.fixture
def trouble(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes each attempt end in this exception."""

    def make(error: BaseException) -> None:
        settings.EMAIL_BACKEND = f"{__name__}.TroubledBackend"
        monkeypatch.setattr(TroubledBackend, "trouble", error, raising=False)

    return make


def fresh(mail: OutgoingMail) -> OutgoingMail:
    return OutgoingMail.objects.get(pk=mail.pk)


def make_due(mail: OutgoingMail) -> None:
    OutgoingMail.objects.filter(pk=mail.pk).update(next_attempt_at=timezone.now())


def test_a_mail_goes_out_with_both_parts_and_is_marked(
    alpha: Reseller, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    mail = OutgoingMailFactory.create()

    tasks.send_mail(mail_id=str(mail.pk))

    [message] = mailoutbox
    assert message.subject == mail.subject
    assert message.body == "Hello Dana"
    assert [tuple(part) for part in message.alternatives] == [(mail.html_body, "text/html")]
    mail = fresh(mail)
    assert (mail.state, mail.attempts, mail.error) == (State.SENT, 1, "")
    assert mail.sent_at is not None
    assert mail.next_attempt_at is None


def test_a_mail_server_gets_the_envelope_and_the_headers(
    alpha: Reseller, mail_server: MailServer, settings: Any
) -> None:
    settings.DEFAULT_FROM_EMAIL = "notifications@portal.example"
    settings.PLATFORM_HOST = "portal.example"
    alpha.name, alpha.support_email = 'Älpha "Cloud", Inc', "help@alpha.example"
    about = [uuid.uuid4(), uuid.uuid4()]
    mail = OutgoingMailFactory.create(recipient_name="Müller, Dana", about=about, subject="Grüße")

    sending.send(mail.pk)

    [delivery] = mail_server.deliveries
    assert delivery.sender == "notifications@portal.example"
    assert delivery.recipient == "dana@acme.example"
    message = delivery.message
    assert message["From"] == '"Älpha \\"Cloud\\", Inc via Portal" <notifications@portal.example>'
    assert message["To"].addresses[0].display_name == "Müller, Dana"
    assert message["Subject"] == "Grüße"
    assert message["Reply-To"] == "help@alpha.example"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == f"<{mail.pk}@portal.example>"
    assert message["References"] == " ".join(f"<{each}@portal.example>" for each in about)
    assert message.get_content_type() == "multipart/alternative"


def test_an_address_with_a_domain_of_its_own_script_is_reached(
    alpha: Reseller, mail_server: MailServer
) -> None:
    mail = OutgoingMailFactory.create(recipient_name="Zoë", recipient_email="dana@münchen.example")

    sending.send(mail.pk)

    [delivery] = mail_server.deliveries
    assert delivery.recipient == "dana@xn--mnchen-3ya.example"
    assert delivery.message["To"].addresses[0].display_name == "Zoë"
    assert fresh(mail).state == State.SENT


def test_names_cannot_smuggle_headers(alpha: Reseller, mail_server: MailServer) -> None:
    alpha.name = "Alpha\r\nBcc: victim@example.com"
    mail = OutgoingMailFactory.create(recipient_name="Dana\nBcc: victim@example.com", about=[])

    sending.send(mail.pk)

    [delivery] = mail_server.deliveries
    assert "Bcc" not in delivery.message
    assert delivery.recipient == "dana@acme.example"
    assert "References" not in delivery.message
    assert "Reply-To" not in delivery.message


def test_a_subject_that_smuggles_headers_is_never_sent(
    alpha: Reseller, mail_server: MailServer
) -> None:
    mail = OutgoingMailFactory.create(subject="Hello\nBcc: victim@example.com")

    sending.send(mail.pk)

    assert mail_server.deliveries == []
    assert fresh(mail).state == State.FAILED


def test_the_recipient_gets_the_secret_link_and_then_it_is_gone(
    alpha: Reseller, mailoutbox: list[EmailMultiAlternatives], caplog: pytest.LogCaptureFixture
) -> None:
    mail = OutgoingMailFactory.create(with_secret_link=True, secret_link=f"{SECRET_LINK}?a=1&b=2")

    with caplog.at_level(logging.DEBUG):
        sending.send(mail.pk)

    [message] = mailoutbox
    assert f"{SECRET_LINK}?a=1&b=2" in str(message.body)
    assert f'href="{SECRET_LINK}?a=1&amp;b=2"' in str(message.alternatives[0][0])
    stored = OutgoingMail.objects.filter(pk=mail.pk).values().get()
    assert SECRET_LINK not in str(stored)
    assert marker(mail.id) in stored["text_body"]
    assert SECRET_LINK not in caplog.text
    assert "Accept:" not in caplog.text


@pytest.mark.parametrize("state", ["sending", "sent", "failed"])
def test_only_a_mail_that_waits_is_sent(
    alpha: Reseller, mailoutbox: list[EmailMessage], state: str
) -> None:
    later = {} if state != "sending" else {"next_attempt_at": timezone.now() + sending.LEASE}
    mail = OutgoingMailFactory.create(**{state: True, **later})
    before = OutgoingMail.objects.filter(pk=mail.pk).values().get()

    sending.send(mail.pk)

    assert mailoutbox == []
    assert OutgoingMail.objects.filter(pk=mail.pk).values().get() == before


def test_a_mail_is_not_sent_before_its_time(
    alpha: Reseller, mailoutbox: list[EmailMessage]
) -> None:
    mail = OutgoingMailFactory.create(next_attempt_at=timezone.now() + dt.timedelta(minutes=1))

    sending.send(mail.pk)

    assert mailoutbox == []
    assert fresh(mail).attempts == 0


def test_a_mail_that_is_gone_is_nobodys_trouble(
    alpha: Reseller, mailoutbox: list[EmailMessage]
) -> None:
    tasks.send_mail(mail_id=str(uuid.uuid4()), something_new="from a later version")

    assert mailoutbox == []


def test_of_several_mails_each_has_a_fate_of_its_own(
    alpha: Reseller, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, broken, taken, last = (
        OutgoingMailFactory.create(**changes)
        for changes in (
            {},
            {"subject": "Hello\nBcc: victim@example.com"},
            {"sending": True, "next_attempt_at": timezone.now() + sending.LEASE},
            {},
        )
    )
    post = Post()
    monkeypatch.setattr(tasks, "_post", post)

    tasks.send_mails(mail_ids=[str(each.pk) for each in (first, broken, taken, last)])
    post.hang_up()

    states = [fresh(each).state for each in (first, broken, taken, last)]
    assert states == [State.SENT, State.FAILED, State.SENDING, State.SENT]
    assert len(mail_server.deliveries) == 2


def test_a_slow_mail_server_holds_no_worker_for_the_rest(
    alpha: Reseller, mailoutbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "SECONDS_FOR_SEVERAL", -1)
    mail = OutgoingMailFactory.create()

    tasks.send_mails(mail_ids=[str(mail.pk)])

    assert mailoutbox == []
    assert (fresh(mail).state, fresh(mail).attempts) == (State.QUEUED, 0)


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_sends(alpha: Reseller, monkeypatch: pytest.MonkeyPatch) -> None:
    mail = OutgoingMailFactory.create()
    starting_line = threading.Barrier(2)
    sends: list[str] = []

    def send_slowly(message: EmailMultiAlternatives) -> None:
        sends.append(str(message.subject))
        time.sleep(0.2)

    monkeypatch.setattr(EmailMultiAlternatives, "send", send_slowly)

    def work() -> None:
        try:
            with tenant_context(alpha):
                OutgoingMail.objects.exists()  # connect before the start
                starting_line.wait()
                sending.send(mail.pk)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sends == [mail.subject]
    assert (fresh(mail).state, fresh(mail).attempts) == (State.SENT, 1)


def test_a_killed_workers_mail_is_taken_over_after_the_lease_with_the_same_message_id(
    alpha: Reseller, mailoutbox: list[EmailMessage], trouble: Any, settings: Any
) -> None:
    mail = OutgoingMailFactory.create(with_secret_link=True)
    backend = settings.EMAIL_BACKEND
    trouble(SystemExit())
    with pytest.raises(SystemExit):
        sending.send(mail.pk)
    settings.EMAIL_BACKEND = backend
    assert (fresh(mail).state, fresh(mail).secret_link) == (State.SENDING, SECRET_LINK)

    sending.send(mail.pk)
    assert mailoutbox == []

    OutgoingMail.objects.update(
        claimed_at=F("claimed_at") - sending.LEASE,
        next_attempt_at=F("next_attempt_at") - sending.LEASE,
    )
    sending.send(mail.pk)

    [message] = mailoutbox
    assert message.extra_headers["Message-ID"].startswith(f"<{mail.pk}@")
    assert (fresh(mail).state, fresh(mail).attempts) == (State.SENT, 2)


def test_a_mail_server_that_takes_too_long_is_tried_again(alpha: Reseller, trouble: Any) -> None:
    mail = OutgoingMailFactory.create()
    trouble(SoftTimeLimitExceeded())

    sending.send(mail.pk)

    noted = fresh(mail)
    assert (noted.state, noted.attempts) == (State.QUEUED, 1)
    assert noted.error == "The mail server took too long."


def test_a_worker_is_stopped_well_before_its_lease_ends() -> None:
    limits = (tasks.send_mail.soft_time_limit, tasks.send_mail.time_limit)

    assert limits == (120, 150)
    assert dt.timedelta(seconds=limits[1]) * 2 < sending.LEASE


def test_a_worker_that_lost_its_lease_does_not_overwrite_the_next_ones_notes(
    alpha: Reseller, monkeypatch: pytest.MonkeyPatch, mailoutbox: list[EmailMessage]
) -> None:
    mail = OutgoingMailFactory.create()
    taken_over = timezone.now() + dt.timedelta(hours=1)

    def lose_the_lease(_message: EmailMultiAlternatives) -> None:
        OutgoingMail.objects.update(claimed_at=taken_over, attempts=2)

    monkeypatch.setattr(EmailMultiAlternatives, "send", lose_the_lease)

    sending.send(mail.pk)

    assert fresh(mail).state == State.SENDING
    assert fresh(mail).claimed_at == taken_over


TRANSIENT = [
    (ConnectionRefusedError("no"), "could not be reached (ConnectionRefusedError)"),
    (TimeoutError("slow"), "could not be reached (TimeoutError)"),
    (smtplib.SMTPServerDisconnected("bye"), "could not be reached (SMTPServerDisconnected)"),
    (smtplib.SMTPConnectError(421, b"busy"), "could not be reached (SMTPConnectError)"),
    (smtplib.SMTPAuthenticationError(535, b"who?"), "refused the portal as a sender: 535 who?"),
    (smtplib.SMTPSenderRefused(550, b"not you", "x"), "refused the portal as a sender: 550"),
    (smtplib.SMTPRecipientsRefused({"x": (451, b"later")}), "refused the address: 451 later"),
    (smtplib.SMTPDataError(452, b"full\r\nfor now"), "refused the mail: 452 full for now"),
]
PERMANENT = [
    (smtplib.SMTPRecipientsRefused({"x": (550, b"5.1.1 unknown")}), "550 5.1.1 unknown"),
    (smtplib.SMTPDataError(554, b"spam"), "refused the mail: 554 spam"),
    (smtplib.SMTPNotSupportedError("SMTPUTF8"), "cannot be sent to this address"),
    (ValueError("bad header"), "cannot be sent to this address"),
]


@pytest.mark.parametrize(("error", "sentence"), TRANSIENT)
def test_trouble_that_may_pass_is_tried_again(
    alpha: Reseller, trouble: Any, error: Exception, sentence: str
) -> None:
    mail = OutgoingMailFactory.create(with_secret_link=True)
    trouble(error)

    sending.send(mail.pk)

    mail = fresh(mail)
    assert (mail.state, mail.attempts, mail.secret_link) == (State.QUEUED, 1, SECRET_LINK)
    assert sentence in mail.error
    assert mail.next_attempt_at is not None
    wait = mail.next_attempt_at - timezone.now()
    assert dt.timedelta(seconds=50) < wait <= dt.timedelta(minutes=1)


@pytest.mark.parametrize(("error", "sentence"), PERMANENT)
def test_trouble_that_cannot_pass_ends_the_mails_way(
    alpha: Reseller, trouble: Any, error: Exception, sentence: str
) -> None:
    mail = OutgoingMailFactory.create(with_secret_link=True)
    trouble(error)

    sending.send(mail.pk)

    mail = fresh(mail)
    assert (mail.state, mail.attempts, mail.secret_link) == (State.FAILED, 1, "")
    assert sentence in mail.error
    assert mail.next_attempt_at is None


def test_an_address_that_its_server_refuses_fails_at_once(
    alpha: Reseller, mail_server: MailServer
) -> None:
    mail_server.answers["RCPT"] = "550 5.1.1 no such mailbox"
    mail = OutgoingMailFactory.create()

    sending.send(mail.pk)

    assert mail_server.deliveries == []
    assert fresh(mail).state == State.FAILED
    assert fresh(mail).error == (
        "The recipient's mail server refused the address: 550 5.1.1 no such mailbox"
    )


def test_a_mail_server_that_is_away_and_comes_back_gets_the_mail(
    alpha: Reseller, mail_server: MailServer, settings: Any
) -> None:
    mail = OutgoingMailFactory.create()
    port = settings.EMAIL_PORT
    settings.EMAIL_PORT = 1
    sending.send(mail.pk)
    assert "ConnectionRefusedError" in fresh(mail).error

    settings.EMAIL_PORT = port
    make_due(mail)
    sending.send(mail.pk)

    assert len(mail_server.deliveries) == 1
    assert (fresh(mail).state, fresh(mail).attempts, fresh(mail).error) == (State.SENT, 2, "")


def test_after_a_day_of_attempts_the_mail_has_failed(alpha: Reseller, trouble: Any) -> None:
    mail = OutgoingMailFactory.create(with_secret_link=True)
    trouble(ConnectionRefusedError())
    waits = []

    while fresh(mail).state == State.QUEUED:
        make_due(mail)
        sending.send(mail.pk)
        if moment := fresh(mail).next_attempt_at:
            waits.append(round((moment - timezone.now()) / dt.timedelta(minutes=1)))

    assert waits == [1, 5, 15, 60, 240, 480, 660]
    assert sum(waits) >= 24 * 60
    assert (fresh(mail).state, fresh(mail).attempts) == (State.FAILED, 8)
    assert fresh(mail).secret_link == ""


def test_a_mail_that_kills_each_worker_fails_in_the_end(
    alpha: Reseller, mailoutbox: list[EmailMessage]
) -> None:
    mail = OutgoingMailFactory.create(sending=True, attempts=len(sending.BACK_OFF) + 1)

    sending.send(mail.pk)

    assert mailoutbox == []
    assert fresh(mail).state == State.FAILED
    assert "stopped" in fresh(mail).error


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        (
            {"state": "sent", "next_attempt_at": None, "secret_link": ""},
            "outgoing_mail_sent_iff_sent_at",
        ),
        ({"state": "sending"}, "outgoing_mail_claimed_iff_sending"),
        ({"state": "failed", "next_attempt_at": None}, "outgoing_mail_keeps_no_link_after_its_way"),
        ({"next_attempt_at": None}, "outgoing_mail_tried_again_iff_on_its_way"),
    ],
)
def test_the_database_keeps_the_rules_of_a_mails_way(
    alpha: Reseller, changes: dict[str, Any], rule: str
) -> None:
    mail = OutgoingMailFactory.create(with_secret_link=True)

    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        OutgoingMail.objects.filter(pk=mail.pk).update(**changes)
