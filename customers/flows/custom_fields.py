"""Defining what a reseller keeps about its customers: make, change, order, retire, restore.

Whoever changes a definition claims them all: no value is saved in between, so that "nobody uses
this yet" is still true when the change is stored.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from audit import sentences, trail
from customers import custom_keys, tasks
from customers.custom_holders import column_names, is_used
from customers.custom_locks import claim_definitions
from customers.flows import custom_choices
from customers.flows.custom_choices import CannotSaveFieldError, ChoiceChanges
from customers.models import CustomField
from customers.staleness import require_fresh

CREATED = "custom_field.created"
EDITED = "custom_field.edited"
MOVED = "custom_field.moved"
RETIRED = "custom_field.retired"
RESTORED = "custom_field.restored"
sentences.describe(
    {
        CREATED: gettext_lazy("created the field {subject}"),
        EDITED: gettext_lazy("edited the field {subject}"),
        MOVED: gettext_lazy("moved the field {subject}"),
        RETIRED: gettext_lazy("retired the field {subject}"),
        RESTORED: gettext_lazy("restored the field {subject}"),
    }
)

# Of one target: more than this no form can show, and no person fills in.
MOST_LIVE = 50
MOST_OF_ALL = 200
Kind = CustomField.Kind
Siblings = Sequence[CustomField]


class FieldDetails(TypedDict, total=False):
    """What people may say about a field. An empty key asks for a proposed one.

    Key and kind can be changed only while no value is kept.
    """

    label: str
    key: str
    kind: str
    help_text: str
    required: bool
    searchable: bool
    in_reports: bool


DETAILS: tuple[str, ...] = tuple(FieldDetails.__annotations__)


@dataclass(frozen=True, kw_only=True)
class NewField:
    """A field that somebody wants, about customers or cloud accounts."""

    applies_to: str
    details: FieldDetails
    choices: tuple[str, ...] = ()  # labels
    id: uuid.UUID | None = None  # sent twice with one id, a form makes one field


@transaction.atomic
def create(new: NewField, *, by: User) -> CustomField:
    """Define a field, last in its order. Raises CannotSaveFieldError."""
    claim_definitions()
    if new.id and (made := CustomField.objects.filter(pk=new.id).first()):
        return made
    siblings = list(CustomField.objects.of_target(new.applies_to))
    _refuse_too_many(siblings)
    made = CustomField(id=new.id or uuid.uuid4(), applies_to=new.applies_to, **new.details)
    made.position = _last_position(siblings) + 1
    made.key = made.key or _proposed_key(made, siblings)
    custom_choices.change(made, ChoiceChanges(added=new.choices))
    _refuse_key(made, siblings)
    _refuse_contradictions(made, siblings)
    made.save(force_insert=True)
    trail.record(CREATED, subject=made, actor=by)
    return made


@transaction.atomic
def edit(
    known: CustomField,
    details: FieldDetails,
    choices: ChoiceChanges,
    *,
    version: int,
    by: User,
) -> CustomField:
    """Change what is named, if nobody else did since the person saw `version`.

    Raises StaleError when somebody did, CannotSaveFieldError for what cannot be.
    """
    claim_definitions()
    known = CustomField.objects.get(pk=known.pk)
    siblings = list(CustomField.objects.of_target(known.applies_to).exclude(pk=known.pk))
    before = {name: getattr(known, name) for name in DETAILS}
    for name, value in details.items():
        setattr(known, name, value)
    known.key = known.key or _proposed_key(known, siblings)
    changed: custom_choices.Changed = {
        name: (old, getattr(known, name))
        for name, old in before.items()
        if old != getattr(known, name)
    }
    if not {"key", "kind"}.isdisjoint(changed):
        _refuse_if_used(CustomField.objects.get(pk=known.pk), "key" if "key" in changed else "kind")
    changed |= custom_choices.change(known, choices)
    if not changed:
        return known
    require_fresh(known, seen=version, fields=set(changed), edits=[EDITED])
    if "key" in changed:
        _refuse_key(known, siblings)
    _refuse_contradictions(known, siblings)
    known.version += 1
    if "searchable" in changed:
        _renew_search(known)
    known.save(update_fields=[*DETAILS, "choices", "search_lags_since", "version"])
    trail.record(EDITED, subject=known, actor=by, changes=changed)
    return known


@transaction.atomic
def retire(known: CustomField, *, by: User) -> CustomField:
    """Ask for it no longer. What is kept stays readable. Doing it twice changes nothing."""
    claim_definitions()
    known = CustomField.objects.get(pk=known.pk)
    if known.is_retired:
        return known
    known.retired_at = timezone.now()
    if known.searchable:
        _renew_search(known)
    known.save(update_fields=["retired_at", "search_lags_since"])
    trail.record(RETIRED, subject=known, actor=by)
    return known


@transaction.atomic
def restore(known: CustomField, *, by: User) -> CustomField:
    """Ask for it again, last in the order. Raises CannotSaveFieldError. Twice changes nothing."""
    claim_definitions()
    known = CustomField.objects.get(pk=known.pk)
    if not known.is_retired:
        return known
    siblings = list(CustomField.objects.of_target(known.applies_to).exclude(pk=known.pk))
    _refuse_too_many(siblings, is_new=False)
    known.retired_at = None
    _refuse_contradictions(known, siblings)
    known.position = _last_position(siblings) + 1
    if known.searchable:
        _renew_search(known)
    known.save(update_fields=["retired_at", "position", "search_lags_since"])
    trail.record(RESTORED, subject=known, actor=by)
    return known


@transaction.atomic
def move(known: CustomField, to: int, *, by: User) -> CustomField:
    """Put it at the place `to` (1 is first) among the live fields; numbers beyond the ends mean
    the ends. Raises CannotSaveFieldError for a retired one."""
    claim_definitions()
    live = list(CustomField.objects.of_target(known.applies_to).live())
    place = next((n for n, each in enumerate(live, start=1) if each.pk == known.pk), None)
    if place is None:
        raise CannotSaveFieldError(_("“%s” is retired: restore it first.") % known.label)
    known = live.pop(place - 1)
    live.insert(max(to, 1) - 1, known)
    for number, each in enumerate(live, start=1):
        each.position = number
    CustomField.objects.bulk_update(live, ["position"])
    if known.position != place:
        changes = {"position": (place, known.position)}
        trail.record(MOVED, subject=known, actor=by, changes=changes)
    return known


def _refuse_too_many(siblings: Siblings, *, is_new: bool = True) -> None:
    if sum(not each.is_retired for each in siblings) >= MOST_LIVE:
        sentence = _("There are %s fields already. Retire one that nobody needs first.")
        raise CannotSaveFieldError(sentence % MOST_LIVE)
    if is_new and len(siblings) >= MOST_OF_ALL:
        sentence = _("There are %s fields with the retired ones. Restore or rename one of those.")
        raise CannotSaveFieldError(sentence % MOST_OF_ALL)


def _refuse_if_used(stored: CustomField, name: str) -> None:
    if is_used(stored):
        raise CannotSaveFieldError(
            _("Values are kept in this field: its key and its kind stay as they are."), field=name
        )


def _refuse_contradictions(known: CustomField, siblings: Siblings) -> None:
    """What the database would refuse, in words."""
    live = [each for each in siblings if not each.is_retired]
    if not known.is_retired and known.label.lower() in {each.label.lower() for each in live}:
        raise CannotSaveFieldError(_("Another field has this label."), field="label")
    if known.searchable and known.kind != Kind.TEXT:
        raise CannotSaveFieldError(_("Only text can be searched."), field="searchable")


def _refuse_key(known: CustomField, siblings: Siblings) -> None:
    if known.key in {each.key for each in siblings}:
        raise CannotSaveFieldError(
            _("Another field has this key. Retired fields keep theirs."), field="key"
        )
    if not custom_keys.PLAIN.fullmatch(known.key):
        raise CannotSaveFieldError(
            _("Use small letters, digits and underscores; begin with a letter."), field="key"
        )
    if custom_keys.is_reserved(known.key, column_names(known.applies_to)):
        raise CannotSaveFieldError(
            _("The portal itself has something called “%s”. Choose another key.") % known.key,
            field="key",
        )


def _proposed_key(known: CustomField, siblings: Siblings) -> str:
    columns = column_names(known.applies_to)
    taken = {each.key for each in siblings} | columns | custom_keys.OTHERS
    return custom_keys.propose(known.label, taken=taken, fallback="field")


def _last_position(siblings: Siblings) -> int:
    return max((each.position for each in siblings), default=0)


def _renew_search(known: CustomField) -> None:
    known.search_lags_since = timezone.now()
    transaction.on_commit(tasks.wake_renewal)
