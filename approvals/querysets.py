"""Ways to ask for requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from approvals.models import ApprovalRequest


class ApprovalRequestQuerySet(models.QuerySet["ApprovalRequest"]):
    def in_queue(self) -> ApprovalRequestQuerySet:
        """Everything that approvers may see: drafts wait for their e-mail's validation first."""
        return self.exclude(status="draft")

    def pending(self) -> ApprovalRequestQuerySet:
        return self.filter(status="pending")

    def decided(self) -> ApprovalRequestQuerySet:
        return self.filter(status__in=["approved", "declined"])
