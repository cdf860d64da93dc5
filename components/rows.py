"""How the rows of a list are shown: typed columns that a page declares.

A row's cells are put together here and not by a template: fifty rows of six cells were most of what
a list cost.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from django.template.loader import get_template
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from components import times

Kind = Literal["text", "time", "number", "code"]
Show = Callable[[Any], Any]


@dataclass(frozen=True)
class Column:
    """One column. A list's first is the linked name.

    A cell shows a `value`; for markup there are `markup`, a function of the record such as
    `format_html` ends, and `template`, which gets the record as `row` and costs twenty times as
    much: for short lists.
    """

    label: str | Promise
    value: str | Callable[[Any], Any] = ""  # a path ("customer.name") or a function of the record
    template: str = ""
    markup: Callable[[Any], SafeString] | None = None
    sort: str = ""  # a column of the database that has an index and is never null
    kind: Kind = "text"
    css: str = ""
    on_phone: bool = True  # less important columns go away on narrow screens

    @cached_property
    def classes(self) -> str:
        parts = [f"cell-{self.kind}", self.css, "" if self.on_phone else "wide-only"]
        return " ".join(part for part in parts if part)

    def shower(self) -> Show:
        """What makes a cell's content of a record. Asked for once a page."""
        if self.template:
            template = get_template(self.template)
            return lambda record: template.render({"row": record})
        if self.markup:
            return self.markup
        read = self.value if callable(self.value) else _path(self.value)
        return lambda record: _shown(read(record))


@dataclass(frozen=True)
class Header:
    column: Column
    url: str = ""
    direction: str = ""  # ascending, descending or, where the list has another order, nothing


@dataclass(frozen=True)
class Row:
    record: Any
    cells: SafeString


def table_rows(
    records: Iterable[Any], columns: Sequence[Column], *, tickable: bool = False
) -> list[Row]:
    """The records as rows of a table; the first column names its row. Whatever is no markup is
    escaped. Before the columns of tickable rows stands a box: see `components.bulk`."""
    show = [column.shower() for column in columns]
    frames = [_frame(column, is_first=not number) for number, column in enumerate(columns)]
    if tickable:
        show.insert(0, _box())
        frames.insert(0, ('<td class="cell-tick">', "</td>"))
    return [Row(record, _cells(record, frames, show)) for record in records]


def _box() -> Show:
    words = _("Select %(name)s")
    # Not kept by the browser: another row may stand in this place when the page comes back.
    box = (
        '<label class="tick"><input class="form-check-input" type="checkbox" name="ids" value="{}"'
        ' form="bulk" autocomplete="off" aria-label="{}"></label>'
    )
    return lambda record: format_html(box, record.pk, words % {"name": record})


def _cells(record: Any, frames: Sequence[tuple[str, str]], show: Sequence[Show]) -> SafeString:
    parts = [
        f"{opening}{conditional_escape(make(record))}{closing}"
        for (opening, closing), make in zip(frames, show, strict=True)
    ]
    return SafeString("".join(parts))


def _frame(column: Column, *, is_first: bool) -> tuple[str, str]:
    if is_first:
        return format_html('<th scope="row" class="{}">', column.classes), "</th>"
    return format_html('<td class="{}">', column.classes), "</td>"


def _path(path: str) -> Callable[[Any], Any]:
    names = path.split(".") if path else []

    def read(record: Any) -> Any:
        value = record if names else ""
        for name in names:
            value = getattr(value, name, None)
        return value() if callable(value) else value

    return read


def _shown(value: Any) -> Any:
    if isinstance(value, dt.date):
        return times.markup(value)
    return "" if value is None else value
