"""The door to staff rights: who this person is at the reseller, and what that allows."""

from accounts.models import StaffMember, User
from accounts.roles import PERMISSIONS, StaffPermission


def staff_member_of(user: User) -> StaffMember | None:
    """The person's place in the reseller's team, or None."""
    return StaffMember.objects.filter(user=user).first()


def member_signed_in(user: User) -> StaffMember | None:
    """The same for the person of a request, who was read together with it."""
    try:
        return user.staff_member
    except StaffMember.DoesNotExist:
        return None


def may(member: StaffMember, permission: StaffPermission) -> bool:
    """Whether the member's role holds the permission."""
    return permission in PERMISSIONS[member.role]
