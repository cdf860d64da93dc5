"""Ways to ask for groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Lower

from customers import tags
from customers.querysets import LONGEST_SEARCH

if TYPE_CHECKING:
    from customers.models import Customer, Group  # noqa: F401 - Group is named in quotes below


class GroupQuerySet(models.QuerySet["Group"]):
    def of_customer(self, customer: Customer) -> GroupQuerySet:
        return self.filter(customer=customer)

    def current(self) -> GroupQuerySet:
        """Those that can be chosen."""
        return self.filter(archived_at__isnull=True)

    def archived(self) -> GroupQuerySet:
        return self.filter(archived_at__isnull=False)

    def named(self, name: str) -> GroupQuerySet:
        """Whose name is this one, whatever its case, as the database sees it."""
        return self.alias(lower_name=Lower("name")).filter(lower_name=Lower(Value(name)))

    def search(self, words: str) -> GroupQuerySet:
        """Those that hold every word in their name or attributes, or as a tag.

        Meant for the groups of one customer: only the customer's index narrows it down.
        """
        found = self
        for word in words.split()[:LONGEST_SEARCH]:
            found = found.filter(
                Q(name__icontains=word)
                | Q(attributes__icontains=word)
                | Q(tags__contains=[tags.normalise(word)])
            )
        return found
