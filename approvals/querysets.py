"""Ways to ask for requests."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.models import OneTimeLink, User
from customers.models import Customer
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

    def waiting_for_answer(self) -> ApprovalRequestQuerySet:
        """The approvers asked something; the requester has the ball."""
        return self.filter(status="needs_information")

    def decided(self) -> ApprovalRequestQuerySet:
        """All on which nobody is to decide any more: those that were withdrawn, too."""
        return self.exclude(status__in=["draft", "pending", "needs_information"])

    def signups(self) -> ApprovalRequestQuerySet:
        return self.filter(kind="signup")

    def about_accounts(self) -> ApprovalRequestQuerySet:
        return self.exclude(kind="signup")

    def of_customer(self, customer: Customer) -> ApprovalRequestQuerySet:
        return self.filter(customer=customer)

    def asked_in_portal(self) -> ApprovalRequestQuerySet:
        """What customers' own people asked for about accounts."""
        return self.filter(account_request__in_portal=True)

    def of_person(self, user: User) -> ApprovalRequestQuerySet:
        """What this person asked for."""
        return self.filter(requester=user)

    def search(self, words: str) -> ApprovalRequestQuerySet:
        """Those that hold every word in what they are about: a sign-up's company, contact, e-mail
        or phone; an account's customer, name or ID.

        See `customers.search` for words of one or two letters. Each of the two tables is asked by
        an index of its own.
        """
        texts = Q()
        for word in words.lower().split():
            texts &= holds("search_text", word)
        found, more = (
            apps.get_model("approvals", name).objects.filter(texts).values("pk")
            for name in ("Signup", "AccountRequest")
        )
        return self.filter(pk__in=found.union(more, all=True))

    def search_accounts(self, words: str) -> ApprovalRequestQuerySet:
        """Of requests about accounts, of one customer: those that hold every word."""
        found = self
        for word in words.lower().split():
            found = found.filter(holds("account_request__search_text", word))
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
