"""What the columns of an export read of a customer, and what stands in their cells.

Cells are for programs and spreadsheets: codes, exact numbers, days as such. A file with all columns
can be imported again.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from components.countries import country_name
from console.lists import customer_columns
from customers import custom_values
from customers.flows.filling import form_name
from customers.imports import columns as imported
from customers.models import Customer, CustomField, Import
from customers.models.addresses import SAME_AS_OFFICE

Cell = str | int | Decimal | dt.date | dt.datetime | None


class Kind(Enum):
    """What the cells of a column hold. A number or a day may be told as text where it is none."""

    TEXT = auto()
    NUMBER = auto()
    DAY = auto()
    MOMENT = auto()  # by the reseller's clock


@dataclass(frozen=True)
class Column:
    """One column of the file. `read` is a column of the table, `cell` what becomes of its value."""

    label: str
    read: str
    cell: Callable[[Any], Cell] | None = None
    kind: Kind = Kind.TEXT


def of_list(
    keys: Sequence[str], fields: Iterable[CustomField], zone: ZoneInfo
) -> tuple[Column, ...]:
    """The columns that a person's list shows, in its order."""
    known = customer_columns.offers(fields)
    by_key = _listed(zone) | {form_name(each.key): (_custom(each),) for each in fields}
    shown = customer_columns.chosen(keys, known)
    return tuple(column for each in shown for column in by_key[each.key])


def of_everything(fields: Sequence[CustomField], zone: ZoneInfo) -> tuple[Column, ...]:
    """Whatever is known of a customer. What can be imported comes first, in that order: a header
    that stands twice is then taken for the first one."""
    live = [each for each in fields if not each.is_retired]
    retired = [each for each in fields if each.is_retired]
    told = (_imported(each) for each in imported.columns_of(Import.What.CUSTOMERS, live))
    gone = (_custom(each, _("%s (retired)") % each.label) for each in retired)
    return (*told, *_beside(zone), *gone)


def _listed(zone: ZoneInfo) -> dict[str, tuple[Column, ...]]:
    """By the keys of the list's columns; one of them may be two of a file."""
    return {
        "organization_name": (Column(_("Organization"), "organization_name"),),
        "code": (Column(_("Code"), "code"),),
        "contact": (Column(_("Contact"), "contact_name"), Column(_("E-mail"), "contact_email")),
        "country": (Column(_("Country"), "country", lru_cache(maxsize=512)(country_name)),),
        "tags": (Column(_("Tags"), "tags", ", ".join),),
        "people": (Column(_("People"), "people_count", kind=Kind.NUMBER),),
        "created_at": (Column(_("Created"), "created_at", _clock(zone), Kind.MOMENT),),
        "status": (Column(_("Status"), "status", _status()),),
        "industry": (Column(_("Industry vertical"), "industry"),),
        "account_type": (Column(_("Account type"), "account_type"),),
        "domain": (Column(_("Domain"), "domain"),),
        "city": (Column(_("City"), "city"),),
        # As it is dialled: to write it for people costs more than all other cells together.
        "phone": (Column(_("Phone"), "phone"), Column(_("Contact: phone"), "contact_phone")),
    }


def _imported(column: imported.Column) -> Column:
    if column.field:
        return _custom(column.field)
    special: dict[str, tuple[Callable[[Any], Cell] | None, Kind]] = {
        "tags": (", ".join, Kind.TEXT),
        "test_drives_enabled": (_yes_no, Kind.TEXT),
        SAME_AS_OFFICE: (_yes_no, Kind.TEXT),
        "turnover": (None, Kind.NUMBER),
    }
    cell, kind = special.get(column.key, (None, Kind.TEXT))
    return Column(column.label, column.key, cell, kind)


def _beside(zone: ZoneInfo) -> tuple[Column, ...]:
    """What no import takes."""
    clock = _clock(zone)
    return (
        Column(_("Status"), "status", _status()),
        Column(_("Reason of the status"), "status_reason"),
        Column(_("Status since"), "status_changed_at", clock, Kind.MOMENT),
        Column(_("Merged into (code)"), "merged_into__code"),
        Column(_("People"), "people_count", kind=Kind.NUMBER),
        Column(_("Created"), "created_at", clock, Kind.MOMENT),
        Column(_("ID"), "id", str),
    )


def _custom(field: CustomField, label: str = "") -> Column:
    readers = {
        CustomField.Kind.NUMBER: (_number, Kind.NUMBER),
        CustomField.Kind.DATE: (_day, Kind.DAY),
    }
    read, kind = readers.get(CustomField.Kind(field.kind), (None, Kind.TEXT))
    key = field.key

    def cell(values: dict[str, Any]) -> Cell:
        value = values.get(key)
        if value is None:
            return None
        return read(value) if read else custom_values.text_of(field, value)

    return Column(label or field.label, "custom_values", cell, kind)


def _number(value: object) -> Cell:
    """Exact; what was never a number stays text."""
    text = str(value)
    return Decimal(text) if custom_values.is_number(text) else text


def _day(value: object) -> Cell:
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        return str(value)


def _clock(zone: ZoneInfo) -> Callable[[dt.datetime], Cell]:
    return lambda moment: moment.astimezone(zone)


def _status() -> Callable[[str], Cell]:
    names = {value: str(label) for value, label in Customer.Status.choices}
    return lambda status: names.get(status, status)


def _yes_no(value: object) -> Cell:
    return "yes" if value else "no"
