"""Telling the customer that an invitation is about to run out."""

import datetime as dt
import uuid

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cloudaccounts.errands import mails
from cloudaccounts.flows import statuses
from cloudaccounts.models import Invitation

# Before the end, in days.
REMINDERS = (7, 3, 1)
MOST_PER_ROUND = 100


def remind() -> None:
    """Mail about the invitations of this reseller that end soon: once each 7, 3 and 1 days before.

    Where nobody looked for days, the last of the missed reminders is sent, not all of them.
    """
    for invitation_id in _to_remind(timezone.now())[:MOST_PER_ROUND]:
        _remind_of(invitation_id)


def _to_remind(now: dt.datetime) -> list[uuid.UUID]:
    pending = Invitation.objects.open().filter(state=Invitation.State.PENDING, expires_at__gt=now)
    due = Q()
    for days in REMINDERS:
        is_fresh = Q(reminded_days__isnull=True) | Q(reminded_days__gt=days)
        due |= Q(expires_at__lte=now + dt.timedelta(days=days)) & is_fresh
    return list(pending.filter(due).order_by("expires_at").values_list("pk", flat=True))


def _stage(invitation: Invitation, now: dt.datetime) -> int | None:
    """The reminder that is due: the fewest days that are not less than what is left."""
    if invitation.expires_at is None or invitation.expires_at <= now:
        return None
    left = invitation.expires_at - now
    due = [days for days in REMINDERS if left <= dt.timedelta(days=days)]
    stage = min(due, default=None)
    if stage is None or (invitation.reminded_days or max(REMINDERS) + 1) <= stage:
        return None
    return stage


@transaction.atomic
def _remind_of(invitation_id: uuid.UUID) -> None:
    found = Invitation.objects.select_related("account").get(pk=invitation_id)
    account = statuses.lock(found.account)
    invitation = Invitation.objects.select_for_update().get(pk=invitation_id)
    stage = _stage(invitation, timezone.now())
    is_wanted = invitation.state == Invitation.State.PENDING and not invitation.is_to_be_cancelled
    if stage is None or not is_wanted:
        return
    invitation.reminded_days = stage
    invitation.save(update_fields=["reminded_days"])
    invitation.account = account
    mails.invitation_expires(invitation)
