"""Who asks about an errand at this moment."""

import datetime as dt
import uuid
from typing import TypeVar

from django.db.models import F
from django.utils import timezone

from cloudaccounts.models import Errand

E = TypeVar("E", bound=Errand)

# Longer than the hard time limit of the tasks that ask: nobody asks beside a living worker.
LEASE = dt.timedelta(minutes=5)


def claim(model: type[E], errand_id: uuid.UUID) -> E | None:
    """Take the errand until the lease ends; None when it is not due or somebody has it."""
    now = timezone.now()
    due = model.objects.due(now).filter(pk=errand_id).order_by()
    if not due.update(lease_ends_at=now + LEASE, attempts=F("attempts") + 1):
        return None
    return model.objects.select_related("account").get(pk=errand_id)


def held(errand: E) -> E | None:
    """The errand as it is now, locked; None when the lease was lost and somebody else has it.

    Call it with the account locked.
    """
    ours = type(errand).objects.select_for_update().filter(lease_ends_at=errand.lease_ends_at)
    return ours.open().filter(pk=errand.pk).first()
