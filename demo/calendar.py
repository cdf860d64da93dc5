"""Moves what the demo just did into the past, so that its timelines read like a life."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone

from audit.models import AuditEntry
from notifications.models import OutgoingMail


def days_ago(days: int) -> dt.datetime:
    """The moment so many days ago, a little off the full hour."""
    return timezone.now() - dt.timedelta(days=days, minutes=17 + 7 * days)


@contextmanager
def backdated(*, days: int) -> Iterator[None]:
    """What the trail and the outbox receive inside is dated so many days ago, in the same order."""
    last_entry = AuditEntry.objects.order_by("-id").values_list("id", flat=True).first() or 0
    known_mails = set(OutgoingMail.objects.values_list("id", flat=True))
    yield
    at = days_ago(days)
    for number, entry in enumerate(AuditEntry.objects.filter(id__gt=last_entry).order_by("id")):
        entry.at = at + dt.timedelta(seconds=40 * number)
        entry.save(update_fields=["at"])
    OutgoingMail.objects.exclude(id__in=known_mails).update(
        created_at=at + dt.timedelta(seconds=50)
    )
