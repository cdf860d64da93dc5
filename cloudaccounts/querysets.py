"""Ways to ask for providers, cloud accounts and what is under way."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Self, TypeVar

from django.db import models
from django.db.models import Q

from cloudaccounts.standing import ENDED, HELD
from customers.custom_querysets import CustomValuesQuerySet
from customers.models import Customer
from customers.search import holds

if TYPE_CHECKING:
    from cloudaccounts.models import CloudAccount, CustomerProvider, Errand  # noqa: F401 - named in base classes below

E = TypeVar("E", bound="Errand")


class CustomerProviderQuerySet(models.QuerySet["CustomerProvider"]):
    def of_customer(self, customer: Customer) -> CustomerProviderQuerySet:
        return self.filter(customer=customer)

    def enabled(self) -> CustomerProviderQuerySet:
        return self.filter(is_enabled=True)

    def shown(self) -> CustomerProviderQuerySet:
        """Those that the customer's own people see."""
        return self.enabled().filter(shown_in_portal=True)


class CloudAccountQuerySet(CustomValuesQuerySet["CloudAccount"]):
    def of_customer(self, customer: Customer) -> CloudAccountQuerySet:
        return self.filter(customer=customer)

    def shown_to(self, customer: Customer) -> CloudAccountQuerySet:
        """Those that the customer's own people see: of providers that are shown to them."""
        shown = customer.providers.shown().values("provider")
        return self.of_customer(customer).filter(provider__in=shown).exclude(status="discarded")

    def current(self) -> CloudAccountQuerySet:
        """All but those that ended."""
        return self.exclude(status__in=ENDED)

    def held(self) -> CloudAccountQuerySet:
        """Those that are billed through us at this moment."""
        return self.filter(status__in=HELD)

    def ended(self) -> CloudAccountQuerySet:
        return self.filter(status__in=ENDED)

    def under_way(self) -> CloudAccountQuerySet:
        """Those on their way to us."""
        return self.filter(status__in=["draft", "requested", "in_progress"])

    def broken(self) -> CloudAccountQuerySet:
        """Those billed through us whose role worked once and does not any more."""
        return self.held().filter(access_broken_since__isnull=False)

    def known_as(self, provider: str, account_id: str) -> CloudAccountQuerySet:
        """Whoever holds or wants this account of the provider at this moment: one at most."""
        return self.current().filter(provider=provider, account_id=account_id)

    def to_check(self, *, before: dt.datetime) -> CloudAccountQuerySet:
        """Linked ones with a role that was not checked since, the longest ago first."""
        overdue = Q(access_checked_at__isnull=True) | Q(access_checked_at__lt=before)
        linked = self.filter(overdue, status="linked").exclude(role_arn="")
        return linked.order_by(models.F("access_checked_at").asc(nulls_first=True), "id")

    def search(self, words: str) -> CloudAccountQuerySet:
        """Those that hold every word in the name, the id, the root e-mail or a searched field."""
        found = self
        for word in words.lower().split():
            found = found.filter(holds("search_text", word))
        return found

    def search_as_shown(self, words: str) -> CloudAccountQuerySet:
        """The same among what a company's own people see of their accounts: the reseller's notes
        about them are none of it. Meant for the accounts of one customer.
        """
        found = self
        for word in words.lower().split():
            typed = Q(name__icontains=word) | Q(account_id__icontains=word)
            found = found.filter(typed | Q(root_email__icontains=word))
        return found


class ErrandQuerySet(models.QuerySet[E]):
    def open(self) -> Self:
        return self.filter(ended_at__isnull=True)

    def due(self, now: dt.datetime) -> Self:
        """Open ones that somebody is to ask about, and that nobody is asking about now."""
        free = Q(lease_ends_at__isnull=True) | Q(lease_ends_at__lt=now)
        return self.open().filter(free, due_at__lte=now).order_by("due_at")

    def of_account(self, account_id: uuid.UUID) -> Self:
        return self.filter(account_id=account_id)
