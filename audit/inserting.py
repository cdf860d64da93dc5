"""Many new rows in one statement, for whoever writes hundreds at a time.

`bulk_create` prepares and quotes each value of each row by itself: with forty columns that was half
of an import. Here the rows go to the database as one JSON document.
"""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import AutoField, Field, Model

M = TypeVar("M", bound=Model)


def insert(objects: Sequence[M]) -> None:
    """Insert new records of one model. Keys that the database gives stay unknown.

    Raises IntegrityError like any INSERT. Values must be what the fields hold: nothing is checked.
    """
    if not objects:
        return
    model = type(objects[0])
    fields = _fields(model)
    rows = [{column: getattr(each, name) for column, name in fields} for each in objects]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(column) for column, _name in fields)
    table = quote(model._meta.db_table)  # noqa: SLF001 - Django's public way to name a table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT {columns} "  # noqa: S608 - names of our own
            f"FROM jsonb_populate_recordset(NULL::{table}, %s)",
            [json.dumps(rows, default=str)],
        )


@lru_cache(maxsize=32)
def _fields(model: type[Model]) -> tuple[tuple[str, str], ...]:
    """Column and attribute of each field that is written."""
    return tuple(
        (field.column, field.attname)
        for field in model._meta.concrete_fields  # noqa: SLF001 - Django's public way to a model's fields
        if _is_written(field)
    )


def _is_written(field: "Field[Any, Any]") -> bool:
    return not field.generated and not isinstance(field, AutoField)
