"""Ways to ask for mails."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef

if TYPE_CHECKING:
    from notifications.models import OutgoingMail


# One statement instead of an update and a question. A crash of the database may forget the claim:
# its commit waits for no disk. The mail is on its way then and may go out twice, as after a kill.
_CLAIM = """
    WITH hurry AS (SELECT set_config('synchronous_commit', 'off', true))
    UPDATE notifications_outgoingmail AS mail
    SET state = 'sending', claimed_at = %(now)s, next_attempt_at = %(until)s,
        attempts = attempts + 1
    FROM hurry
    WHERE id = %(id)s AND state IN ('queued', 'sending') AND next_attempt_at <= %(now)s
    RETURNING mail.*
"""


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    def about(self, record_id: uuid.UUID) -> OutgoingMailQuerySet:
        """Every mail on the timeline of one record."""
        return self.filter(about__contains=[record_id])

    def due(self, now: dt.datetime) -> OutgoingMailQuerySet:
        """Those that wait to be sent, and those whose sender was lost on the way."""
        return self.filter(state__in=["queued", "sending"], next_attempt_at__lte=now)

    def claim(
        self, mail_id: uuid.UUID, *, now: dt.datetime, until: dt.datetime
    ) -> OutgoingMail | None:
        """Take one that is due for a sender, until the lease ends. None: it is not due, or somebody
        has it. Not inside of a transaction, which would not wait for the disk, either."""
        return next(iter(self.raw(_CLAIM, {"id": mail_id, "now": now, "until": until})), None)

    def on_its_way(self) -> OutgoingMailQuerySet:
        """Those that will still be tried by themselves."""
        return self.filter(state__in=["queued", "sending"])

    def like(self, mail: OutgoingMail) -> OutgoingMailQuerySet:
        """Those that tell the same person the same about the same records."""
        return self.filter(
            kind=mail.kind, recipient_email=mail.recipient_email, about__contains=mail.about
        )

    def failed_since(self, moment: dt.datetime) -> OutgoingMailQuerySet:
        """Those that never arrived, unless the same was sent once more since."""
        again = self.model._default_manager.filter(  # noqa: SLF001 - Django's public way
            kind=OuterRef("kind"),
            recipient_email=OuterRef("recipient_email"),
            created_at__gt=OuterRef("created_at"),
            about__contains=OuterRef("about"),
        )
        failed = self.filter(state="failed", created_at__gte=moment)
        return failed.filter(~Exists(again))

    def without_bodies(self) -> OutgoingMailQuerySet:
        """For lists: the bodies are long, and the link is nobody's business."""
        return self.defer("text_body", "html_body", "secret_link")
