"""The outbox: a mail is a row, written in the transaction of the change it tells of, and sent
after it."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from functools import partial
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.utils import formats, timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import sentences, trail
from notifications import rendering, tasks, texts
from notifications.kinds import SECRET_LINK, MailKind, kind_named
from notifications.models import OutgoingMail
from notifications.recipients import Recipient
from notifications.redaction import marker
from notifications.renewals import CannotRenewError, renewal_of
from resellers.current import current_reseller
from resellers.models import Reseller

# A moment is printed in the reseller's time zone and the recipient's manner; a lazy text in the
# recipient's language.
Value = str | Promise | dt.datetime

LONGEST_KEY = 200

sentences.describe({"mail.resent": gettext_lazy("sent {subject} again")})


class CannotResendError(Exception):
    """The mail cannot be sent again. The message is fit to show to a person."""


def queue(  # noqa: PLR0913 - what a mail is made of; all but the first by name
    kind: str,
    *,
    to: Recipient,
    tokens: Mapping[str, Value],
    unique_key: str,
    about: Iterable[trail.Mentioned] = (),
    secret_link: str = "",
) -> OutgoingMail:
    """Write a mail into the outbox; it goes out after the commit. A second call with the same key
    is a no-op.

    `tokens` holds the kind's own tokens, each exactly once; those that every mail has are added
    here. `about` names the records on whose timeline the mail stands. Must run inside the
    transaction of the change.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"{kind} must be queued inside the transaction of the change.")
    if len(unique_key) > LONGEST_KEY:
        raise ValueError(f"The key of a mail has at most {LONGEST_KEY} characters.")
    mail = _written(kind_named(kind), to=to, tokens=tokens, secret_link=secret_link)
    mail.unique_key = unique_key
    mail.about = list(dict.fromkeys(each.id for each in about))
    return _stored(mail)


def pretend() -> None:
    """Wake a sender after the commit, for no mail: where nobody may learn from the time that an
    answer takes whether one was written."""
    transaction.on_commit(partial(tasks.wake_sender, uuid.uuid4()))


@transaction.atomic
def resend(mail: OutgoingMail, *, by: trail.Person) -> OutgoingMail:
    """Send a mail once more; one with a secret link gets a new link. Raises CannotResendError."""
    mail = OutgoingMail.objects.select_for_update().get(pk=mail.pk)
    if OutgoingMail.objects.on_its_way().like(mail).exists():
        raise CannotResendError(_("This mail is on its way already."))
    if mail.holds_secret_link:
        return _renewed(mail, by=by)
    copy = _stored(_copied(mail))
    mentioned = [trail.Mention(each) for each in mail.about]
    trail.record("mail.resent", subject=copy, actor=by, about=mentioned)
    return copy


def can_be_resent(mail: OutgoingMail) -> bool:
    """Whether to offer it: the mail's own way has ended, and a link in it can be issued again."""
    if mail.state in OutgoingMail.ON_ITS_WAY:
        return False
    return not mail.holds_secret_link or renewal_of(mail.kind) is not None


def _written(
    kind: MailKind, *, to: Recipient, tokens: Mapping[str, Value], secret_link: str
) -> OutgoingMail:
    if bool(secret_link) != bool(kind.secret_link):
        raise ValueError(f"{kind.name} {'needs a' if kind.secret_link else 'has no'} secret link.")
    if secret_link:
        rendering.require_address(SECRET_LINK, secret_link)
    _require_exactly(kind, tokens)
    reseller = current_reseller()
    language = to.language or reseller.language
    mail = OutgoingMail(
        kind=kind.name,
        recipient_email=to.email,
        recipient_name=to.name,
        language=language,
        secret_link=secret_link,
    )
    with translation.override(language):
        brand = rendering.Brand(reseller.name, reseller.brand_color, _support_contact(reseller))
        values = {
            **{name: _plain(value, reseller) for name, value in tokens.items()},
            "reseller_name": brand.name,
            "support_contact": brand.support_contact,
            "recipient_name": to.name or to.email,
            SECRET_LINK: marker(mail.id),
        }
        text = texts.default_text(kind.name, language)
        rendered = rendering.render(kind, text, values, brand=brand, language=language)
    mail.subject, mail.text_body, mail.html_body = rendered.subject, rendered.text, rendered.html
    return mail


def _require_exactly(kind: MailKind, tokens: Mapping[str, Value]) -> None:
    wrong = set(tokens) ^ set(kind.own_tokens)
    if wrong:
        raise ValueError(f"{kind.name} takes {sorted(kind.own_tokens)}, wrong: {sorted(wrong)}.")


def _plain(value: Value, reseller: Reseller) -> str:
    if not isinstance(value, dt.datetime):
        return str(value)
    local = timezone.localtime(value, ZoneInfo(reseller.time_zone))
    return f"{formats.date_format(local, 'DATETIME_FORMAT')} {local.tzname()}"


def _support_contact(reseller: Reseller) -> str:
    ways = [way for way in (reseller.support_email, reseller.support_phone) if way]
    return _(" or ").join(ways) or _("your contact at %(reseller)s") % {"reseller": reseller.name}


def _stored(mail: OutgoingMail) -> OutgoingMail:
    # Of two transactions with one key the second waits for the first here, and then writes nothing.
    OutgoingMail.objects.bulk_create([mail], ignore_conflicts=True)
    stored = OutgoingMail.objects.get(unique_key=mail.unique_key)
    if stored.pk == mail.pk:
        transaction.on_commit(partial(tasks.wake_sender, mail.pk))
    return stored


def _renewed(mail: OutgoingMail, *, by: trail.Person) -> OutgoingMail:
    renew = renewal_of(mail.kind)
    if renew is None:
        raise CannotResendError(
            _("This mail held a link that only its recipient may ask for again.")
        )
    try:
        return renew(mail, by=by)
    except CannotRenewError as error:
        raise CannotResendError(str(error)) from error


def _copied(mail: OutgoingMail) -> OutgoingMail:
    copy = OutgoingMail(
        kind=mail.kind,
        recipient_email=mail.recipient_email,
        recipient_name=mail.recipient_name,
        language=mail.language,
        subject=mail.subject,
        text_body=mail.text_body,
        html_body=mail.html_body,
        about=mail.about,
    )
    copy.unique_key = f"resend:{copy.pk}"
    return copy
