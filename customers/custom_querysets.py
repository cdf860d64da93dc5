"""Ways to ask for custom fields, and for records by the values of theirs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Self, TypeVar

from django.db import models

if TYPE_CHECKING:
    from customers.models import CustomField

M = TypeVar("M", bound=models.Model)


class CustomFieldQuerySet(models.QuerySet["CustomField"]):
    def of_target(self, target: str) -> CustomFieldQuerySet:
        """Those of customers, or those of cloud accounts."""
        return self.filter(applies_to=target)

    def live(self) -> CustomFieldQuerySet:
        """Those that forms ask for, in their order."""
        return self.filter(retired_at__isnull=True)

    def retired(self) -> CustomFieldQuerySet:
        return self.filter(retired_at__isnull=False)

    def for_reports(self, target: str) -> CustomFieldQuerySet:
        """The live fields of a target that reports print, in their order."""
        return self.of_target(target).live().filter(in_reports=True)

    def searched(self, target: str) -> CustomFieldQuerySet:
        """Those whose values the search of the target finds."""
        return self.of_target(target).live().filter(searchable=True)


class CustomValuesQuerySet(models.QuerySet[M]):
    """For records with a column `custom_values`."""

    def with_custom_value(self, field: CustomField, value: str | bool) -> Self:  # noqa: FBT001 - yes or no is a value here
        """Those that hold exactly this value. Walks the index of the column."""
        return self.with_custom_values({field.key: value})

    def with_custom_values(self, values: Mapping[str, str | bool]) -> Self:
        """Those that hold exactly these values, by the keys of the fields."""
        return self.filter(custom_values__contains=dict(values))
