"""The timeline of a record: what was done to it, and the mails about it, in one list."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from audit import sentences
from audit.models import AuditEntry
from notifications import outbox
from notifications.models import OutgoingMail

LIMIT = 50

_STATE_KINDS = {
    OutgoingMail.State.QUEUED: "waiting",
    OutgoingMail.State.SENDING: "waiting",
    OutgoingMail.State.SENT: "success",
    OutgoingMail.State.FAILED: "danger",
}


@dataclass(frozen=True)
class Badge:
    """A state in words, and which kind of state it is."""

    text: str
    kind: str


@dataclass(frozen=True)
class Action:
    """What can be done about an entry: a button that posts."""

    url: str
    label: str


@dataclass(frozen=True)
class Entry:
    """One thing that happened, as the timeline component shows it."""

    at: dt.datetime
    sentence: str
    kind: str = "neutral"
    detail: str = ""
    url: str = ""
    badge: Badge | None = None
    action: Action | None = None


def timeline_of(
    record_id: uuid.UUID, limit: int = LIMIT, *, may_resend: bool = False
) -> list[Entry]:
    """What happened to a record, the newest first. Two queries.

    `may_resend`: whether the person holds the permission to send a mail again.
    """
    deeds = AuditEntry.objects.about(record_id)[:limit]
    mails = OutgoingMail.objects.about(record_id).without_bodies()[:limit]
    entries = [_of_deed(deed) for deed in deeds] + _of_mails(list(mails), may_resend=may_resend)
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:limit]


def state_of(mail: OutgoingMail) -> Badge:
    """The mail's state in words."""
    return Badge(mail.get_state_display(), _STATE_KINDS[OutgoingMail.State(mail.state)])


def _of_deed(deed: AuditEntry) -> Entry:
    changed = [str(change) for change in sentences.changes(deed)]
    detail = "\n".join([*changed, deed.note] if deed.note else changed)
    return Entry(deed.at, sentences.sentence(deed), detail=detail)


def _of_mails(mails: list[OutgoingMail], *, may_resend: bool) -> list[Entry]:
    """The entries of mails, the newest first. Only the last one of a kind to a person is offered
    again."""
    entries, seen = [], set()
    for mail in mails:
        addressed = (mail.kind, mail.recipient_email)
        offer = may_resend and addressed not in seen and outbox.can_be_resent(mail)
        seen.add(addressed)
        entries.append(_of_mail(mail, offer_resend=offer))
    return entries


def _of_mail(mail: OutgoingMail, *, offer_resend: bool) -> Entry:
    state = state_of(mail)
    words = {"kind": mail.label, "recipient": mail.recipient_email}
    resend = Action(reverse("console:mails:resend", args=[mail.pk]), _("Resend"))
    return Entry(
        at=mail.created_at,
        sentence=_("Mail “%(kind)s” to %(recipient)s") % words,
        kind=state.kind,
        detail=mail.error,
        url=reverse("console:mails:detail", args=[mail.pk]),
        badge=state,
        action=resend if offer_resend else None,
    )
