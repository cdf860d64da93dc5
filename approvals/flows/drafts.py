"""Sign-ups whose e-mail nobody validated are not kept."""

import datetime as dt
import uuid

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from approvals import actions, applicants
from approvals.models import ApprovalRequest
from approvals.querysets import ApprovalRequestQuerySet
from audit import trail

KEPT_FOR = dt.timedelta(days=14)


def abandoned() -> list[uuid.UUID]:
    """The drafts that may go now."""
    return list(_abandoned().values_list("pk", flat=True))


@transaction.atomic
def discard(request_id: uuid.UUID) -> bool:
    """Erase one abandoned draft and its person. False when it was validated or renewed."""
    people = User.objects.select_for_update(of=("self",))
    person = people.filter(approval_requests=request_id).first()
    request = (
        _abandoned()
        .filter(pk=request_id)
        .select_related("signup")
        .select_for_update(of=("self",))
        .first()
    )
    if person is None or request is None:
        return False
    trail.record(actions.EXPIRED, subject=request, actor=None)
    applicants.erase(request, person)
    return True


def _abandoned() -> ApprovalRequestQuerySet:
    now = timezone.now()
    return ApprovalRequest.objects.abandoned(created_before=now - KEPT_FOR, now=now)
