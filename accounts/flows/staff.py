"""The reseller's own team: who belongs to it, and with which role."""

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.flows import invitations, people, team
from accounts.models import StaffMember, User
from accounts.roles import StaffRole
from audit import sentences, trail
from resellers.current import current_reseller
from resellers.models import Reseller

JOINED = "staff_member.joined"
ROLE_CHANGED = "staff_member.role_changed"
sentences.describe(
    {
        JOINED: gettext_lazy("added {subject} to the team"),
        ROLE_CHANGED: gettext_lazy("changed the role of {subject} in the team"),
    }
)


class CannotInviteStaffError(Exception):
    """This person cannot join the team. The message is fit to show, beside `field`."""

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


class CannotChangeRoleError(Exception):
    """The role stays as it is. The message is fit to show."""


@transaction.atomic
def invite_staff(email: str, *, full_name: str, role: str, by: User) -> StaffMember:
    """Make a person one of the team and mail the invitation. Raises CannotInviteStaffError."""
    if refusal := team.refusal_to_grant(role, by=by):
        raise CannotInviteStaffError(refusal, field="role")
    try:
        user = people.create_person(email, full_name=full_name, by=by)
    except people.CannotCreatePersonError as error:
        raise CannotInviteStaffError(str(error), field="email") from error
    return _join(user, role, by=by, reseller=current_reseller())


@transaction.atomic
def change_role(member: StaffMember, role: str, *, by: User | None) -> StaffMember:
    """Give a member of the team another role. Raises CannotChangeRoleError."""
    team.lock_owners()
    member = (
        StaffMember.objects.select_for_update(of=("self",)).select_related("user").get(pk=member.pk)
    )
    _check_may_change_role(member, role, by=by)
    changes = {"role": (StaffRole(member.role).label, StaffRole(role).label)}
    member.role = role
    member.save(update_fields=["role"])
    trail.record(ROLE_CHANGED, subject=member.user, actor=by, changes=changes)
    return member


@transaction.atomic
def seed_owner(reseller: Reseller) -> None:
    """Make and invite a new reseller's first owner. Running it again changes nothing."""
    if StaffMember.objects.owners().exists():
        return
    user = people.create_person(reseller.owner_email, full_name=reseller.owner_name, by=None)
    _join(user, StaffRole.OWNER, by=None, reseller=reseller)


def _join(user: User, role: str, *, by: User | None, reseller: Reseller) -> StaffMember:
    member = StaffMember.objects.create(user=user, role=role)
    changes = {"role": (None, StaffRole(role).label)}
    trail.record(JOINED, subject=user, actor=by, changes=changes)
    invitations.invite(user, by=by, kind="staff_invitation", organization=reseller.name)
    return member


def _check_may_change_role(member: StaffMember, role: str, *, by: User | None) -> None:
    refusal = team.refusal_to_manage(member.user, by=by) or team.refusal_to_grant(role, by=by)
    if refusal:
        raise CannotChangeRoleError(refusal)
    if member.role == role:
        raise CannotChangeRoleError(_("This person has that role already."))
    if team.is_last_active_owner(member.user):
        raise CannotChangeRoleError(_("The last active owner must stay an owner."))
