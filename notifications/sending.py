"""Sending one mail: claimed by one worker at a time, tried again for a day, never sent twice by a
working one.

The claim is one conditional update that also sets the end of a lease. A worker that is killed
leaves the mail behind as `sending`; when the lease is over, the next one takes it.
"""

import datetime as dt
import logging
import smtplib
import uuid
from dataclasses import dataclass
from email.utils import formataddr, parseaddr

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from notifications.models import OutgoingMail
from notifications.plain import one_line
from notifications.post import Post
from notifications.redaction import revealed_html, revealed_text
from resellers.current import current_reseller
from resellers.models import Reseller

logger = logging.getLogger(__name__)

LEASE = dt.timedelta(minutes=10)
# How long to wait after the first, second, … attempt. Together a day; then the mail has failed.
BACK_OFF = [
    dt.timedelta(minutes=1),
    dt.timedelta(minutes=5),
    dt.timedelta(minutes=15),
    dt.timedelta(hours=1),
    dt.timedelta(hours=4),
    dt.timedelta(hours=8),
    dt.timedelta(hours=11),
]
LONGEST_ERROR = 500
_PERMANENT = range(500, 600)


def send(mail_id: uuid.UUID, *, post: Post | None = None) -> None:
    """Send the mail if it is due and nobody else does. Calling it any number of times sends it
    once. With `post` its connection to the mail server is used; without, one of its own."""
    mail = claim(mail_id)
    if mail is None:
        return
    if mail.attempts > len(BACK_OFF) + 1:
        _give_up(mail, "Every worker that tried to send this mail was stopped.")
        return
    try:
        message = message_for(mail)
        post.deliver(message) if post else message.send()
    except (smtplib.SMTPException, OSError, ValueError, SoftTimeLimitExceeded) as error:
        _note_failure(mail, error)
    else:
        _mark_sent(mail)


def claim(mail_id: uuid.UUID) -> OutgoingMail | None:
    """Take the mail for this worker until the lease ends; None when it is not due or somebody
    has it."""
    now = timezone.now()
    return OutgoingMail.objects.claim(mail_id, now=now, until=now + LEASE)


def message_for(mail: OutgoingMail) -> EmailMultiAlternatives:
    """The message as it goes out. Sent twice, it carries the same Message-ID, and mail servers
    can tell."""
    reseller = current_reseller()
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=revealed_text(mail),
        from_email=_sender(reseller, mail.language),
        to=[mail.addressee],
        reply_to=[reseller.support_email] if reseller.support_email else None,
        headers=_headers(mail),
    )
    message.attach_alternative(revealed_html(mail), "text/html")
    return message


def _sender(reseller: Reseller, language: str) -> str:
    with translation.override(language):
        name = _("%(reseller)s via Portal") % {"reseller": one_line(reseller.name)}
    return formataddr((name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))


def _headers(mail: OutgoingMail) -> dict[str, str]:
    headers = {"Message-ID": _message_id(mail.id), "Auto-Submitted": "auto-generated"}
    if mail.about:
        # The same for each mail about the same records: a mail program shows them as one
        # conversation.
        headers["References"] = " ".join(_message_id(each) for each in mail.about)
    return headers


def _message_id(record_id: uuid.UUID) -> str:
    return f"<{record_id}@{settings.PLATFORM_HOST}>"


@dataclass(frozen=True)
class Verdict:
    """What a failed attempt means, in a sentence for the reseller's staff."""

    sentence: str
    is_final: bool


def judge(error: Exception) -> Verdict:
    """Whether another attempt can help. Trouble with our own server or account is mended by
    operators, so it can."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            code, reply = next(iter(error.recipients.values()), (0, b""))
            sentence = _("The recipient's mail server refused the address: %(reply)s")
            return Verdict(sentence % {"reply": _reply(code, reply)}, code in _PERMANENT)
        case smtplib.SMTPSenderRefused() | smtplib.SMTPAuthenticationError():
            sentence = _("Our mail server refused the portal as a sender: %(reply)s")
            words = _reply(error.smtp_code, error.smtp_error)
            return Verdict(sentence % {"reply": words}, is_final=False)
        case smtplib.SMTPDataError():
            sentence = _("The mail server refused the mail: %(reply)s")
            words = _reply(error.smtp_code, error.smtp_error)
            return Verdict(sentence % {"reply": words}, error.smtp_code in _PERMANENT)
        case smtplib.SMTPNotSupportedError() | ValueError():
            return Verdict(_("Mail cannot be sent to this address."), is_final=True)
        case SoftTimeLimitExceeded():
            return Verdict(_("The mail server took too long."), is_final=False)
    return Verdict(
        _("The mail server could not be reached (%(what)s).") % {"what": type(error).__name__},
        is_final=False,
    )


def _reply(code: int, reply: bytes | str) -> str:
    words = reply.decode(errors="replace") if isinstance(reply, bytes) else reply
    return one_line(f"{code} {words}")[:LONGEST_ERROR]


def _note_failure(mail: OutgoingMail, error: Exception) -> None:
    verdict = judge(error)
    if verdict.is_final or mail.attempts > len(BACK_OFF):
        _give_up(mail, verdict.sentence)
        return
    _end_claim(
        mail,
        state=OutgoingMail.State.QUEUED,
        next_attempt_at=timezone.now() + BACK_OFF[mail.attempts - 1],
        error=verdict.sentence,
    )
    logger.warning("Mail %s: attempt %s failed: %s", mail.id, mail.attempts, type(error).__name__)


def _give_up(mail: OutgoingMail, sentence: str) -> None:
    failed = OutgoingMail.State.FAILED
    _end_claim(mail, state=failed, next_attempt_at=None, secret_link="", error=sentence)
    logger.error("Mail %s: given up after attempt %s.", mail.id, mail.attempts)


def _mark_sent(mail: OutgoingMail) -> None:
    _end_claim(
        mail,
        state=OutgoingMail.State.SENT,
        sent_at=timezone.now(),
        next_attempt_at=None,
        secret_link="",
        error="",
    )
    logger.info("Mail %s: %s sent at attempt %s.", mail.id, mail.kind, mail.attempts)


def _end_claim(mail: OutgoingMail, **changes: object) -> None:
    # Whoever lost the lease on the way must not overwrite what the next worker notes.
    ours = OutgoingMail.objects.filter(
        pk=mail.pk, state=OutgoingMail.State.SENDING, claimed_at=mail.claimed_at
    )
    if not ours.update(claimed_at=None, **changes):
        logger.warning("Mail %s: the lease ended before its worker did.", mail.id)
