"""Ways to ask for purchase orders."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import models

from customers.order_status import NOTICE_DAYS, OrderStatus
from customers.querysets import LONGEST_SEARCH
from customers.search import holds

if TYPE_CHECKING:
    from customers.models import Customer, PurchaseOrder  # noqa: F401 - the latter in quotes below

_NOTICE = dt.timedelta(days=NOTICE_DAYS)


class PurchaseOrderQuerySet(models.QuerySet["PurchaseOrder"]):
    def of_customer(self, customer: Customer) -> PurchaseOrderQuerySet:
        return self.filter(customer=customer)

    def current(self) -> PurchaseOrderQuerySet:
        """Those that were not put away, whatever their status."""
        return self.filter(archived_at__isnull=True)

    def archived(self) -> PurchaseOrderQuerySet:
        return self.filter(archived_at__isnull=False)

    def active(self) -> PurchaseOrderQuerySet:
        return self.current().filter(status=OrderStatus.ACTIVE)

    def overdue(self, today: dt.date) -> PurchaseOrderQuerySet:
        """Active ones whose last day has passed."""
        return self.active().filter(last_day__lt=today)

    def expiring(self, today: dt.date) -> PurchaseOrderQuerySet:
        """Active ones whose last day is near."""
        return self.active().filter(last_day__lte=today + _NOTICE)

    def renewal_due(self, today: dt.date) -> PurchaseOrderQuerySet:
        """Active ones whose renewal date is near or has passed."""
        return self.active().filter(renewal_on__lte=today + _NOTICE)

    def listed(self) -> PurchaseOrderQuerySet:
        """Those of customers that the reseller does business with."""
        customers: Any = self.model._meta.get_field("customer").related_model  # noqa: SLF001 - public
        # Not a join: counting up to a limit would read all of both tables.
        return self.exclude(customer__in=customers.objects.archived().values("pk"))

    def search(self, words: str) -> PurchaseOrderQuerySet:
        """Those that hold every word in their name or comment. See `customers.search`."""
        found = self
        for word in _words(words):
            found = found.filter(holds("search_text", word))
        return found

    def search_everywhere(self, words: str) -> PurchaseOrderQuerySet:
        """Those that hold every word in their name, comment or what their customer is found by."""
        found = self
        orders = self.model._default_manager  # noqa: SLF001 - Django's public name of it
        for word in _words(words):
            # A union, so that each of the two can use its index: an OR would read everything.
            own = orders.filter(holds("search_text", word))
            theirs = orders.filter(holds("customer__search_text", word))
            found = found.filter(pk__in=own.values("pk").union(theirs.values("pk")))
        return found


def _words(text: str) -> list[str]:
    return text.lower().split()[:LONGEST_SEARCH]
