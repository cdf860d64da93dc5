"""Who holds values of custom fields: customers here; apps above add their own in `ready`.

A holder is a model with the columns `custom_values` and `custom_search`, as `Customer` has them.
"""

from typing import Any

from django.db.models import Model

from customers.models import Customer, CustomField

_holders: dict[str, type[Model]] = {CustomField.Target.CUSTOMER: Customer}


def register_holder(target: CustomField.Target, model: type[Model]) -> None:
    """Say which model holds the values of the fields of a target."""
    known = _holders.setdefault(target, model)
    if known is not model:
        raise ValueError(f"{target} are held by {known.__name__} already.")


def holders() -> dict[str, Any]:
    """The model of each target that has one."""
    return dict(_holders)


def column_names(target: str) -> frozenset[str]:
    """What the records of a target have besides custom fields."""
    model: Any = _holders.get(target)
    return frozenset(each.name for each in model._meta.get_fields()) if model else frozenset()  # noqa: SLF001 - Django's public way to a model's fields


def is_used(field: CustomField) -> bool:
    """Whether any record holds a value of the field."""
    return _any(field, custom_values__has_key=field.key)


def is_chosen(field: CustomField, choice: str) -> bool:
    """Whether any record holds this choice of the field, by its key."""
    return _any(field, custom_values__contains={field.key: choice})


def _any(field: CustomField, **condition: object) -> bool:
    model: Any = _holders.get(field.applies_to)
    return model is not None and model.objects.filter(**condition).exists()
