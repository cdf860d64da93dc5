"""Keeps the ranks of custom fields beside the values: see `CustomRank`.

Whoever saves `custom_values` calls `keep` in the same transaction.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from decimal import Decimal

from customers.custom_values import Values, conforms
from customers.models import CustomField, CustomRank

Ranks = Mapping[str, Decimal]  # by the key of the field

Kind = CustomField.Kind
RANKED = frozenset({Kind.NUMBER, Kind.DATE})


def of(fields: Iterable[CustomField], values: Values) -> dict[str, Decimal]:
    """The ranks of a record with these values."""
    return {
        field.key: rank(field, values[field.key])
        for field in fields
        if field.kind in RANKED and conforms(field, values.get(field.key))
    }


def rank(field: CustomField, value: object) -> Decimal:
    """Where one stored value of a number or a date stands."""
    if field.kind == Kind.DATE:
        return Decimal(dt.date.fromisoformat(str(value)).toordinal())
    return Decimal(str(value))


def value(field: CustomField, rank: Decimal) -> str:
    """The stored value that stands there."""
    if field.kind == Kind.DATE:
        return dt.date.fromordinal(int(rank)).isoformat()
    return f"{rank:f}"


def keep(ranks: Mapping[uuid.UUID, Ranks]) -> None:
    """Make these the ranks of these customers, by their ids; others stay as they are."""
    if not ranks:
        return
    stored = CustomRank.objects.filter(customer__in=ranks)
    gone = [each.pk for each in stored if each.key not in ranks[each.customer_id]]
    if gone:
        CustomRank.objects.filter(pk__in=gone).delete()
    CustomRank.objects.bulk_create(
        [
            CustomRank(customer_id=customer_id, key=key, rank=number)
            for customer_id, theirs in ranks.items()
            for key, number in theirs.items()
        ],
        update_conflicts=True,
        unique_fields=["customer", "key"],
        update_fields=["rank"],
    )
