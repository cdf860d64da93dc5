"""The statuses of purchase orders, which may follow which, and what a day does to them.

`today` is always the day in the reseller's time zone: `resellers.current.today()`.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

NOTICE_DAYS = 30  # from then on, expiry and renewal are "near"


class OrderStatus(models.TextChoices):
    ACTIVE = "active", gettext_lazy("Active")
    INACTIVE = "inactive", gettext_lazy("Inactive")
    EXPIRED = "expired", gettext_lazy("Expired")
    IN_DISCUSSION = "in_discussion", gettext_lazy("In discussion")


# What may follow a status. Any status may stay, and any may be the first.
ALLOWED: dict[str, frozenset[str]] = {
    OrderStatus.IN_DISCUSSION: frozenset({OrderStatus.ACTIVE, OrderStatus.INACTIVE}),
    OrderStatus.ACTIVE: frozenset({OrderStatus.INACTIVE, OrderStatus.EXPIRED}),
    # What expired while it was inactive may be said to have expired.
    OrderStatus.INACTIVE: frozenset(
        {OrderStatus.ACTIVE, OrderStatus.IN_DISCUSSION, OrderStatus.EXPIRED}
    ),
    # Reopened with a new date, or talked about anew; it never was merely inactive.
    OrderStatus.EXPIRED: frozenset({OrderStatus.ACTIVE, OrderStatus.IN_DISCUSSION}),
}
STATUS_KINDS = {
    OrderStatus.ACTIVE: "success",
    OrderStatus.INACTIVE: "off",
    OrderStatus.EXPIRED: "danger",
    OrderStatus.IN_DISCUSSION: "waiting",
}


class Dated(Protocol):
    """A purchase order, as far as its days go."""

    status: str
    starts_on: dt.date | None
    expires_on: dt.date | None
    renewal_on: dt.date | None


@dataclass(frozen=True)
class Refusal:
    """Why a status cannot be, and the field that says so."""

    field: str
    sentence: str


@dataclass(frozen=True)
class Sign:
    """What the calendar makes of an order, in words, and which kind of state that is."""

    text: str
    kind: str


def refusal(order: Dated, *, before: str | None, today: dt.date) -> Refusal | None:
    """Why the order cannot have its status with its dates today; None when it can.

    `before`: the status that it had, None for a new order.
    """
    new = OrderStatus(order.status)
    if before not in {None, new} and new not in ALLOWED[OrderStatus(before)]:
        words = {"old": OrderStatus(before).label, "new": new.label}
        return Refusal("status", _("An order that is %(old)s cannot become %(new)s.") % words)
    if new == OrderStatus.ACTIVE:
        return _not_active(order, before=before, today=today)
    if new == OrderStatus.EXPIRED:
        return _not_expired(order, today=today)
    return None


def signs(order: Dated, *, today: dt.date) -> list[Sign]:
    """What is near or has passed. Only an active order has something to watch."""
    if order.status != OrderStatus.ACTIVE:
        return []
    found = [_start(order, today), _expiry(order, today), _renewal(order, today)]
    return [sign for sign in found if sign is not None]


def _not_active(order: Dated, *, before: str | None, today: dt.date) -> Refusal | None:
    if before == OrderStatus.EXPIRED and (order.expires_on is None or order.expires_on < today):
        return Refusal("expires_on", _("To reopen the order, type a new expiry date."))
    if order.expires_on is not None and order.expires_on < today:
        sentence = _("This day has passed. Type a later one, or choose the status Expired.")
        return Refusal("expires_on", sentence)
    return None


def _not_expired(order: Dated, *, today: dt.date) -> Refusal | None:
    if order.expires_on is None:
        return Refusal("expires_on", _("Type the last day of the expired order."))
    if order.expires_on >= today:
        sentence = _("The expiry date has not passed yet. Choose another status.")
        return Refusal("status", sentence)
    return None


def _start(order: Dated, today: dt.date) -> Sign | None:
    if order.starts_on is None or order.starts_on <= today:
        return None
    days = (order.starts_on - today).days
    return Sign(ngettext("starts in %(n)s day", "starts in %(n)s days", days) % {"n": days}, "info")


def _expiry(order: Dated, today: dt.date) -> Sign | None:
    if order.expires_on is None:
        return None
    days = (order.expires_on - today).days
    if days > NOTICE_DAYS:
        return None
    if days < 0:
        return Sign(_("past its last day"), "danger")
    if days == 0:
        return Sign(_("expires today"), "warning")
    words = ngettext("expires in %(n)s day", "expires in %(n)s days", days)
    return Sign(words % {"n": days}, "warning")


def _renewal(order: Dated, today: dt.date) -> Sign | None:
    if order.renewal_on is None:
        return None
    days = (order.renewal_on - today).days
    if days > NOTICE_DAYS:
        return None
    if days < 0:
        words = ngettext("renewal overdue by %(n)s day", "renewal overdue by %(n)s days", -days)
        return Sign(words % {"n": -days}, "danger")
    if days == 0:
        return Sign(_("renewal due today"), "warning")
    words = ngettext("renewal due in %(n)s day", "renewal due in %(n)s days", days)
    return Sign(words % {"n": days}, "waiting")
