"""Two records of one company become one: the survivor. The other is archived and points to it."""

from collections.abc import Callable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from audit import sentences, trail
from customers.custom_locks import hold_definitions_still
from customers.flows import custom_values
from customers.flows.customers import EDITED, FIELDS, as_told
from customers.models import Customer, Membership
from customers.models.addresses import BILLING_PARTS, PARTS
from customers.roles import CustomerRole
from customers.tags import MOST, Tags

MERGED = "customer.merged"
sentences.describe({MERGED: gettext_lazy("merged {subject} into another customer")})

Status = Customer.Status
# Moves what belongs to the first customer to the second. Runs inside the transaction, both locked.
Mover = Callable[[Customer, Customer], None]
_movers: list[Mover] = []

# What belongs together is taken over together, and only where the survivor has none of it.
_TOGETHER = (PARTS, ("billing_same_as_office", *BILLING_PARTS), ("turnover", "turnover_currency"))
_NEVER = {"code", "test_drives_enabled"}
_RANK = (CustomerRole.VIEWER, CustomerRole.BILLING, CustomerRole.ADMINISTRATOR)


class CannotMergeError(Exception):
    """These two cannot become one. The message is fit to show."""


def register_mover(mover: Mover) -> None:
    """Take records of another kind along. Registering the same again changes nothing."""
    if mover not in _movers:
        _movers.append(mover)


@transaction.atomic
def merge(duplicate: Customer, into: Customer, *, by: User) -> Customer:
    """Move people and records of `duplicate` to `into`, fill what that lacks, archive the first.

    What both know stays as the survivor has it. Raises CannotMergeError.
    """
    hold_definitions_still()
    duplicate, survivor = _locked(duplicate, into)
    _move_people(duplicate, survivor)
    for mover in _movers:
        mover(duplicate, survivor)
    custom_values.take_over(duplicate, survivor, by=by)
    changes = filled(duplicate, survivor)
    if changes:
        before = {field: as_told(survivor, field) for field in changes}
        for field, value in changes.items():
            setattr(survivor, field, value)
        survivor.version += 1
        survivor.save(update_fields=[*changes, "version"])
        told = {field: (before[field], value) for field, value in changes.items()}
        trail.record(EDITED, subject=survivor, actor=by, about=[duplicate], changes=told)
    _archive(duplicate, survivor)
    note = _("Into %(customer)s (%(code)s).") % {"customer": survivor, "code": survivor.code}
    trail.record(MERGED, subject=duplicate, actor=by, about=[survivor], note=note)
    return survivor


def filled(duplicate: Customer, survivor: Customer) -> dict[str, object]:
    """What the survivor lacks and the duplicate knows: field → value."""
    together = {field for group in _TOGETHER for field in group}
    found: dict[str, object] = {
        field: getattr(duplicate, field)
        for field in FIELDS
        if field not in _NEVER | together | {"tags"}
        and not getattr(survivor, field)
        and getattr(duplicate, field)
    }
    if set(duplicate.tags) - set(survivor.tags):
        found["tags"] = _all_tags(duplicate, survivor)
    for group in _TOGETHER:
        texts = [field for field in group if field != "billing_same_as_office"]
        if not any(getattr(survivor, field) for field in texts) and any(
            getattr(duplicate, field) for field in texts
        ):
            found |= {field: getattr(duplicate, field) for field in group}
    return found


def _all_tags(duplicate: Customer, survivor: Customer) -> Tags:
    """The tags of both; the survivor's go first where these are too many."""
    more = [tag for tag in duplicate.tags if tag not in survivor.tags]
    return Tags(sorted([*survivor.tags, *more][:MOST]))


def _locked(duplicate: Customer, into: Customer) -> tuple[Customer, Customer]:
    if duplicate.pk == into.pk:
        raise CannotMergeError(_("Choose another customer: this is the same one."))
    # In one order, whoever asks: two merges at once must not wait for each other.
    rows = Customer.objects.filter(pk__in=[duplicate.pk, into.pk]).order_by("pk")
    found = {row.pk: row for row in rows.select_for_update()}
    duplicate, survivor = found[duplicate.pk], found[into.pk]
    for each in (duplicate, survivor):
        if each.status == Status.ARCHIVED:
            raise CannotMergeError(_("%(customer)s is archived.") % {"customer": each})
    return duplicate, survivor


def _move_people(duplicate: Customer, survivor: Customer) -> None:
    known = {each.user_id: each for each in Membership.objects.filter(customer=survivor)}
    for membership in Membership.objects.filter(customer=duplicate):
        same = known.get(membership.user_id)
        if same is None:
            membership.customer = survivor
            membership.save(update_fields=["customer"])
            continue
        # Who belongs to both keeps the stronger of the two roles.
        stronger = max(same.role, membership.role, key=_RANK.index)
        if stronger != same.role:
            same.role = stronger
            same.save(update_fields=["role"])
        membership.delete()


def _archive(duplicate: Customer, survivor: Customer) -> None:
    duplicate.archived_from, duplicate.status = duplicate.status, Status.ARCHIVED
    duplicate.merged_into = survivor
    duplicate.status_changed_at = timezone.now()
    duplicate.save(update_fields=["archived_from", "status", "merged_into", "status_changed_at"])
