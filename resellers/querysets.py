"""Ways to ask for resellers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from resellers.models import Reseller


class ResellerQuerySet(models.QuerySet["Reseller"]):
    def ready(self) -> ResellerQuerySet:
        """Those with a complete schema, suspended ones included."""
        return self.filter(state="ready")

    def in_service(self) -> ResellerQuerySet:
        """Those whose hosts are served and whose tasks run."""
        return self.ready().filter(suspended_at__isnull=True)
