"""Files from which customers and contacts are taken over."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jobs.models import Job, StoredFile


class Import(models.Model):
    """One uploaded file and what becomes of it: columns are chosen, then a trial run says what
    would happen to each row, then it happens."""

    class What(models.TextChoices):
        CUSTOMERS = "customers", _("Customers")
        CONTACTS = "contacts", _("Contacts")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    what = models.CharField(_("what the file holds"), max_length=20, choices=What)
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.SET_NULL, related_name="+")
    file_name = models.CharField(max_length=200)
    told = models.CharField(max_length=300)  # how the file is read
    headers = models.JSONField(default=list)  # the first row that is not empty
    header_row = models.PositiveIntegerField(default=1)  # its number
    samples = models.JSONField(default=list)  # some of the rows after it
    # For each column of the file the field it fills: customers.imports.columns; "" for none.
    columns = models.JSONField(default=list)
    # Whether to take addresses to which the data about their country objects.
    takes_odd_addresses = models.BooleanField(default=False)

    trial = models.OneToOneField(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    run = models.OneToOneField(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["created_at", "id"], name="import_by_creation")]
        constraints = [
            models.CheckConstraint(
                name="import_runs_after_its_trial",
                condition=Q(run__isnull=True) | Q(trial__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def job(self) -> Job | None:
        """The work that was begun last."""
        return self.run or self.trial


class ImportRow(models.Model):
    """What would become, or became, of one row of the file."""

    class Outcome(models.TextChoices):
        ADDED = "added", _("Added")
        CHANGED = "changed", _("Changed")
        UNCHANGED = "unchanged", _("Unchanged")
        REFUSED = "refused", _("Refused")

    source = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    outcome = models.CharField(max_length=20, choices=Outcome)
    name = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True)  # sentences: why it is refused, what is to be looked at
    is_odd = models.BooleanField(default=False)  # a person should look at it
    record_id = models.UUIDField(null=True)  # the customer it was or would be written to

    class Meta:
        ordering = ["number"]
        indexes = [
            models.Index(fields=["source", "outcome", "number"], name="import_row_by_outcome"),
            models.Index(
                fields=["source", "number"], name="import_row_odd", condition=Q(is_odd=True)
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["source", "number"], name="import_row_once"),
            models.CheckConstraint(
                name="import_row_refused_says_why",
                condition=~Q(outcome="refused") | ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} #{self.number}"
