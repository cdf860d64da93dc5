"""The keys in password reset links."""

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse

from accounts.models import User
from resellers.current import absolute_url
from resellers.schemas import connection


class PasswordResetTokens(PasswordResetTokenGenerator):
    """A key works once, for active people, and at the reseller that issued it only."""

    @property
    def key_salt(self) -> str:  # type: ignore[override]
        return f"accounts.tokens.PasswordResetTokens:{connection.schema_name}"

    def check_token(self, user: User | None, token: str | None) -> bool:
        return user is not None and user.is_active and super().check_token(user, token)

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        # A suspension in between ends the key, even if it is lifted again.
        return f"{super()._make_hash_value(user, timestamp)}{user.status}"


def reset_url(user: User) -> str:
    """The full address on which this person may choose another password."""
    person, token = user.pk.hex, PasswordResetTokens().make_token(user)
    path = reverse("account_reset_password_from_key", settings.ROOT_URLCONF, args=[person, token])
    return absolute_url(path)
