"""Making, changing and putting away a customer's groups."""

import uuid
from typing import TypedDict

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from audit import sentences, trail
from customers.attributes import Attributes
from customers.group_querysets import GroupQuerySet
from customers.models import Customer, Group
from customers.staleness import require_fresh
from customers.standing import refusal_to_change
from customers.tags import Tags

ADDED = "group.added"
EDITED = "group.edited"
ARCHIVED = "group.archived"
RESTORED = "group.restored"
sentences.describe(
    {
        ADDED: gettext_lazy("added the group {subject}"),
        EDITED: gettext_lazy("edited the group {subject}"),
        ARCHIVED: gettext_lazy("archived the group {subject}"),
        RESTORED: gettext_lazy("restored the group {subject}"),
    }
)
LONGEST_NAME = 100  # as the column
_TAKEN = gettext_lazy("This customer has a group with this name already.")


class GroupDetails(TypedDict, total=False):
    """What people may say about a group."""

    name: str
    attributes: Attributes
    tags: Tags


class CannotSaveGroupError(Exception):
    """It cannot be saved like that. The message is fit to show, beside `field` if named."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def add(
    customer: Customer, details: GroupDetails, *, by: User, key: uuid.UUID | None = None
) -> Group:
    """Give the customer one more group. Raises CannotSaveGroupError.

    `key` becomes the group's own: the same details sent twice with one key make one group.
    """
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    known = Group.objects.filter(pk=key).first() if key else None
    if known and known.customer_id == customer.pk and _reads(known, details):
        return known
    _require_open(customer)
    _require_free_name(Group.objects.of_customer(customer), details["name"])
    group = Group(customer=customer, **details)
    if key and not known:
        group.id = key
    group.save(force_insert=True)
    trail.record(ADDED, subject=group, actor=by, about=[customer])
    return group


@transaction.atomic
def edit(group: Group, changes: GroupDetails, *, version: int, by: User) -> Group:
    """Change the fields named in `changes`, if nobody else did since the person saw `version`.

    Raises StaleError when somebody did, CannotSaveGroupError for what cannot be stored.
    """
    group = _locked(group)
    _require_open(group.customer)
    if group.is_archived:
        raise CannotSaveGroupError(_("This group was archived. Restore it first."))
    require_fresh(group, seen=version, fields=changes, edits=[EDITED])
    before: GroupDetails = _as_told(group)
    changed = {
        field: (before[field], new)  # type: ignore[literal-required]
        for field, new in changes.items()
        if before[field] != new  # type: ignore[literal-required]
    }
    if not changed:
        return group
    if "name" in changed:
        _require_free_name(_others(group), changes["name"])
    for field, (_old, new) in changed.items():
        setattr(group, field, new)
    group.version += 1
    group.save(update_fields=[*changed, "version"])
    trail.record(EDITED, subject=group, actor=by, about=[group.customer], changes=changed)
    return group


@transaction.atomic
def archive(group: Group, *, by: User) -> Group:
    """Put the group away: it cannot be chosen any more, and its name is free. Nothing is lost.

    Raises CannotSaveGroupError.
    """
    group = _locked(group)
    if not group.is_archived:
        _require_open(group.customer)
        group.archived_at = timezone.now()
        group.save(update_fields=["archived_at"])
        trail.record(ARCHIVED, subject=group, actor=by, about=[group.customer])
    return group


@transaction.atomic
def restore(group: Group, *, by: User) -> Group:
    """Take it out again. Raises CannotSaveGroupError when another group has its name now."""
    group = _locked(group)
    if group.is_archived:
        _require_open(group.customer)
        _require_free_name(_others(group), group.name)
        group.archived_at = None
        group.save(update_fields=["archived_at"])
        trail.record(RESTORED, subject=group, actor=by, about=[group.customer])
    return group


def move(duplicate: Customer, survivor: Customer) -> None:
    """Take the groups along when two customers become one. Both are locked.

    A group whose name the survivor has, too, gets the duplicate's code behind its own.
    """
    for group in Group.objects.of_customer(duplicate):
        group.name = _free_name(group, survivor, duplicate.code)
        group.customer = survivor
        group.save(update_fields=["name", "customer"])


def _free_name(group: Group, survivor: Customer, code: str) -> str:
    theirs = Group.objects.of_customer(survivor).current()
    name, number = group.name, 1
    while not group.is_archived and theirs.named(name).exists():
        suffix = f" ({code})" if number == 1 else f" ({code} {number})"
        name = f"{group.name[: LONGEST_NAME - len(suffix)]}{suffix}"
        number += 1
    return name


def _locked(group: Group) -> Group:
    """The group as it stands under the locks. The customer's keeps names unique."""
    customer = Customer.objects.select_for_update().get(pk=group.customer_id)
    group = Group.objects.select_for_update().get(pk=group.pk)
    group.customer = customer
    return group


def _require_open(customer: Customer) -> None:
    if refusal := refusal_to_change(customer):
        raise CannotSaveGroupError(refusal)


def _others(group: Group) -> GroupQuerySet:
    return Group.objects.filter(customer_id=group.customer_id).exclude(pk=group.pk)


def _require_free_name(groups: GroupQuerySet, name: str) -> None:
    # The database compares in lower case of its own: ask it, so that it cannot disagree later.
    if groups.current().named(name).exists():
        raise CannotSaveGroupError(str(_TAKEN), field="name")


def _as_told(group: Group) -> GroupDetails:
    return GroupDetails(name=group.name, attributes=group.sorted_attributes, tags=Tags(group.tags))


def _reads(group: Group, details: GroupDetails) -> bool:
    told = _as_told(group)
    return all(told[field] == value for field, value in details.items())  # type: ignore[literal-required]
