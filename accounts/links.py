"""One-time links: issued into a mail, found by their token, used once."""

import datetime as dt
import hashlib
import secrets

from django.utils import timezone

from accounts.models import OneTimeLink, User

LIFETIME = {
    OneTimeLink.Purpose.INVITATION: dt.timedelta(days=7),
    OneTimeLink.Purpose.EMAIL_VALIDATION: dt.timedelta(days=3),
}


class LinkNotUsableError(Exception):
    """The link is unknown, used, replaced or expired. The message is fit to show."""


def issue(user: User, purpose: OneTimeLink.Purpose) -> str:
    """Make the only live link of this person and purpose; earlier ones die. Returns the token, kept nowhere else.

    Must run in a transaction that holds the person's row, so that two issues cannot cross.
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
    )
    return token


def revoke(user: User, purpose: OneTimeLink.Purpose) -> None:
    """End the live link of this person and purpose, if there is one."""
    live = OneTimeLink.objects.filter(user=user, purpose=purpose, used_at__isnull=True, revoked_at__isnull=True)
    live.update(revoked_at=timezone.now())


def find(token: str, purpose: OneTimeLink.Purpose) -> OneTimeLink:
    """The usable link of this token, with its person. Raises LinkNotUsableError."""
    links = OneTimeLink.objects.select_related("user")
    link = links.filter(token_digest=_digest(token), purpose=purpose).first()
    if link is None or link.revoked_at or link.used_at or link.expires_at <= timezone.now():
        raise LinkNotUsableError("This link was used already, was replaced by a newer one, or has expired.")
    return link


def use(token: str, purpose: OneTimeLink.Purpose) -> OneTimeLink:
    """Spend the link inside a transaction: of two people with the same link, one gets it.

    Locks the person, then the link. Raises LinkNotUsableError.
    """
    link = find(token, purpose)
    User.objects.select_for_update().get(pk=link.user_id)
    spent = OneTimeLink.objects.filter(pk=link.pk, used_at__isnull=True, revoked_at__isnull=True).update(
        used_at=timezone.now()
    )
    if not spent:
        raise LinkNotUsableError("This link was used already, was replaced by a newer one, or has expired.")
    return find_spent(link)


def find_spent(link: OneTimeLink) -> OneTimeLink:
    """Read the link and its person again, as they stand under the lock."""
    return OneTimeLink.objects.select_related("user").get(pk=link.pk)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
