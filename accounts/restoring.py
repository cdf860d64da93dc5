"""What a backup's people cannot simply go on with after it was restored."""

from collections.abc import Iterator

from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.utils import timezone

from accounts.adapter import MFAAdapter
from accounts.models import OneTimeLink
from resellers.hooks import Restoration

# Where each kind of second factor keeps what is encrypted.
_SECRETS = {Authenticator.Type.TOTP: "secret", Authenticator.Type.RECOVERY_CODES: "seed"}


def set_right(restoration: Restoration) -> Iterator[str]:
    """End the links that wait in mails, and name the second factors that will not work."""
    if not restoration.takes_over:
        # Links that were used since the backup would work once more.
        ended = OneTimeLink.objects.live().update(revoked_at=timezone.now())
        if ended:
            yield (
                f"{ended} links in mails (invitations, e-mail validations) were ended; "
                "invite those people again from their pages."
            )
    unreadable = sum(not _is_readable(each) for each in _encrypted())
    if unreadable:
        yield (
            f"{unreadable} second factors (authenticator apps, recovery codes) were encrypted "
            "under a SECRET_KEY that this installation does not have: their owners cannot log in. "
            "Add the key of the installation that made the backup to SECRET_KEY_FALLBACKS."
        )
    host = restoration.reseller.host
    passkeys = Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN).count()
    if passkeys and host != restoration.former_host:
        yield (
            f"{passkeys} passkeys belong to {restoration.former_host} and do not work at {host}."
        )


def _encrypted() -> Iterator[Authenticator]:
    yield from Authenticator.objects.filter(type__in=_SECRETS).iterator()


def _is_readable(factor: Authenticator) -> bool:
    secret = factor.data.get(_SECRETS[factor.type])
    try:
        return secret is None or bool(MFAAdapter().decrypt(secret))
    except InvalidToken:
        return False
