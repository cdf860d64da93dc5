"""Whoever decides at a reseller, as recipients of mails."""

from accounts.mails import recipient
from accounts.models import StaffMember, User
from accounts.roles import StaffPermission, roles_with
from notifications.recipients import Recipient, approvals_mailbox


def approvers() -> dict[str, Recipient]:
    """The reseller's mailbox for requests, or else everybody who may decide.

    By a key that tells them apart and stays within an outbox key's length.
    """
    mailbox = approvals_mailbox()
    if mailbox:
        return {"mailbox": Recipient(email=mailbox)}
    members = StaffMember.objects.filter(
        role__in=roles_with(StaffPermission.DECIDE_REQUESTS), user__status=User.Status.ACTIVE
    )
    return {str(each.pk): recipient(each.user) for each in members.select_related("user")}
