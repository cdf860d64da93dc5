"""Ways to ask for resellers."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from resellers.models import Reseller  # noqa: F401 - named in the base class below


class ResellerQuerySet(models.QuerySet["Reseller"]):
    def ready(self) -> ResellerQuerySet:
        """Those with a complete schema, suspended ones included."""
        return self.filter(state="ready")

    def in_service(self) -> ResellerQuerySet:
        """Those whose hosts are served and whose tasks run."""
        return self.ready().filter(suspended_at__isnull=True)

    def unfinished(self) -> ResellerQuerySet:
        """Those on the way to ready."""
        return self.filter(state__in=["requested", "creating", "seeding"])

    def unchanged_since(self, moment: dt.datetime) -> ResellerQuerySet:
        """Those whose state is older than the moment."""
        return self.filter(state_changed_at__lt=moment)
