"""Filters of a list: each has its boxes in one form, its parameters in the address, its condition
and a chip that takes it away again.

What cannot be understood narrows nothing: the list says so and stays as it is without it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from formats.plain_text import PlainText

Text = str | Promise
FROM, TO = ".from", ".to"  # behind the names of a range's two boxes
LONGEST = 500  # characters of one parameter


@dataclass(frozen=True)
class Filter:
    """One box, one value."""

    name: str
    label: Text
    make_box: Callable[[], forms.Field]
    narrow: Callable[[Any, Any], Any]  # (rows, value) → rows
    shown: Callable[[Any], str] = str  # what a chip says of the value

    @property
    def names(self) -> tuple[str, ...]:
        """Its parameters in the address."""
        return (self.name,)

    def boxes(self) -> dict[str, forms.Field]:
        """New boxes, by the names of the parameters."""
        box: Any = self.make_box()
        box.label = self.label
        return {self.name: box}

    def value(self, cleaned: Mapping[str, Any]) -> Any:
        """What was asked for, or None. Raises forms.ValidationError."""
        value = cleaned.get(self.name)
        return None if value in (None, "", []) else value

    def words(self, value: Any) -> str:
        return self.shown(value)


@dataclass(frozen=True)
class Between(Filter):
    """Two boxes: from and to, of which either may stay empty. The value is the pair."""

    @property
    def names(self) -> tuple[str, ...]:
        return self.name + FROM, self.name + TO

    def boxes(self) -> dict[str, forms.Field]:
        boxes = {name: self.make_box() for name in self.names}
        for box, label in zip(boxes.values(), (_("from"), _("to")), strict=True):
            box.label = label
        return boxes

    def value(self, cleaned: Mapping[str, Any]) -> Any:
        least, most = (cleaned.get(name) for name in self.names)
        if least is None and most is None:
            return None
        if least is not None and most is not None and least > most:
            raise forms.ValidationError(_("It begins after its end."))
        return least, most

    def words(self, value: Any) -> str:
        least, most = ("" if end is None else self.shown(end) for end in value)
        if not least:
            return _("up to %(most)s") % {"most": most}
        if not most:
            return _("from %(least)s") % {"least": least}
        return _("%(least)s to %(most)s") % {"least": least, "most": most}


@dataclass(frozen=True)
class Chip:
    """A filter that is in use, in words, with the address without it."""

    text: str
    url: str


@dataclass(frozen=True)
class Boxes:
    """One filter as the form shows it."""

    label: Text
    fields: Sequence[BoundField]
    problem: str = ""

    @property
    def is_range(self) -> bool:
        return len(self.fields) > 1


class Filters:
    """All filters of a list as asked for by one address."""

    def __init__(self, filters: Iterable[Filter], query: QueryDict) -> None:
        self.filters = list(filters)
        self.form = _form(self.filters, query)
        self._problems: dict[str, str] = {}
        self._values = self._read()

    @cached_property
    def parameters(self) -> dict[str, str]:
        """What the address keeps: of filters that are in use, as it was typed."""
        return {
            name: self.form.data[name]
            for each in self.filters
            if each.name in self._values
            for name in each.names
            if self.form.data[name]
        }

    @cached_property
    def names(self) -> frozenset[str]:
        """Every parameter that any filter has."""
        return frozenset(self.form.fields)

    @property
    def problems(self) -> list[str]:
        """A sentence for each filter that was not used."""
        sentence = _("The filter “%(filter)s” was not used: %(problem)s")
        return [
            sentence % {"filter": each.label, "problem": self._problems[each.name]}
            for each in self.filters
            if each.name in self._problems
        ]

    @property
    def in_use(self) -> int:
        return len(self._values)

    @property
    def is_open(self) -> bool:
        """Whether the form is to be seen at once: something in it needs to be looked at."""
        return bool(self._problems)

    @property
    def nothing(self) -> dict[str, str]:
        """Changes of the address that take all filters away."""
        return dict.fromkeys(self.names, "")

    @cached_property
    def boxes(self) -> list[Boxes]:
        """The filters in their order, as the form shows them."""
        return [
            Boxes(
                each.label,
                [self.form[name] for name in each.names],
                self._problems.get(each.name, ""),
            )
            for each in self.filters
        ]

    def narrow(self, rows: Any) -> Any:
        """The rows that all filters let through."""
        for each in self.filters:
            if each.name in self._values:
                rows = each.narrow(rows, self._values[each.name])
        return rows

    def value(self, name: str) -> Any:
        """What a filter asks for, or None."""
        return self._values.get(name)

    def chips(self, url: Callable[..., str]) -> list[Chip]:
        """`url` makes the list's address with parameters changed."""
        return [
            Chip(
                f"{each.label}: {each.words(self._values[each.name])}",
                url(cursor="", **dict.fromkeys(each.names, "")),
            )
            for each in self.filters
            if each.name in self._values
        ]

    def _read(self) -> dict[str, Any]:
        self.form.is_valid()
        found = {}
        for each in self.filters:
            try:
                _require_valid(self.form, each)
                value = each.value(self.form.cleaned_data)
            except forms.ValidationError as error:
                self._problems[each.name] = " ".join(error.messages)
            else:
                if value is not None:
                    found[each.name] = value
        return found


def _form(filters: Sequence[Filter], query: QueryDict) -> forms.Form:
    form = forms.Form({}, auto_id="filter-%s")
    for each in filters:
        form.fields.update(each.boxes())
    form.data = {name: query.get(name, "").strip() for name in form.fields}
    for box in form.fields.values():
        box.required = False
        box.widget.is_required = False
    return form


def _require_valid(form: forms.Form, each: Filter) -> None:
    for name in each.names:
        if len(form.data[name]) > LONGEST:
            raise forms.ValidationError(_("it is too long."))
        PlainText()(form.data[name])
        if errors := form.errors.get(name):
            raise forms.ValidationError([str(error) for error in errors])
