"""Credentials on their way to who is to use them: sent by a link, shown once, then gone."""

import datetime as dt
import hashlib
import secrets
import uuid

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from audit import trail
from audit.trail import Person
from cloudaccounts import actions, credential_mails, hooks, sealing
from cloudaccounts.flows import statuses
from cloudaccounts.flows.statuses import CannotChangeAccountError
from cloudaccounts.models import CloudAccount, SecretLink
from notifications.models import OutgoingMail
from notifications.recipients import Recipient
from notifications.renewals import CannotRenewError

LIFETIME = dt.timedelta(days=7)
LONGEST = 10_000  # characters
MOST_PER_ROUND = 500
NOT_USABLE = gettext_lazy("This link was opened already, was withdrawn, or has expired.")
UNREADABLE = gettext_lazy("These credentials cannot be read any more. Ask for new ones.")


class CannotOpenError(Exception):
    """There is nothing to show. The message is fit to show."""


@transaction.atomic
def send_credentials(
    account: CloudAccount, *, text: str, to: Recipient, by: User | None
) -> SecretLink:
    """Mail a link that shows `text` once, within seven days. The reseller is mailed that it was
    sent. Raises CannotChangeAccountError.
    """
    account = statuses.lock(account)
    if not text.strip() or len(text) > LONGEST:
        sentence = _("Enter the credentials, up to %(most)s characters.") % {"most": LONGEST}
        raise CannotChangeAccountError(sentence, field="text")
    if not account.is_held:
        raise CannotChangeAccountError(_("Credentials are sent for linked accounts only."))
    try:
        ciphertext = sealing.seal(text)
    except sealing.NoKeyError as error:
        sentence = _("This installation has no key for credentials. Tell its operators.")
        raise CannotChangeAccountError(sentence) from error
    token, now = secrets.token_urlsafe(32), timezone.now()
    link = SecretLink.objects.create(
        account=account,
        email=to.email,
        recipient_name=to.name,
        recipient=User.objects.filter(email=User.objects.normalize_email(to.email)).first(),
        ciphertext=ciphertext,
        token_digest=_digest(token),
        created_at=now,
        expires_at=now + LIFETIME,
    )
    _note(link, actions.CREDENTIALS_SENT, by=by, note=link.email)
    credential_mails.credentials_link(link, token=token)
    credential_mails.credentials_sent(link)
    hooks.tell(hooks.News(account, hooks.Event.CREDENTIALS_SENT))
    return link


def find(token: str) -> SecretLink:
    """The link that can be opened by this token. Changes nothing. Raises CannotOpenError."""
    links = SecretLink.objects.select_related("account")
    link = links.filter(_OPENABLE, token_digest=_digest(token)).first()
    if link is None or link.expires_at <= timezone.now():
        raise CannotOpenError(NOT_USABLE)
    return link


@transaction.atomic
def open_link(token: str, *, by: User | None, address: str) -> str:
    """The credentials. They are erased by this: of two who ask at once, one gets them.

    `by` is who is logged in, if somebody is; `address` the visitor's. Raises CannotOpenError.
    """
    account = statuses.lock(find(token).account)
    link = SecretLink.objects.select_for_update().get(token_digest=_digest(token))
    link.account = account
    if not _is_openable(link):
        raise CannotOpenError(NOT_USABLE)
    try:
        text = sealing.unseal(bytes(link.ciphertext))
    except (sealing.CannotUnsealError, sealing.NoKeyError) as error:
        raise CannotOpenError(UNREADABLE) from error
    link.opened_at, link.opened_by, link.opened_from = timezone.now(), by, address or None
    _erase(link, "opened_at", "opened_by", "opened_from")
    _note(link, actions.CREDENTIALS_OPENED, by=by, note=_opener(link))
    hooks.tell(hooks.News(account, hooks.Event.CREDENTIALS_OPENED))
    return text


@transaction.atomic
def revoke(link: SecretLink, *, by: User | None) -> SecretLink:
    """Withdraw a link that was not opened. Raises CannotChangeAccountError."""
    account = statuses.lock(link.account)
    link = SecretLink.objects.select_for_update().get(pk=link.pk)
    link.account = account
    if not _is_openable(link):
        raise CannotChangeAccountError(str(NOT_USABLE))
    link.revoked_at = timezone.now()
    _erase(link, "revoked_at")
    _note(link, actions.CREDENTIALS_REVOKED, by=by, note=link.email)
    return link


def renew(mail: OutgoingMail, *, by: Person) -> OutgoingMail:
    """Another link to the same credentials, in place of the one in that mail; the end stays.

    Runs inside the resending's transaction. Raises CannotRenewError.
    """
    found = SecretLink.objects.filter(pk__in=mail.about).select_related("account").first()
    if found is None:
        raise CannotRenewError(str(NOT_USABLE))
    account = statuses.lock(found.account)
    link = SecretLink.objects.select_for_update().get(pk=found.pk)
    link.account = account
    if not _is_openable(link):
        raise CannotRenewError(str(NOT_USABLE))
    token = secrets.token_urlsafe(32)
    link.token_digest = _digest(token)
    link.save(update_fields=["token_digest"])
    trail.record(
        actions.CREDENTIALS_SENT_AGAIN,
        subject=account,
        actor=by,
        about=[account.customer],
        note=link.email,
    )
    return credential_mails.credentials_link(link, token=token)


def erase_expired() -> int:
    """Erase the credentials of this reseller that nobody opened in time. Returns how many."""
    expired = SecretLink.objects.filter(erased_at__isnull=True, expires_at__lte=timezone.now())
    ids = list(expired.order_by("expires_at").values_list("pk", flat=True)[:MOST_PER_ROUND])
    return sum(_erase_expired(link_id) for link_id in ids)


@transaction.atomic
def _erase_expired(link_id: uuid.UUID) -> bool:
    found = SecretLink.objects.select_related("account").get(pk=link_id)
    account = statuses.lock(found.account)
    link = SecretLink.objects.select_for_update().get(pk=link_id)
    link.account = account
    if link.erased_at or link.expires_at > timezone.now():
        return False
    _erase(link)
    _note(link, actions.CREDENTIALS_EXPIRED, by=None, note=link.email)
    return True


_OPENABLE = Q(opened_at__isnull=True, revoked_at__isnull=True, erased_at__isnull=True)


def _is_openable(link: SecretLink) -> bool:
    is_over = link.opened_at or link.revoked_at or link.erased_at
    return not is_over and link.expires_at > timezone.now()


def _erase(link: SecretLink, *fields: str) -> None:
    link.ciphertext, link.erased_at = b"", timezone.now()
    link.save(update_fields=["ciphertext", "erased_at", *fields])


def _opener(link: SecretLink) -> str:
    who = str(link.opened_by) if link.opened_by else _("nobody was logged in")
    return _("Sent to %(email)s; opened from %(address)s, %(who)s.") % {
        "email": link.email,
        "address": link.opened_from or _("an unknown address"),
        "who": who,
    }


def _note(link: SecretLink, action: str, *, by: User | None, note: str) -> None:
    account = link.account
    trail.record(action, subject=account, actor=by, about=[account.customer], note=note)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
