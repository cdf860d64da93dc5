"""Mails that were on their way when a backup was made."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from notifications.models import OutgoingMail
from resellers.hooks import Restoration


def set_right(restoration: Restoration) -> Iterator[str]:
    """Hold them back, because the original sends them, too, or has sent them since."""
    waiting = OutgoingMail.objects.on_its_way()
    if restoration.takes_over:
        count = waiting.count()
        if count:
            yield f"{count} mails that waited in the backup will be sent now."
        return
    held = waiting.update(
        state=OutgoingMail.State.FAILED,
        next_attempt_at=None,
        claimed_at=None,
        secret_link="",
        error=_("Held back when the portal was restored from a backup: it may have been sent."),
    )
    if held:
        yield (
            f"{held} mails that waited in the backup were held back (state Failed): they may have "
            "been sent by the original. Staff can send each of them again from its timeline."
        )
