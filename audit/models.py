"""The audit trail: append-only rows without foreign keys, so that they outlive what they tell
of."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone

from audit.querysets import AuditEntryQuerySet


class AuditEntry(models.Model):
    """One thing that somebody (or the product itself) did to one record."""

    at = models.DateTimeField(default=timezone.now)
    action = models.CharField(max_length=60)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200, blank=True)
    subject_type = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    subject_name = models.CharField(max_length=254)
    # Every record on whose timeline this entry stands: the subject itself, its customer, the
    # request, …
    about = ArrayField(models.UUIDField())
    changes = models.JSONField(default=dict)  # {"field": [old, new]}
    # {"field": "what it was called then"}, see trail.Named
    labels = models.JSONField(default=dict, db_default={})
    note = models.TextField(blank=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            GinIndex(fields=["about"], name="audit_entry_about"),
            # For erasing a person's name from what they did.
            models.Index(
                fields=["actor_id"],
                name="audit_entry_actor",
                condition=models.Q(actor_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_name}"
