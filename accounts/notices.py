"""Tells people by mail that something which opens their account was changed."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import homes, mails
from accounts.models import User
from audit import security

PASSWORD_CHANGED = _("Your password was changed.")
PASSWORD_SET = _("Your password was set by somebody who manages your account.")
RECOVERY_CODES_MADE = _("New recovery codes were made.")
FACTORS_REMOVED = _("Your second factor was removed, as you asked for.")

# By the names that allauth gives its own mails.
CHANGES: Mapping[str, Promise] = {
    "account/email/password_changed": PASSWORD_CHANGED,
    "account/email/password_reset": PASSWORD_CHANGED,
    "account/email/password_set": PASSWORD_CHANGED,
    "mfa/email/totp_activated": _("An authenticator app was added."),
    "mfa/email/totp_deactivated": _("The authenticator app was removed."),
    "mfa/email/webauthn_added": _("A passkey was added."),
    "mfa/email/webauthn_removed": _("A passkey was removed."),
}


@transaction.atomic
def tell(user: User, change: Promise) -> None:
    """Mail the person what was changed, and note it in the log of security.

    Operators get no mail from the product: for them there is the log. Nor does whoever cannot come
    in: an address that nobody validated may belong to a stranger.
    """
    security.note(security.CREDENTIALS_CHANGED, person=str(user.pk), change=str(change))
    if user.is_active and not homes.on_platform():
        mails.security_notice(user, change=change, at=timezone.now())
