"""What each staff role may do. Pages name a permission; roles are sets of permissions."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class StaffRole(models.TextChoices):
    OWNER = "owner", _("Owner")
    ADMIN = "admin", _("Admin")
    BILLING = "billing", _("Billing")
    SUPPORT = "support", _("Support")
    VIEWER = "viewer", _("Viewer")


class StaffPermission(StrEnum):
    VIEW_CONSOLE = "view_console"
    VIEW_CUSTOMERS = "view_customers"
    EDIT_CUSTOMERS = "edit_customers"
    # To take the list away as a file. Whoever may only look sees pages of it.
    EXPORT_CUSTOMERS = "export_customers"
    MANAGE_PEOPLE = "manage_people"
    # To enable providers, and to add, request, move or unlink cloud accounts.
    MANAGE_ACCOUNTS = "manage_accounts"
    VIEW_REQUESTS = "view_requests"
    DECIDE_REQUESTS = "decide_requests"
    VIEW_TEAM = "view_team"
    MANAGE_TEAM = "manage_team"
    MANAGE_SETTINGS = "manage_settings"


_VIEWER = {
    StaffPermission.VIEW_CONSOLE,
    StaffPermission.VIEW_CUSTOMERS,
    StaffPermission.VIEW_REQUESTS,
    StaffPermission.VIEW_TEAM,
}
_BILLING = _VIEWER | {StaffPermission.EDIT_CUSTOMERS, StaffPermission.EXPORT_CUSTOMERS}
_SUPPORT = _BILLING | {StaffPermission.MANAGE_PEOPLE, StaffPermission.MANAGE_ACCOUNTS}
_ADMIN = (
    _SUPPORT
    | _BILLING
    | {
        StaffPermission.DECIDE_REQUESTS,
        StaffPermission.MANAGE_TEAM,
        StaffPermission.MANAGE_SETTINGS,
    }
)

PERMISSIONS: dict[str, frozenset[StaffPermission]] = {
    StaffRole.OWNER: frozenset(StaffPermission),
    StaffRole.ADMIN: frozenset(_ADMIN),
    StaffRole.BILLING: frozenset(_BILLING),
    StaffRole.SUPPORT: frozenset(_SUPPORT),
    StaffRole.VIEWER: frozenset(_VIEWER),
}


def roles_with(permission: StaffPermission) -> list[str]:
    """The roles whose people hold this permission."""
    return [role for role, held in PERMISSIONS.items() if permission in held]
