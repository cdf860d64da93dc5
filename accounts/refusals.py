"""What a person reads who typed the right password but may not come in."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from accounts import homes
from accounts.models import User
from resellers.current import current_reseller


@dataclass(frozen=True)
class Refusal:
    """Why somebody is kept out. Shown only to who has proved to be that person."""

    status: str
    title: str
    sentence: str

    @property
    def waits_for_validation(self) -> bool:
        """Whether the mail with the link can be sent again."""
        return self.status == User.Status.PENDING_EMAIL_VALIDATION


EntranceGuard = Callable[[User], "Refusal | None"]
_entrance_guards: list[EntranceGuard] = []


def register_entrance_guard(guard: EntranceGuard) -> None:
    """Ask `guard` about active people who want to log in: an app above knows more reasons."""
    if guard not in _entrance_guards:
        _entrance_guards.append(guard)


def refusal_of(user: User) -> Refusal | None:
    """Why this person may not log in; None for those who may."""
    if user.status == User.Status.ACTIVE:
        if homes.on_platform():
            return None
        asked = (guard(user) for guard in _entrance_guards)
        return next((refusal for refusal in asked if refusal), None)
    return Refusal(user.status, _title(user.status), _sentence(user.status))


def _title(status: str) -> str:
    titles = {
        User.Status.PENDING_EMAIL_VALIDATION: _("Account not Validated"),
        User.Status.PENDING_APPROVAL: _("Waiting for approval"),
        User.Status.SUSPENDED: _("Account suspended"),
    }
    return titles[User.Status(status)]


def _sentence(status: str) -> str:
    if status == User.Status.PENDING_EMAIL_VALIDATION:
        return _("Open the link in the mail that we sent to you. Then your request goes on.")
    if status == User.Status.PENDING_APPROVAL:
        return _("%(company)s looks at your request and mails you once it is decided.") % {
            "company": _company()
        }
    return _("You cannot log in any more. To ask why, contact %(contact)s.") % {
        "contact": contact()
    }


def _company() -> str:
    return settings.PLATFORM_HOST if homes.on_platform() else current_reseller().name


def contact() -> str:
    """Whom to ask, with the ways to reach them."""
    if homes.on_platform():
        return _company()
    reseller = current_reseller()
    ways = [way for way in (reseller.support_email, reseller.support_phone) if way]
    return f"{reseller.name} ({', '.join(ways)})" if ways else reseller.name
