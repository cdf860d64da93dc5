"""Ways to ask for jobs."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from jobs.models import Job  # noqa: F401 - named in brackets


class JobQuerySet(models.QuerySet["Job"]):
    def under_way(self) -> JobQuerySet:
        """Those that have not ended."""
        return self.filter(state__in=["queued", "running"])

    def due(self, now: dt.datetime) -> JobQuerySet:
        """Those that wait for a worker, and those whose worker was lost."""
        return self.under_way().filter(next_run_at__lte=now)
