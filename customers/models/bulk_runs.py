"""The same thing done to many customers in one go."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers import tags
from customers.models.customers import Customer
from jobs.models import Job


class BulkRun(models.Model):
    """What somebody wants done with a selection. Its key is the form's: sent twice, it is one run.

    Which customers these are was settled when it was confirmed: they are its rows.
    """

    class Action(models.TextChoices):
        ADD_TAGS = "add_tags", _("Add tags")
        REMOVE_TAGS = "remove_tags", _("Remove tags")
        SUSPEND = "suspend", _("Suspend")
        REACTIVATE = "reactivate", _("Reactivate")
        ARCHIVE = "archive", _("Archive")
        RESTORE = "restore", _("Restore")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    action = models.CharField(max_length=20, choices=Action)
    tags = ArrayField(models.CharField(max_length=tags.LONGEST), default=list, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    # Whether it is all that a list showed; then what the list was asked for, as its address said.
    is_all_matching = models.BooleanField(default=False)
    parameters = models.JSONField(default=dict)
    plan = models.CharField(max_length=64)  # the mark of what was shown: customers.bulk_plans
    total = models.PositiveIntegerField(default=0)  # rows
    # How many rows were done or, by the reason, skipped so far: {"done": 3, "archived": 1}.
    counts = models.JSONField(default=dict)
    job = models.OneToOneField(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["created_at", "id"], name="bulk_run_by_creation")]

    def __str__(self) -> str:
        return str(self.get_action_display())

    @property
    def done(self) -> int:
        """How many customers it was done with."""
        return int(self.counts.get(BulkRow.Outcome.DONE, 0))

    @property
    def skipped(self) -> int:
        """How many customers were left as they are."""
        total: int = sum(self.counts.values())
        return total - self.done


class BulkRow(models.Model):
    """One customer of a run, and what became of it."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("Not done yet")
        DONE = "done", _("Done")
        SKIPPED = "skipped", _("Skipped")

    class Reason(models.TextChoices):
        """Why a customer is skipped."""

        ACTIVE = "active", _("Is active")
        SUSPENDED = "suspended", _("Is suspended")
        ARCHIVED = "archived", _("Is archived")
        NOT_ARCHIVED = "not_archived", _("Is not archived")
        MERGED = "merged", _("Was merged into another customer")
        TOO_LATE = "too_late", _("Was archived too long ago")
        HAS_THEM = "has_them", _("Has these tags already")
        HAS_NONE = "has_none", _("Has none of these tags")
        TOO_MANY_TAGS = "too_many_tags", _("Would have too many tags")
        REFUSED = "refused", _("Could not be changed")

    run = models.ForeignKey(BulkRun, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=20, choices=Outcome, default=Outcome.WAITING)
    reason = models.CharField(max_length=20, choices=Reason, blank=True)

    class Meta:
        ordering = ["number"]
        indexes = [models.Index(fields=["run", "outcome", "number"], name="bulk_row_by_outcome")]
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="bulk_row_once"),
            models.CheckConstraint(
                name="bulk_row_skipped_iff_it_says_why",
                condition=Q(outcome="skipped", reason__gt="")
                | (~Q(outcome="skipped") & Q(reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} #{self.number}"
