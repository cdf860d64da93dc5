"""The outbox and the reseller's mail settings."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.querysets import OutgoingMailQuerySet


class OutgoingMail(models.Model):
    """One mail to one person: written in the transaction of the change it tells of, sent after it."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        SENDING = "sending", _("Sending")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=60)
    # One event tells one person once: the key names the event and the person.
    unique_key = models.CharField(max_length=200, unique=True)
    recipient_email = models.EmailField()
    recipient_name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=10)
    subject = models.CharField(max_length=250)
    text_body = models.TextField()
    html_body = models.TextField()
    # A link that only the recipient may see. It is put into the bodies when the mail goes out, and erased then.
    secret_link = models.TextField(blank=True)
    about = ArrayField(models.UUIDField(), default=list)

    state = models.CharField(max_length=20, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now, null=True)
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                name="outgoing_mail_due",
                condition=Q(state__in=["queued", "sending"]),
            ),
            GinIndex(fields=["about"], name="outgoing_mail_about"),
        ]
        constraints = [
            models.CheckConstraint(
                name="outgoing_mail_sent_iff_sent_at",
                condition=Q(state="sent", sent_at__isnull=False, secret_link="")
                | (~Q(state="sent") & Q(sent_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="outgoing_mail_claimed_iff_sending",
                condition=Q(state="sending", claimed_at__isnull=False)
                | (~Q(state="sending") & Q(claimed_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.recipient_email}"


class MailSettings(models.Model):
    """Where the reseller's own people are mailed. One row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    approvals_email = models.EmailField(
        _("approval requests are mailed to"),
        blank=True,
        help_text=_("Leave empty to mail everybody on your team who may decide."),
    )

    class Meta:
        constraints = [models.CheckConstraint(name="mail_settings_one_row", condition=Q(id=1))]

    def __str__(self) -> str:
        return "Mail settings"
