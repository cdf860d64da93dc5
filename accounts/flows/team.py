"""The rules of the reseller's own team that several flows must keep."""

from django.utils.translation import gettext as _

from accounts import access
from accounts.models import StaffMember, User
from accounts.roles import StaffPermission, StaffRole


def lock_owners() -> None:
    """Hold the owners' places, so that two people cannot take the last two away at once.

    Comes before any person's row is locked.
    """
    owners = StaffMember.objects.owners().order_by("pk").select_for_update()
    list(owners.values_list("pk"))


def is_last_active_owner(user: User) -> bool:
    """Whether nobody would own the place without this person. Ask under `lock_owners`."""
    owners = StaffMember.objects.owners().active()
    return owners.filter(user=user).exists() and not owners.exclude(user=user).exists()


def refusal_to_manage(user: User, *, by: User | None) -> str:
    """Why `by` may not manage this person; empty where nothing speaks against it.

    Concerns the reseller's own staff only: who may manage a customer's people is the page's
    question. The product itself (None) may.
    """
    member = access.staff_member_of(user)
    if by is None or member is None:
        return ""
    acting = access.staff_member_of(by)
    if acting is None or not access.may(acting, StaffPermission.MANAGE_TEAM):
        return _("Only people who manage the team may do that.")
    if StaffRole.OWNER in {member.role} - {acting.role}:
        return _("Only an owner may do that to an owner.")
    return ""


def refusal_to_grant(role: str, *, by: User | None) -> str:
    """Why `by` may not give somebody this role; empty where nothing speaks against it."""
    if by is None or role in grantable_roles(by):
        return ""
    if role == StaffRole.OWNER:
        return _("Only an owner may make somebody an owner.")
    return _("Only people who manage the team may do that.")


def grantable_roles(by: User) -> list[str]:
    """The roles that this person may give to others."""
    acting = access.staff_member_of(by)
    if acting is None or not access.may(acting, StaffPermission.MANAGE_TEAM):
        return []
    is_owner = acting.role == StaffRole.OWNER
    return [role for role in StaffRole if is_owner or role != StaffRole.OWNER]
