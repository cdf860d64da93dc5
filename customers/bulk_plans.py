"""What would become of many customers, before anything does: told by one query, however many.

The rules are those of the flows: `tests/customers/test_bulk_plans.py` holds both to the same
answers.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, Case, CharField, Count, F, Func, Q, Sum, Value, When
from django.db.models.query import QuerySet
from django.utils import timezone

from customers.flows.lifecycle import ALLOWED, UNDO
from customers.models import BulkRow, BulkRun, Customer
from customers.querysets import CustomerQuerySet

Action, Reason, Status = BulkRun.Action, BulkRow.Reason, Customer.Status
MOST = 100_000  # customers in one go
TO_DO = ""  # the fate of a customer that nothing stands in the way of

_LEADS_TO: dict[str, str] = {
    Action.SUSPEND: Status.SUSPENDED,
    Action.REACTIVATE: Status.ACTIVE,
    Action.ARCHIVE: Status.ARCHIVED,
}


@dataclass(frozen=True)
class Plan:
    """How many customers there are of each fate. `mark` differs where one of them differs."""

    counts: Mapping[str, int]
    mark: str

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def to_do(self) -> int:
        return self.counts.get(TO_DO, 0)

    @property
    def skipped(self) -> dict[str, int]:
        """How many are left out, by the reason."""
        return {fate: number for fate, number in self.counts.items() if fate != TO_DO}


def with_fate(customers: CustomerQuerySet, action: str) -> CustomerQuerySet:
    """Adds `fate`: why the customer would be skipped, or nothing.

    Whether it has the tags already is not asked: nobody has typed them yet.
    """
    cases = [When(condition, then=Value(str(reason))) for condition, reason in _refusals(action)]
    return customers.annotate(fate=Case(*cases, default=Value(TO_DO), output_field=CharField()))


def plan_of(customers: CustomerQuerySet, action: str) -> Plan:
    """What would become of these customers. One query."""
    return _plan(with_fate(customers, action), fate="fate", customer="pk")


def plan_of_rows(run: BulkRun) -> Plan:
    """The same of a run that has not begun."""
    return _plan(BulkRow.objects.filter(run=run), fate="reason", customer="customer_id")


def fate_of(customer: Customer, action: str) -> str:
    """The fate of one customer as it is now."""
    found: Any = with_fate(Customer.objects.filter(pk=customer.pk), action)
    fate: str = found.values_list("fate", flat=True).get()
    return fate


def _refusals(action: str) -> list[tuple[Q, str]]:
    """In the order in which they are told."""
    if action in _LEADS_TO:
        target = _LEADS_TO[action]
        return [
            (Q(status=status), Reason(status))
            for status, targets in ALLOWED.items()
            if target not in targets
        ]
    if action == Action.RESTORE:
        return [
            (~Q(status=Status.ARCHIVED), Reason.NOT_ARCHIVED),
            (Q(merged_into__isnull=False), Reason.MERGED),
            (Q(status_changed_at__lt=timezone.now() - UNDO), Reason.TOO_LATE),
        ]
    return [(Q(status=Status.ARCHIVED), Reason.ARCHIVED)]


def _plan(rows: "QuerySet[Any]", *, fate: str, customer: str) -> Plan:
    number = Func(
        F(customer), Value(0), function="uuid_hash_extended", output_field=BigIntegerField()
    )
    counted = (
        rows.order_by()
        .values(fate_told=F(fate))
        .annotate(number=Count("pk"), total=Sum(number))
        .order_by("fate_told")
    )
    found = [(each["fate_told"], each["number"], each["total"]) for each in counted]
    words = " ".join(f"{told}:{number}:{total}" for told, number, total in found)
    mark = hashlib.sha256(words.encode()).hexdigest()
    return Plan({told: number for told, number, _total in found}, mark)
