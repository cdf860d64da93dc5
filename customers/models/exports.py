"""Files of customers that somebody took away."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jobs.models import Job, StoredFile


class Export(models.Model):
    """One export of the list of customers: what was asked for, by whom, and the file of a worker.

    What is streamed at once has neither job nor file: only that it happened is kept.
    """

    class Format(models.TextChoices):
        CSV = "csv", _("CSV")
        XLSX = "xlsx", _("XLSX (Excel)")

    class Delimiter(models.TextChoices):
        COMMA = ",", _("Comma")
        SEMICOLON = ";", _("Semicolon")
        TAB = "\t", _("Tab")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file_name = models.CharField(max_length=200)
    format = models.CharField(_("format"), max_length=10, choices=Format)
    delimiter = models.CharField(max_length=1, choices=Delimiter, default=Delimiter.COMMA)
    # The columns of the list, in their order; None: all that is known of a customer.
    columns = models.JSONField(null=True)
    parameters = models.JSONField(default=dict)  # of the list's address: they make its rows
    # The customers that were ticked; None: all that the list's address asks for.
    chosen = ArrayField(models.UUIDField(), null=True)
    told = models.TextField()  # which customers, in words
    rows = models.PositiveIntegerField(default=0)  # a worker's file: once it is there

    job = models.OneToOneField(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.SET_NULL, related_name="+")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["made_by", "created_at", "id"], name="export_by_person"),
        ]
        constraints = [
            models.CheckConstraint(
                name="export_file_is_a_workers",
                condition=Q(file__isnull=True) | Q(job__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.file_name
