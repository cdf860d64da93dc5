"""The mails of this app. Each function queues one, inside the transaction of the change."""

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise

from accounts import access, links
from accounts.models import OneTimeLink, User
from audit import trail
from notifications import outbox
from notifications.models import OutgoingMail
from notifications.recipients import Recipient
from resellers.current import absolute_url, current_reseller


def recipient(user: User) -> Recipient:
    return Recipient(email=user.email, name=user.full_name)


def staff_invitation(token: str, *, about: Iterable[trail.Mentioned] = ()) -> OutgoingMail:
    """The link on which a new member of the team sets a password."""
    link = links.find(token, OneTimeLink.Purpose.INVITATION)
    member = access.staff_member_of(link.user)
    role = member.get_role_display() if member else ""
    return _invitation("staff_invitation", token, link, {"role": role}, about)


def customer_invitation(token: str, *, about: Iterable[trail.Mentioned] = ()) -> OutgoingMail:
    """The link on which one of a customer's people sets a password."""
    link = links.find(token, OneTimeLink.Purpose.INVITATION)
    return _invitation(
        "customer_invitation", token, link, {"company_name": link.organization}, about
    )


def password_reset(user: User, *, secret_link: str, event: str) -> OutgoingMail:
    """The link on which a person who forgot the password chooses another.

    `event` names what asked for it: two clicks in one second make one link and so one mail.
    """
    until = timezone.now() + dt.timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    return outbox.queue(
        "password_reset",
        to=recipient(user),
        tokens={"valid_until": until},
        unique_key=f"password_reset:{event}",
        about=[user],
        secret_link=secret_link,
    )


def password_reset_offer(
    user: User, *, secret_link: str, by: User, about: Iterable[trail.Mentioned] = ()
) -> OutgoingMail:
    """The same link, sent by somebody who manages the person."""
    until = timezone.now() + dt.timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    return outbox.queue(
        "password_reset_offer",
        to=recipient(user),
        tokens={"sender_name": str(by), "valid_until": until},
        unique_key=f"password_reset_offer:{links.fingerprint(secret_link)}",
        about=[user, *about],
        secret_link=secret_link,
    )


def account_suspended(
    user: User, *, event: str, about: Iterable[trail.Mentioned] = ()
) -> OutgoingMail:
    """Tells a person that they are shut out. `event` names the suspension."""
    return outbox.queue(
        "account_suspended",
        to=recipient(user),
        tokens={},
        unique_key=f"account_suspended:{event}",
        about=[user, *about],
    )


def security_notice(user: User, *, change: Promise, at: dt.datetime) -> OutgoingMail:
    """Tells a person what was changed about how they log in, and what to do if it was not them."""
    return outbox.queue(
        "security_notice",
        to=recipient(user),
        tokens={
            "change": change,
            "changed_at": at,
            "reset_url": absolute_url(reverse("account_reset_password", settings.ROOT_URLCONF)),
        },
        unique_key=f"security_notice:{user.pk}:{at.isoformat()}",
        about=[user],
    )


def _invitation(
    kind: str,
    token: str,
    link: OneTimeLink,
    tokens: dict[str, str],
    about: Iterable[trail.Mentioned],
) -> OutgoingMail:
    # Written by tasks and on the platform's host, too: the address is always a reseller's.
    path = reverse("portal:entrance:invitation", settings.ROOT_URLCONF, args=[token])
    inviter = str(link.issued_by) if link.issued_by else current_reseller().name
    return outbox.queue(
        kind,
        to=recipient(link.user),
        tokens={"inviter_name": inviter, "valid_until": link.expires_at, **tokens},
        unique_key=f"{kind}:{links.fingerprint(token)}",
        about=[link.user, *about],
        secret_link=absolute_url(path),
    )
