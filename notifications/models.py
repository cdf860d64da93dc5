"""The outbox and the reseller's mail settings."""

import uuid
from email.headerregistry import Address

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.kinds import MAIL_KINDS, label_of
from notifications.plain import one_line
from notifications.querysets import OutgoingMailQuerySet


class OutgoingMail(models.Model):
    """One mail to one person: written in the transaction of the change it tells of, sent after
    it."""

    ON_ITS_WAY = ("queued", "sending")

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
    # A link that only the recipient may see. The bodies hold a marker in its place; it is put in
    # when the mail goes out, and erased when the mail's way has ended.
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
            models.Index(
                fields=["created_at"], name="outgoing_mail_failed", condition=Q(state="failed")
            ),
            GinIndex(fields=["about"], name="outgoing_mail_about"),
        ]
        constraints = [
            models.CheckConstraint(
                name="outgoing_mail_sent_iff_sent_at",
                condition=Q(state="sent", sent_at__isnull=False)
                | (~Q(state="sent") & Q(sent_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="outgoing_mail_keeps_no_link_after_its_way",
                condition=Q(state__in=["queued", "sending"]) | Q(secret_link=""),
            ),
            models.CheckConstraint(
                name="outgoing_mail_tried_again_iff_on_its_way",
                condition=Q(state__in=["queued", "sending"], next_attempt_at__isnull=False)
                | (~Q(state__in=["queued", "sending"]) & Q(next_attempt_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="outgoing_mail_claimed_iff_sending",
                condition=Q(state="sending", claimed_at__isnull=False)
                | (~Q(state="sending") & Q(claimed_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"“{self.label}” → {self.recipient_email}"

    @property
    def addressee(self) -> str:
        """The recipient's name and address, as a mail's header has them."""
        user, _at, domain = self.recipient_email.rpartition("@")
        return str(Address(one_line(self.recipient_name), user, domain))

    @property
    def label(self) -> str:
        """What a person calls this kind of mail."""
        return str(label_of(self.kind))

    @property
    def holds_secret_link(self) -> bool:
        """Whether it holds, or held, a link that only the recipient may see."""
        return self.kind in MAIL_KINDS and bool(MAIL_KINDS[self.kind].secret_link)


class MailSettings(models.Model):
    """Where the reseller's own people are mailed. One row."""

    # The only key there is. A UUID, because the audit trail names its subjects by one.
    KEY = uuid.UUID("00000000-0000-4000-8000-000000000001")

    id = models.UUIDField(primary_key=True, default=KEY, editable=False)
    approvals_email = models.EmailField(
        _("approval requests are mailed to"),
        blank=True,
        help_text=_("Leave empty to mail everybody on your team who may decide."),
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="mail_settings_one_row",
                condition=Q(id=uuid.UUID("00000000-0000-4000-8000-000000000001")),
            )
        ]

    def __str__(self) -> str:
        return str(_("Mail settings"))
