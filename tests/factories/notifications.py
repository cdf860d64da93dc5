"""Mails in the outbox, in each of their states."""

import uuid

from django.utils import timezone
from factory.declarations import LazyAttribute, LazyFunction, Sequence, Trait
from factory.django import DjangoModelFactory

from notifications.models import OutgoingMail
from notifications.redaction import marker

SECRET_LINK = "https://alpha.localhost/s/only-for-the-recipient"


class OutgoingMailFactory(DjangoModelFactory[OutgoingMail]):
    """A mail that waits to be sent; the trait `with_secret_link` makes it an invitation."""

    class Meta:
        model = OutgoingMail

    class Params:
        sending = Trait(
            state=OutgoingMail.State.SENDING,
            claimed_at=LazyFunction(timezone.now),
            attempts=1,
        )
        sent = Trait(
            state=OutgoingMail.State.SENT,
            sent_at=LazyFunction(timezone.now),
            next_attempt_at=None,
            attempts=1,
        )
        failed = Trait(
            state=OutgoingMail.State.FAILED,
            next_attempt_at=None,
            attempts=1,
            error="The recipient's mail server refused the address: 550 unknown",
        )
        with_secret_link = Trait(
            kind="staff_invitation",
            text_body=LazyAttribute(lambda mail: f"Accept:\n{marker(mail.id)}\n"),
            html_body=LazyAttribute(
                lambda mail: f'<p><a href="{marker(mail.id)}">Accept</a> {marker(mail.id)}</p>'
            ),
            secret_link=LazyAttribute(
                lambda mail: SECRET_LINK if mail.state in OutgoingMail.ON_ITS_WAY else ""
            ),
        )

    id = LazyFunction(uuid.uuid4)
    kind = "request_received"
    state = OutgoingMail.State.QUEUED
    unique_key = Sequence(lambda number: f"test:{number}")
    recipient_email = "dana@acme.example"
    recipient_name = "Dana Miller"
    language = "en"
    subject = "Alpha Cloud has received your request"
    text_body = "Hello Dana"
    html_body = "<!DOCTYPE html><html><head></head><body><p>Hello Dana</p></body></html>"
    about = LazyFunction(list)
    next_attempt_at = LazyFunction(timezone.now)
