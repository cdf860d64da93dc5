"""Ordering invitations and withdrawing them. What the provider answers comes in by tasks."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from cloudaccounts import actions, claims
from cloudaccounts.errands import telling
from cloudaccounts.flows import statuses
from cloudaccounts.flows.ordering import require_orderable
from cloudaccounts.flows.statuses import CannotChangeAccountError
from cloudaccounts.models import CloudAccount, Invitation
from cloudaccounts.tasks import errands as tasks

State = Invitation.State


@transaction.atomic
def order_invitation(account: CloudAccount, *, via: str, by: User | None) -> Invitation:
    """Have the account invited, through the platform's connection or the reseller's own.

    Raises CannotChangeAccountError.
    """
    account = statuses.lock(account)
    if not account.account_id:
        raise CannotChangeAccountError(_("This account has no ID yet: it has to be created."))
    record = require_orderable(account, via=via, by_hand="by_hand/invite")
    if account.account_id == record.account_id:
        raise CannotChangeAccountError(
            _("This is the account from which invitations are sent; it cannot be linked.")
        )
    if via == Invitation.Via.PLATFORM and claims.is_claimed_elsewhere(account):
        raise CannotChangeAccountError(
            _("Another reseller has this account. Find out whose it is before you invite it.")
        )
    invitation = Invitation.objects.create(
        account=account, via=via, management_account_id=record.account_id
    )
    telling.tell(account, invitation, actions.INVITATION_ORDERED, by=by)
    tasks.wake_after_commit(invitation)
    return invitation


@transaction.atomic
def order_cancel(invitation: Invitation, *, by: User | None) -> Invitation:
    """Have it withdrawn. Whoever accepted it a moment earlier was first: then it is accepted.

    Raises CannotChangeAccountError.
    """
    account, invitation = _locked(invitation)
    if invitation.is_to_be_cancelled and not invitation.is_to_be_resent:
        raise CannotChangeAccountError(_("This invitation is being withdrawn already."))
    return _withdraw(account, invitation, actions.INVITATION_CANCEL_ORDERED, by=by)


@transaction.atomic
def order_resend(invitation: Invitation, *, by: User | None) -> Invitation:
    """Have it withdrawn and another one sent; the account goes on being linked.

    Raises CannotChangeAccountError.
    """
    account, invitation = _locked(invitation)
    if invitation.is_to_be_cancelled:
        raise CannotChangeAccountError(_("This invitation is being withdrawn already."))
    if invitation.state == State.SENDING:
        raise CannotChangeAccountError(_("This invitation is being sent at this moment."))
    invitation.is_to_be_resent = True
    return _withdraw(account, invitation, actions.INVITATION_RESEND_ORDERED, by=by)


@transaction.atomic
def look_now(invitation: Invitation) -> Invitation:
    """Ask the provider now instead of at the next turn. Raises CannotChangeAccountError."""
    _account, invitation = _locked(invitation)
    invitation.due_at = timezone.now()
    invitation.save(update_fields=["due_at"])
    tasks.wake_after_commit(invitation)
    return invitation


def _withdraw(
    account: CloudAccount, invitation: Invitation, action: str, *, by: User | None
) -> Invitation:
    # Of a cancel and a resend the cancel wins: nobody gets an invitation that somebody withdrew.
    if action == actions.INVITATION_CANCEL_ORDERED:
        invitation.is_to_be_resent = False
    invitation.is_to_be_cancelled = True
    invitation.due_at = timezone.now()
    invitation.save(update_fields=["is_to_be_cancelled", "is_to_be_resent", "due_at"])
    telling.tell(account, invitation, action, by=by)
    tasks.wake_after_commit(invitation)
    return invitation


def _locked(invitation: Invitation) -> tuple[CloudAccount, Invitation]:
    """The account and the invitation, which is open. Raises CannotChangeAccountError."""
    account = statuses.lock(invitation.account)
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if not invitation.is_open:
        raise CannotChangeAccountError(
            _("This invitation has ended: %(state)s.") % {"state": invitation.get_state_display()}
        )
    invitation.account = account
    return account, invitation
