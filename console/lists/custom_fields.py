"""Custom fields as columns of lists."""

import datetime as dt
from typing import Any

from components.lists import Column
from customers import custom_values
from customers.models import CustomField


def column(field: CustomField) -> Column:
    """A column that shows the field's values of records with `custom_values`."""

    def shown(record: Any) -> str | dt.date:
        value = record.custom_values.get(field.key)
        return custom_values.day_of(field, value) or custom_values.display(field, value)

    is_number = field.kind == CustomField.Kind.NUMBER
    return Column(field.label, shown, kind="number" if is_number else "text", on_phone=False)
