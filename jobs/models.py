"""Work in the background, and the files that it reads and makes."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jobs.kinds import label_of
from jobs.querysets import JobQuerySet

UNDER_WAY = ("queued", "running")


class Job(models.Model):
    """One piece of work that somebody started. What it works on stands in `arguments`."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting for a worker")
        RUNNING = "running", _("Under way")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=60)
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=20, choices=State, default=State.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)  # 0: not known yet
    # Where the next worker goes on, and what has come of it so far. Saved with each chunk.
    place = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    sentence = models.TextField(blank=True)  # why it failed, fit to show

    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    # When a worker may take it: now, or when the lease of the worker that has it ends.
    next_run_at = models.DateTimeField(default=timezone.now, null=True, editable=False)
    claim = models.UUIDField(null=True, editable=False)  # the worker that has it
    attempts = models.PositiveSmallIntegerField(default=0)  # taken so often without progress
    cancel_requested_at = models.DateTimeField(null=True, editable=False)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["next_run_at"], name="job_due", condition=Q(state__in=UNDER_WAY)),
            models.Index(fields=["kind", "created_at", "id"], name="job_by_kind"),
        ]
        constraints = [
            models.CheckConstraint(
                name="job_ended_iff_ended_at",
                condition=Q(state__in=UNDER_WAY, ended_at__isnull=True)
                | (~Q(state__in=UNDER_WAY) & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="job_taken_again_iff_under_way",
                condition=Q(state__in=UNDER_WAY, next_run_at__isnull=False)
                | (~Q(state__in=UNDER_WAY) & Q(next_run_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="job_claimed_iff_running",
                condition=Q(state="running", claim__isnull=False)
                | (~Q(state="running") & Q(claim__isnull=True)),
            ),
            models.CheckConstraint(
                name="job_failed_says_why", condition=~Q(state="failed") | ~Q(sentence="")
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """What people call this kind of work."""
        return str(label_of(self.kind))

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY

    @property
    def is_being_cancelled(self) -> bool:
        return self.is_under_way and self.cancel_requested_at is not None

    @property
    def percent(self) -> int | None:
        """How much is done, rounded down; None while nobody knows how much there is."""
        return min(100, self.done * 100 // self.total) if self.total else None


class StoredFile(models.Model):
    """A file that every web process and every worker can read, on whichever machine they run."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField(default=0)  # bytes
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    keep_until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["keep_until"], name="stored_file_expiry")]

    def __str__(self) -> str:
        return self.name


class StoredPart(models.Model):
    """One piece of a stored file: nobody holds a whole file in memory."""

    file = models.ForeignKey(StoredFile, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "number"], name="stored_part_once")]

    def __str__(self) -> str:
        return f"{self.file_id} #{self.number}"
