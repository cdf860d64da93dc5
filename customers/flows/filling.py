"""Values against the definitions as they stand now: what a record shall hold afterwards.

Forms check what is typed against the definitions that they have shown. Between that and saving,
somebody may retire a field or an answer: here it is checked once more, under the lock.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from audit import trail
from customers import custom_ranks, custom_values
from customers.custom_locks import hold_definitions_still
from customers.custom_ranks import Ranks
from customers.custom_values import UnusableValueError, Value, Values
from customers.models import CustomField

Told = Mapping[str, Value | None]  # by key; None empties the field

_FORM_NAME = "field."


def form_name(key: str) -> str:
    """What a custom field is called in forms and on the trail: no other field has a dot."""
    return f"{_FORM_NAME}{key}"


def key_of(name: str) -> str | None:
    """The key of the custom field with this name in forms and on the trail."""
    return name.removeprefix(_FORM_NAME) if name.startswith(_FORM_NAME) else None


class CannotFillError(Exception):
    """The values cannot be saved like that. The message is fit to show, beside `field` if named."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Filled:
    """What a record holds after a change."""

    values: dict[str, Value]
    search: str
    ranks: Ranks
    changes: dict[str, tuple[object, object]]  # as the trail keeps them


def fill(before: Values, told: Told, *, target: str) -> Filled:
    """Put what was told on top of what was `before`. Raises CannotFillError.

    Every required field must hold a value afterwards. Values of retired fields stay as they are.
    Must run inside the transaction that saves; nobody changes definitions until it ends.
    """
    hold_definitions_still()
    return filled(list(CustomField.objects.of_target(target)), before, told)


def filled(fields: list[CustomField], before: Values, told: Told) -> Filled:
    """The same for whoever holds the definitions still and has read those of the target."""
    by_key = {field.key: field for field in fields}
    values = dict(before)
    for key, value in told.items():
        if value != before.get(key):
            _put(values, by_key.get(key), value)
    _require_values(fields, values)
    return _compared(fields, before, values)


def with_values(before: Values, values: Values, *, target: str) -> Filled:
    """The same for values that were checked when they were stored: nothing is refused."""
    return _compared(list(CustomField.objects.of_target(target)), before, values)


def _compared(fields: list[CustomField], before: Values, values: Values) -> Filled:
    changes: dict[str, tuple[object, object]] = {
        trail.Named(form_name(each.key), each.label): (
            trail_value(each, before.get(each.key)),
            trail_value(each, values.get(each.key)),
        )
        for each in fields
        if values.get(each.key) != before.get(each.key)
    }
    searched = [each for each in fields if each.searchable and not each.is_retired]
    return Filled(
        dict(values),
        custom_values.search_text(searched, values),
        custom_ranks.of(fields, values),
        changes,
    )


def trail_value(field: CustomField, value: Value | None) -> object:
    """A value as the trail keeps it: a choice by the label that it had."""
    return (
        value if value is None or isinstance(value, bool) else custom_values.text_of(field, value)
    )


def _put(values: dict[str, Value], field: CustomField | None, value: Value | None) -> None:
    if field is None:
        raise CannotFillError(
            _("The fields of this page were changed meanwhile. Look at them again, then save.")
        )
    if field.is_retired:
        raise CannotFillError(retired_sentence(field))
    if value is None:
        del values[field.key]
        return
    try:
        values[field.key] = custom_values.check(field, value, before=values.get(field.key))
    except UnusableValueError as error:
        raise CannotFillError(str(error), field=form_name(field.key)) from error


def retired_sentence(field: CustomField) -> str:
    """Why a value for it is not taken."""
    return _("“%s” was retired meanwhile: what you typed there cannot be saved.") % field.label


def _require_values(fields: list[CustomField], values: dict[str, Value]) -> None:
    for field in fields:
        if field.required and not field.is_retired and field.key not in values:
            raise CannotFillError(_("“%s” is required.") % field.label, field=form_name(field.key))
