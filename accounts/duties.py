"""Who must have a second factor, and what stays open to those who have none yet.

Asked at the log-in, after each change of a factor and every few minutes, and kept in the session in
between: no page pays for it.
"""

from enum import StrEnum

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest

from accounts import access, homes, sessions
from accounts.models import SecuritySettings, User

Demand = SecuritySettings.SecondFactorFor


class Group(StrEnum):
    """Whom an installation can oblige: `SECOND_FACTOR_FOR`."""

    OPERATORS = "operators"
    STAFF = "staff"
    CUSTOMERS = "customers"


# Turning a factor on, proving who one is, looking after one's sessions, and leaving.
OPEN_PAGES = frozenset(
    {
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_list_webauthn",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "account_reauthenticate",
        "account_change_password",
        "account_set_password",
        "account_logout",
        "account_sessions",
        "account_end_session",
        "account_end_other_sessions",
        "set_theme",
        "branding",
    }
)
_DEMANDED_BY_A_RESELLER: dict[str, set[Group]] = {
    Demand.NOBODY: set(),
    Demand.STAFF: {Group.STAFF},
    Demand.EVERYBODY: {Group.STAFF, Group.CUSTOMERS},
}
_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
_OWES = "owes_a_factor"  # in the session


def owes(request: HttpRequest) -> bool:
    """Whether whoever sent this must turn on a second factor before anything else."""
    if SESSION_KEY not in request.session:
        return False
    if request.session.get(_OWES) or sessions.is_due(request.session):
        settle(request)
    return bool(request.session.get(_OWES))


def settle(request: HttpRequest) -> None:
    """Find out what this person owes, and keep it in the session."""
    user = request.user
    request.session[_OWES] = isinstance(user, User) and is_obliged(user) and not has_factor(user)


def is_obliged(user: User) -> bool:
    """Whether the installation or the reseller demands a second factor of this person."""
    obliged = obliged_groups()
    return bool(obliged) and group_of(user) in obliged


def obliged_groups() -> set[Group]:
    """Of whom a second factor is demanded here. A reseller may demand more than the platform."""
    groups = {Group(each) for each in settings.SECOND_FACTOR_FOR}
    if homes.on_platform():
        return groups & {Group.OPERATORS}
    found = SecuritySettings.objects.first() or SecuritySettings()
    return (groups - {Group.OPERATORS}) | _DEMANDED_BY_A_RESELLER[found.second_factor_for]


def has_factor(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user, type__in=_FACTORS).exists())


def group_of(user: User) -> Group:
    if homes.on_platform():
        return Group.OPERATORS
    return Group.STAFF if access.staff_member_of(user) else Group.CUSTOMERS
