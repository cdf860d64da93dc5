"""Custom fields as columns and filters of lists."""

import datetime as dt
from typing import Any

from django import forms

from components.lists import Column
from console.forms.customer_fields import ValueField
from customers import custom_values
from customers.models import CustomField


def column(field: CustomField) -> Column:
    """A column that shows the field's values of records with `custom_values`."""

    def shown(record: Any) -> str | dt.date:
        value = record.custom_values.get(field.key)
        return custom_values.day_of(field, value) or custom_values.display(field, value)

    is_number = field.kind == CustomField.Kind.NUMBER
    return Column(field.label, shown, kind="number" if is_number else "text", on_phone=False)


def filter_field(field: CustomField) -> forms.Field:
    """The box of a filter: empty asks for everything, cleaned it goes into `with_custom_value`."""
    return ValueField(field, required=False)
