"""What a backup's cloud accounts cannot simply go on with after it was restored."""

import datetime as dt
from collections.abc import Iterator

from django.utils import timezone

from cloudaccounts.models import Connection, Creation, Invitation, SecretLink
from cloudaccounts.models.checks import CheckState
from resellers.hooks import Restoration


def set_right(restoration: Restoration) -> Iterator[str]:
    """End the links to credentials, which may have been opened since, let nothing be asked twice at
    providers, and have connections checked anew.
    """
    if restoration.takes_over:
        return
    now = timezone.now()
    waiting = SecretLink.objects.filter(erased_at__isnull=True)
    ended = waiting.update(ciphertext=b"", erased_at=now, revoked_at=now)
    if ended:
        yield f"{ended} links to credentials of cloud accounts were ended; send them again."
    asked = _end_errands(now)
    if asked:
        yield (
            f"{asked} invitations and new accounts that were under way at cloud providers are not "
            "followed any more: the original may have gone on with them. Look there."
        )
    unchecked = Connection.objects.filter(state=CheckState.OK).update(state=CheckState.NOT_CHECKED)
    if unchecked:
        yield f"{unchecked} connections to cloud providers have to be checked before they serve."


def _end_errands(now: dt.datetime) -> int:
    over = {"ended_at": now, "due_at": None, "lease_ends_at": None}
    invitations = Invitation.objects.open().update(state=Invitation.State.UNKNOWN, **over)
    return invitations + Creation.objects.open().update(state=Creation.State.FAILED, **over)
