"""Making and changing a customer's purchase orders, and letting them expire."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import TypedDict

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from audit import sentences, trail
from customers import order_status, order_terms
from customers.models import Customer, PurchaseOrder
from customers.order_status import OrderStatus
from customers.staleness import require_fresh
from customers.standing import refusal_to_change
from resellers.current import current_reseller, today

ADDED = "purchase_order.added"
EDITED = "purchase_order.edited"
EXPIRED = "purchase_order.expired"
ARCHIVED = "purchase_order.archived"
RESTORED = "purchase_order.restored"
sentences.describe(
    {
        ADDED: gettext_lazy("added the purchase order {subject}"),
        EDITED: gettext_lazy("edited the purchase order {subject}"),
        EXPIRED: gettext_lazy("noted that the purchase order {subject} has expired"),
        ARCHIVED: gettext_lazy("archived the purchase order {subject}"),
        RESTORED: gettext_lazy("restored the purchase order {subject}"),
    }
)


class OrderDetails(TypedDict, total=False):
    """What people may say about a purchase order."""

    name: str
    status: str
    provider: str
    annual_value: Decimal
    currency: str
    consumption_base: Decimal
    starts_on: dt.date | None
    expires_on: dt.date | None
    renewal_on: dt.date | None
    consumption_starts_on: dt.date | None
    contract_period_days: int | None
    comment: str


class CannotSaveOrderError(Exception):
    """It cannot be saved like that. The message is fit to show, beside `field` if named."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def add(
    customer: Customer, details: OrderDetails, *, by: User, key: uuid.UUID | None = None
) -> PurchaseOrder:
    """Note one more order of the customer. Raises CannotSaveOrderError.

    `key` becomes the order's own: the same details sent twice with one key make one order.
    """
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    known = PurchaseOrder.objects.filter(pk=key).first() if key else None
    if known and known.customer_id == customer.pk and not _changed(known, details):
        return known
    _require_open(customer)
    order = PurchaseOrder(customer=customer, **details)
    if key and not known:
        order.id = key
    _require_possible(order, status_before=None, provider_before="")
    order.save(force_insert=True)
    trail.record(ADDED, subject=order, actor=by, about=[customer])
    return order


@transaction.atomic
def edit(order: PurchaseOrder, changes: OrderDetails, *, version: int, by: User) -> PurchaseOrder:
    """Change the fields named in `changes`, if nobody else did since the person saw `version`.

    Raises StaleError when somebody, or the calendar, did; CannotSaveOrderError for what cannot be.
    """
    order = _locked(order)
    _require_open(order.customer)
    if order.is_archived:
        raise CannotSaveOrderError(_("This purchase order was archived. Restore it first."))
    require_fresh(order, seen=version, fields=changes, edits=[EDITED, EXPIRED])
    changed = _changed(order, changes)
    if not changed:
        return order
    status, provider = order.status, order.provider
    for field, (_old, new) in changed.items():
        setattr(order, field, new)
    _require_possible(order, status_before=status, provider_before=provider)
    order.version += 1
    order.save(update_fields=[*changed, "version"])
    trail.record(EDITED, subject=order, actor=by, about=[order.customer], changes=changed)
    return order


def overdue() -> list[uuid.UUID]:
    """The active orders whose last day has passed at the current reseller."""
    return list(PurchaseOrder.objects.overdue(today()).values_list("pk", flat=True))


@transaction.atomic
def expire(order_id: uuid.UUID) -> bool:
    """Set one overdue order to Expired. False when it was changed or done already."""
    orders = PurchaseOrder.objects.overdue(today()).select_related("customer")
    order = orders.select_for_update(of=("self",)).filter(pk=order_id).first()
    if order is None:
        return False
    changed = {"status": (order.status, str(OrderStatus.EXPIRED))}
    order.status = OrderStatus.EXPIRED
    order.version += 1
    order.save(update_fields=["status", "version"])
    trail.record(EXPIRED, subject=order, actor=None, about=[order.customer], changes=changed)
    return True


@transaction.atomic
def archive(order: PurchaseOrder, *, by: User) -> PurchaseOrder:
    """Put the order away: no list counts it and no day changes it. Nothing is lost.

    Raises CannotSaveOrderError.
    """
    order = _locked(order)
    if not order.is_archived:
        _require_open(order.customer)
        order.archived_at = timezone.now()
        order.save(update_fields=["archived_at"])
        trail.record(ARCHIVED, subject=order, actor=by, about=[order.customer])
    return order


@transaction.atomic
def restore(order: PurchaseOrder, *, by: User) -> PurchaseOrder:
    """Take it out again. If its last day passed meanwhile, the next sweep sets it to Expired.

    Raises CannotSaveOrderError.
    """
    order = _locked(order)
    if order.is_archived:
        _require_open(order.customer)
        order.archived_at = None
        order.save(update_fields=["archived_at"])
        trail.record(RESTORED, subject=order, actor=by, about=[order.customer])
    return order


def move(duplicate: Customer, survivor: Customer) -> None:
    """Take the orders along when two customers become one. Both are locked."""
    PurchaseOrder.objects.of_customer(duplicate).update(customer=survivor)


def _locked(order: PurchaseOrder) -> PurchaseOrder:
    """The order as it stands under the locks. Under the customer's nobody archives that."""
    customer = Customer.objects.select_for_update().get(pk=order.customer_id)
    order = PurchaseOrder.objects.select_for_update().get(pk=order.pk)
    order.customer = customer
    return order


def _require_open(customer: Customer) -> None:
    if refusal := refusal_to_change(customer):
        raise CannotSaveOrderError(refusal)


def _changed(order: PurchaseOrder, told: OrderDetails) -> dict[str, tuple[object, object]]:
    """Each field that reads otherwise, old and new."""
    now = {field: getattr(order, field) for field in told}
    return {field: (now[field], new) for field, new in told.items() if now[field] != new}


def _require_possible(
    order: PurchaseOrder, *, status_before: str | None, provider_before: str
) -> None:
    for problem in order_terms.problems(order):
        raise CannotSaveOrderError(problem.sentence, field=problem.field)
    refusal = order_status.refusal(order, before=status_before, today=today())
    if refusal:
        raise CannotSaveOrderError(refusal.sentence, field=refusal.field)
    offered = {"", provider_before, *current_reseller().providers}
    if order.provider not in offered:
        raise CannotSaveOrderError(_("You do not resell this provider."), field="provider")
