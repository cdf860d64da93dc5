"""How the mails of this app that hold a secret link are sent again: with a new link."""

import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import mails, tokens
from accounts.flows import invitations, passwords
from accounts.models import User
from audit import sentences, trail
from audit.trail import Person
from notifications.models import OutgoingMail
from notifications.renewals import CannotRenewError

RESET_SENT = "user.password_reset_sent"
sentences.describe({RESET_SENT: gettext_lazy("sent {subject} another link for a new password")})


@dataclass
class _Mentioned:
    """A record of which the mail knows only the key."""

    id: uuid.UUID


@transaction.atomic
def invite_again(mail: OutgoingMail, *, by: Person) -> OutgoingMail:
    """Invite the recipient of an invitation once more. Raises CannotRenewError."""
    user = _recipient(mail)
    about = [_Mentioned(each) for each in mail.about]
    try:
        return invitations.resend(user, by=User.objects.get(pk=by.id), about=about)
    except invitations.CannotInviteError as error:
        raise CannotRenewError(str(error)) from error


@transaction.atomic
def send_reset_again(mail: OutgoingMail, *, by: Person) -> OutgoingMail:
    """Send the recipient of a password reset another link. Raises CannotRenewError."""
    user = _recipient(mail)
    if not user.is_active:
        raise CannotRenewError(_("This person is not active."))
    entry = trail.record(RESET_SENT, subject=user, actor=by)
    return mails.password_reset(user, secret_link=tokens.reset_url(user), event=str(entry.pk))


@transaction.atomic
def offer_reset_again(mail: OutgoingMail, *, by: Person) -> OutgoingMail:
    """Send the recipient another link for a new password. Raises CannotRenewError."""
    try:
        return passwords.send_reset(_recipient(mail), by=User.objects.get(pk=by.id))
    except passwords.CannotSendResetError as error:
        raise CannotRenewError(str(error)) from error


def _recipient(mail: OutgoingMail) -> User:
    """The person, under lock."""
    user = User.objects.select_for_update().filter(email=mail.recipient_email).first()
    if user is None:
        raise CannotRenewError(_("Nobody has this e-mail any more."))
    return user
