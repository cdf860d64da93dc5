"""Ways to ask for audit entries."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from audit.models import AuditEntry  # noqa: F401 - named in quotes below


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    def about(self, record_id: uuid.UUID) -> AuditEntryQuerySet:
        """Everything on the timeline of one record."""
        return self.filter(about__contains=[record_id])
