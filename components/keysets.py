"""Where a page of a list begins: rows are found by comparing (sort value, primary key)."""

from typing import Any, cast

from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.db.models import Field, Q, QuerySet

from components.cursors import Cursor


def beyond(cursor: Cursor, key: str, *, descending: bool) -> Q:
    """The rows behind the cursor. The first condition alone lets the database walk the index."""
    side = "lt" if descending else "gt"
    if key == "pk":
        return Q(**{f"pk__{side}": cursor.pk})
    return Q(**{f"{key}__{side}e": cursor.value}) & (
        Q(**{f"{key}__{side}": cursor.value}) | Q(**{f"pk__{side}": cursor.pk})
    )


def sort_field(rows: "QuerySet[Any]", key: str) -> "Field[Any, Any]":
    """The field behind a sort key: a column, one of a related record, or an annotation."""
    if key == "pk":
        return primary_key(rows)
    if key in rows.query.annotations:
        return rows.query.annotations[key].output_field
    model: Any = rows.model
    *path, last = key.split("__")
    try:
        for name in path:
            model = _options(model).get_field(name).related_model
        found: Field[Any, Any] = _options(model).get_field(last)
    except (FieldDoesNotExist, AttributeError) as error:
        raise ImproperlyConfigured(f"{rows.model.__name__} cannot be sorted by {key!r}.") from error
    if found.null:
        raise ImproperlyConfigured(
            f"{key!r} may be unknown: sort by an annotation with Coalesce instead."
        )
    return found


def value_of(record: Any, key: str) -> Any:
    """What a record is sorted by."""
    for name in key.split("__"):
        record = getattr(record, name)
    return record


def primary_key(rows: "QuerySet[Any]") -> "Field[Any, Any]":
    """The field that tells the rows apart."""
    return cast("Field[Any, Any]", _options(rows.model).pk)


def _options(model: Any) -> Any:
    return model._meta  # noqa: SLF001 - Django's documented way to a model's fields
