"""How the rows of a list are shown: typed columns that a page declares."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.template.loader import get_template
from django.utils.functional import Promise
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

Kind = Literal["text", "time", "number", "code"]


@dataclass(frozen=True)
class Column:
    """One column. A list's first is the linked name; `template` gets the record as `row`."""

    label: str | Promise
    value: str | Callable[[Any], Any] = ""  # a path ("customer.name") or a function of the record
    template: str = ""
    sort: str = ""  # a column of the database that has an index and is never null
    kind: Kind = "text"
    css: str = ""
    on_phone: bool = True  # less important columns go away on narrow screens

    @property
    def classes(self) -> str:
        parts = [f"cell-{self.kind}", self.css, "" if self.on_phone else "wide-only"]
        return " ".join(part for part in parts if part)


@dataclass(frozen=True)
class Header:
    column: Column
    url: str = ""
    direction: str = ""  # ascending, descending or, where the list has another order, nothing


@dataclass(frozen=True)
class Cell:
    column: Column
    value: Any
    is_first: bool

    @property
    def is_time(self) -> bool:
        return isinstance(self.value, dt.date)


@dataclass(frozen=True)
class Row:
    record: Any
    columns: Sequence[Column]

    def __iter__(self) -> Iterator[Cell]:
        for number, column in enumerate(self.columns):
            yield Cell(column, self._value(column), is_first=number == 0)

    def _value(self, column: Column) -> Any:
        if column.template:
            return SafeString(get_template(column.template).render({"row": self.record}))
        if callable(column.value):
            return column.value(self.record)
        value = self.record
        for name in column.value.split(".") if column.value else []:
            value = getattr(value, name, None)
        if callable(value):
            value = value()
        return (
            value
            if isinstance(value, dt.date)
            else conditional_escape("" if value is None else value)
        )
