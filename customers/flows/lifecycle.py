"""Whether the reseller does business with a customer. Nothing is ever destroyed."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from audit import sentences, trail
from customers.models import Customer

Status = Customer.Status

SUSPENDED = "customer.suspended"
REACTIVATED = "customer.reactivated"
ARCHIVED = "customer.archived"
RESTORED = "customer.restored"
sentences.describe(
    {
        SUSPENDED: gettext_lazy("suspended the customer {subject}"),
        REACTIVATED: gettext_lazy("reactivated the customer {subject}"),
        ARCHIVED: gettext_lazy("archived the customer {subject}"),
        RESTORED: gettext_lazy("restored the customer {subject}"),
    }
)

UNDO = dt.timedelta(days=30)  # how long an archived customer can come back

# From where a customer may be taken to what. Restoring leads back to where it was archived from.
ALLOWED: dict[str, frozenset[str]] = {
    Status.ACTIVE: frozenset({Status.SUSPENDED, Status.ARCHIVED}),
    Status.SUSPENDED: frozenset({Status.ACTIVE, Status.ARCHIVED}),
    Status.ARCHIVED: frozenset(),
}


class CannotChangeCustomerStatusError(Exception):
    """The customer cannot become that. The message is fit to show."""


@transaction.atomic
def suspend(customer: Customer, *, by: User, reason: str = "") -> Customer:
    """Its people can no longer work for it in the portal, and are told why if there is a reason.

    Raises CannotChangeCustomerStatusError.
    """
    customer = _locked(customer)
    return _move(customer, Status.SUSPENDED, action=SUSPENDED, by=by, reason=reason)


@transaction.atomic
def reactivate(customer: Customer, *, by: User) -> Customer:
    """End a suspension. Raises CannotChangeCustomerStatusError."""
    customer = _locked(customer)
    return _move(customer, Status.ACTIVE, action=REACTIVATED, by=by)


@transaction.atomic
def archive(customer: Customer, *, by: User, reason: str = "") -> Customer:
    """Take a customer out of the lists. Within `UNDO` it can come back as it was.

    Raises CannotChangeCustomerStatusError.
    """
    customer = _locked(customer)
    customer.archived_from = customer.status
    return _move(customer, Status.ARCHIVED, action=ARCHIVED, by=by, reason=reason)


@transaction.atomic
def restore(customer: Customer, *, by: User) -> Customer:
    """Bring an archived customer back as it was. Raises CannotChangeCustomerStatusError."""
    customer = _locked(customer)
    if refusal := refusal_to_restore(customer):
        raise CannotChangeCustomerStatusError(refusal)
    before, customer.archived_from = customer.archived_from, ""
    return _write(customer, before, action=RESTORED, by=by)


def restorable_until(customer: Customer) -> dt.datetime:
    """The end of the time in which an archived customer can come back."""
    return customer.status_changed_at + UNDO


def refusal_to_restore(customer: Customer) -> str:
    """Why the customer cannot come back, as a sentence; empty where it can."""
    if customer.status != Status.ARCHIVED:
        return _("%(customer)s is not archived.") % {"customer": customer}
    if customer.merged_into_id:
        return _("%(customer)s was merged into another customer.") % {"customer": customer}
    if timezone.now() > restorable_until(customer):
        return _("%(customer)s was archived more than %(days)s days ago.") % {
            "customer": customer,
            "days": UNDO.days,
        }
    return ""


def _locked(customer: Customer) -> Customer:
    return Customer.objects.select_for_update().get(pk=customer.pk)


def _move(customer: Customer, status: str, *, action: str, by: User, reason: str = "") -> Customer:
    if status not in ALLOWED[customer.status]:
        raise CannotChangeCustomerStatusError(
            _("%(customer)s is %(status)s: this cannot be done now.")
            % {"customer": customer, "status": customer.get_status_display().lower()}
        )
    return _write(customer, status, action=action, by=by, reason=reason)


def _write(customer: Customer, status: str, *, action: str, by: User, reason: str = "") -> Customer:
    changes = {"status": (customer.status, status)}
    customer.status, customer.status_reason = status, reason
    customer.status_changed_at = timezone.now()
    customer.save(update_fields=["status", "status_reason", "status_changed_at", "archived_from"])
    trail.record(action, subject=customer, actor=by, changes=changes, note=reason)
    return customer
