"""What a customer's own administrators do to the people of their company.

They manage their company, not the person: who belongs to others, too, is suspended by the reseller
only. And they learn nothing about others: whether the reseller knew an e-mail before shows neither
in an answer nor in a list; only the mail to the person differs.
"""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.flows import passwords
from accounts.flows import people as accounts_people
from accounts.flows.invitations import CannotInviteError
from accounts.models import StaffMember, User
from audit.models import AuditEntry
from customers.flows import people
from customers.flows.people import CannotAddPersonError, CannotChangeMembershipError, NewPerson
from customers.models import Customer, Membership
from customers.models.memberships import WAITING
from resellers.current import current_reseller

BETWEEN_INVITATIONS = dt.timedelta(minutes=1)

_GONE = gettext_lazy("%(person)s does not belong to your company any more.")


class CannotManageColleagueError(Exception):
    """The company's administrator may not do that. The message is fit to show."""


@transaction.atomic
def add(customer: Customer, *, email: str, full_name: str, role: str, by: User) -> Membership:
    """Let a person belong to the company and mail them. Raises CannotAddPersonError."""
    person = NewPerson(email=email, full_name=full_name, role=role)
    try:
        membership = people.add_person(customer, person, by=by)
    except CannotAddPersonError as error:
        # The flow's own sentence holds the person's name.
        sentence = _("Somebody with this e-mail belongs to your company already.")
        raise CannotAddPersonError(sentence, field="email") from error
    membership.introduced_as = full_name
    _call_in(membership, by=by)
    return membership


@transaction.atomic
def invite_again(membership: Membership, *, by: User) -> None:
    """Mail somebody who has not come in yet once more. Raises CannotManageColleagueError."""
    membership = _locked(membership)
    if membership.shown_status not in WAITING:
        raise CannotManageColleagueError(
            _("%(person)s needs no invitation.") % {"person": membership.shown_name}
        )
    last = membership.invited_at
    if last is not None and timezone.now() - last < BETWEEN_INVITATIONS:
        raise CannotManageColleagueError(
            _("%(person)s was invited a moment ago. Give the mail a minute.")
            % {"person": membership.shown_name}
        )
    _call_in(membership, by=by)


@transaction.atomic
def change_role(membership: Membership, role: str, *, by: User) -> None:
    """Give a colleague another role here. Raises CannotManageColleagueError."""
    try:
        people.change_role(_locked(membership), role, by=by)
    except CannotChangeMembershipError as error:
        raise CannotManageColleagueError(str(error)) from error


@transaction.atomic
def remove(membership: Membership, *, by: User) -> None:
    """Take a colleague out of the company. Raises CannotManageColleagueError."""
    try:
        people.remove(_locked(membership), by=by)
    except CannotChangeMembershipError as error:
        raise CannotManageColleagueError(str(error)) from error


@transaction.atomic
def suspend(membership: Membership, *, by: User, reason: str = "") -> None:
    """Shut out somebody who belongs to this company alone. Raises CannotManageColleagueError."""
    membership = _locked(membership)
    if membership.user_id == by.pk:
        raise CannotManageColleagueError(_("You cannot suspend yourself."))
    if membership.shown_status != User.Status.ACTIVE:
        raise CannotManageColleagueError(
            _("Only somebody who is active can be suspended. You can remove %(person)s instead.")
            % {"person": membership.shown_name}
        )
    _refuse_unless_ours_alone(membership)
    try:
        accounts_people.suspend(membership.user, by=by, reason=reason)
    except accounts_people.CannotSuspendError as error:
        raise CannotManageColleagueError(str(error)) from error


@transaction.atomic
def reactivate(membership: Membership, *, by: User) -> None:
    """Let somebody back in whom the company itself suspended. Raises CannotManageColleagueError."""
    membership = _locked(membership)
    if membership.shown_status != User.Status.SUSPENDED:
        raise CannotManageColleagueError(
            _("%(person)s is not suspended.") % {"person": membership.shown_name}
        )
    _refuse_unless_ours_alone(membership)
    if not _was_suspended_here(membership):
        raise CannotManageColleagueError(_only_the_reseller())
    accounts_people.reactivate(membership.user, by=by)


@transaction.atomic
def send_reset(membership: Membership, *, by: User) -> None:
    """Mail an active colleague a link for a new password. Raises CannotManageColleagueError."""
    membership = _locked(membership)
    if membership.shown_status != User.Status.ACTIVE:
        raise CannotManageColleagueError(
            _("Only somebody who is active can choose a new password.")
        )
    if _is_staff(membership.user):
        raise CannotManageColleagueError(_only_the_reseller())
    try:
        passwords.send_reset(membership.user, by=by)
    except passwords.CannotSendResetError as error:
        raise CannotManageColleagueError(str(error)) from error


def _call_in(membership: Membership, *, by: User) -> None:
    membership.invited_at = timezone.now()
    membership.save(update_fields=["introduced_as", "invited_at"])
    if _is_staff(membership.user) and not membership.user.is_active:
        return  # a link to here would replace the one to the team
    try:
        people.call_in(membership, by=by)
    except CannotInviteError as error:
        raise CannotManageColleagueError(str(error)) from error


def _locked(membership: Membership) -> Membership:
    """The membership as it stands under the locks: customer first, then the person."""
    customer = Customer.objects.select_for_update().get(pk=membership.customer_id)
    user = User.objects.select_for_update().get(pk=membership.user_id)
    found = Membership.objects.filter(pk=membership.pk).first()
    if found is None:
        raise CannotManageColleagueError(_GONE % {"person": membership.shown_name})
    found.customer, found.user = customer, user
    return found


def _refuse_unless_ours_alone(membership: Membership) -> None:
    """Nobody joins another customer meanwhile: that would need the person's row, which is held."""
    elsewhere = Membership.objects.of_person(membership.user).exclude(pk=membership.pk)
    if elsewhere.exists() or _is_staff(membership.user):
        raise CannotManageColleagueError(_only_the_reseller())


def _is_staff(user: User) -> bool:
    return StaffMember.objects.filter(user=user).exists()


def _was_suspended_here(membership: Membership) -> bool:
    """Whether it was somebody of this company who suspended the person, not the reseller's team."""
    suspensions = AuditEntry.objects.about(membership.user_id).filter(
        subject_id=membership.user_id, action=accounts_people.SUSPENDED
    )
    last = suspensions.first()
    if last is None or last.actor_id is None or membership.customer_id not in last.about:
        return False
    return not StaffMember.objects.filter(user_id=last.actor_id).exists()


def _only_the_reseller() -> str:
    return _(
        "Only %(reseller)s can do that for this person. You can change their role here, or remove"
        " them from your company."
    ) % {"reseller": current_reseller().name}
