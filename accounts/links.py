"""One-time links: issued into a mail, found by their token, used once."""

import datetime as dt
import hashlib
import secrets
from typing import TypedDict, Unpack

from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.models import OneTimeLink, User

LIFETIME = {
    OneTimeLink.Purpose.INVITATION: dt.timedelta(days=7),
    OneTimeLink.Purpose.EMAIL_VALIDATION: dt.timedelta(days=3),
}
NOT_USABLE = gettext_lazy(
    "This link was used already, was replaced by a newer one, or has expired."
)


class Told(TypedDict, total=False):
    """What the page behind the link says about it."""

    organization: str
    issued_by: User | None
    mail_kind: str


class LinkNotUsableError(Exception):
    """The link is unknown, used, replaced or expired. The message is fit to show."""


def issue(user: User, purpose: OneTimeLink.Purpose, **told: Unpack[Told]) -> str:
    """Make the only live link of this person and purpose; earlier ones die.

    Returns the token, which is kept nowhere else. Must run in a transaction that holds the
    person's row, so that two issues cannot cross.
    """
    now = timezone.now()
    revoke(user, purpose)
    token = secrets.token_urlsafe(32)
    OneTimeLink.objects.create(
        user=user,
        purpose=purpose,
        token_digest=_digest(token),
        created_at=now,
        expires_at=now + LIFETIME[purpose],
        **told,
    )
    return token


def revoke(user: User, purpose: OneTimeLink.Purpose) -> None:
    """End the live link of this person and purpose, if there is one."""
    live = OneTimeLink.objects.live().of_person(user, purpose)
    live.update(revoked_at=timezone.now())


def find(token: str, purpose: OneTimeLink.Purpose) -> OneTimeLink:
    """The usable link of this token, with its person. Raises LinkNotUsableError."""
    links = OneTimeLink.objects.select_related("user", "issued_by")
    link = links.filter(token_digest=_digest(token), purpose=purpose).first()
    if link is None or link.revoked_at or link.used_at or link.expires_at <= timezone.now():
        raise LinkNotUsableError(NOT_USABLE)
    return link


def use(token: str, purpose: OneTimeLink.Purpose) -> OneTimeLink:
    """Spend the link inside a transaction: of two people with the same link, one gets it.

    Locks the person, then the link. Raises LinkNotUsableError.
    """
    link = find(token, purpose)
    person = User.objects.select_for_update().filter(pk=link.user_id).first()
    unspent = OneTimeLink.objects.live().filter(pk=link.pk)
    if person is None or not unspent.update(used_at=timezone.now()):
        raise LinkNotUsableError(NOT_USABLE)
    return find_spent(link)


def find_spent(link: OneTimeLink) -> OneTimeLink:
    """Read the link and its person again, as they stand under the lock."""
    return OneTimeLink.objects.select_related("user").get(pk=link.pk)


def fingerprint(token: str) -> str:
    """What names a link without giving it away: for keys of mails."""
    return _digest(token)[:20]


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
