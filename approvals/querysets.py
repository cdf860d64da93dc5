"""Ways to ask for requests."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef

from accounts.models import OneTimeLink, User
from customers.search import holds

if TYPE_CHECKING:
    from approvals.models import ApprovalRequest  # noqa: F401 - named in the base class below


class ApprovalRequestQuerySet(models.QuerySet["ApprovalRequest"]):
    def in_queue(self) -> ApprovalRequestQuerySet:
        """Everything that approvers may see: drafts wait for their e-mail's validation first."""
        return self.exclude(status="draft")

    def drafts(self) -> ApprovalRequestQuerySet:
        return self.filter(status="draft")

    def pending(self) -> ApprovalRequestQuerySet:
        return self.filter(status="pending")

    def decided(self) -> ApprovalRequestQuerySet:
        return self.filter(status__in=["approved", "declined"])

    def of_person(self, user: User) -> ApprovalRequestQuerySet:
        """What this person asked for."""
        return self.filter(requester=user)

    def search(self, words: str) -> ApprovalRequestQuerySet:
        """Those that hold every word in the company, the contact, the e-mail or the phone.

        See `customers.search` for words of one or two letters.
        """
        found = self
        for word in words.lower().split():
            found = found.filter(holds("signup__search_text", word))
        return found

    def abandoned(
        self, *, created_before: dt.datetime, now: dt.datetime
    ) -> ApprovalRequestQuerySet:
        """Old drafts whose requester has no link left that could still validate the e-mail."""
        usable = OneTimeLink.objects.filter(
            user=OuterRef("requester"),
            purpose=OneTimeLink.Purpose.EMAIL_VALIDATION,
            used_at__isnull=True,
            revoked_at__isnull=True,
            expires_at__gt=now,
        )
        return self.drafts().filter(~Exists(usable), created_at__lt=created_before)
