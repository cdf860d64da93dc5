"""One connection to the mail server for many mails, and never one that somebody left in a mess."""

import smtplib
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.mail import EmailMessage

from notifications import post as posts
from notifications import sending, tasks
from notifications.post import Post
from resellers.models import Reseller
from tests.factories.notifications import OutgoingMailFactory
from tests.notifications.mail_server import MailServer


@pytest.fixture
def post() -> Iterator[Post]:
    post = Post()
    yield post
    post.hang_up()


def message(number: int = 1) -> EmailMessage:
    return EmailMessage("Hello", "Dana", "portal@example.com", [f"dana{number}@acme.example"])


def test_mails_that_follow_one_another_share_a_connection(
    mail_server: MailServer, post: Post
) -> None:
    for number in range(3):
        post.deliver(message(number))

    recipients = [delivery.recipient for delivery in mail_server.deliveries]
    assert recipients == [f"dana{number}@acme.example" for number in range(3)]
    assert mail_server.connections == 1


def test_a_server_that_hung_up_meanwhile_costs_no_mail(mail_server: MailServer, post: Post) -> None:
    post.deliver(message(1))
    mail_server.hang_up()

    post.deliver(message(2))

    assert len(mail_server.deliveries) == 2
    assert mail_server.connections == 2


@pytest.mark.parametrize("at", ["MAIL", "RCPT", "DATA", "END"])
def test_after_a_refusal_the_next_mail_has_a_connection_of_its_own(
    mail_server: MailServer, post: Post, at: str
) -> None:
    post.deliver(message(1))
    mail_server.answers[at] = "550 no"
    with pytest.raises(smtplib.SMTPException):
        post.deliver(message(2))
    mail_server.answers.clear()

    post.deliver(message(3))

    recipients = [delivery.recipient for delivery in mail_server.deliveries]
    assert recipients == ["dana1@acme.example", "dana3@acme.example"]
    assert mail_server.connections == 2


@pytest.mark.parametrize(("limit", "value"), [("MOST_MAILS", 1), ("LONGEST_PAUSE", 0.0)])
def test_a_connection_is_neither_kept_for_ever_nor_used_for_ever(
    mail_server: MailServer,
    post: Post,
    limit: str,
    value: float,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(posts, limit, value)

    post.deliver(message(1))
    post.deliver(message(2))

    assert mail_server.connections == 2
    assert len(mail_server.deliveries) == 2


def test_a_server_that_is_away_is_asked_again(
    mail_server: MailServer, post: Post, settings: Any
) -> None:
    port = settings.EMAIL_PORT
    settings.EMAIL_PORT = 1
    with pytest.raises(ConnectionRefusedError):
        post.deliver(message(1))
    settings.EMAIL_PORT = port

    post.deliver(message(2))

    assert [delivery.recipient for delivery in mail_server.deliveries] == ["dana2@acme.example"]


def test_a_worker_keeps_its_connection_from_task_to_task(
    alpha: Reseller, mail_server: MailServer, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "_post", post)
    mails = [OutgoingMailFactory.create() for _ in range(3)]

    for mail in mails:
        tasks.send_mail(mail_id=str(mail.pk))

    assert len(mail_server.deliveries) == 3
    assert mail_server.connections == 1


def test_sending_without_a_post_leaves_no_connection_behind(
    alpha: Reseller, mail_server: MailServer
) -> None:
    for _ in range(2):
        sending.send(OutgoingMailFactory.create().pk)

    assert mail_server.connections == 2
    deadline = time.monotonic() + 10
    while mail_server.ended < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert mail_server.ended == 2
