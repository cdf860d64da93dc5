"""What narrows the list of customers, besides its views and its search."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from components.countries import country_name
from components.filters import Between, Filter
from components.forms import country_field
from console.forms.customer_fields import NOTHING, ValueField
from console.forms.tags import TagsField
from customers import custom_ranks, custom_values
from customers.flows.filling import form_name
from customers.models import CustomField
from customers.querysets import CustomerQuerySet
from customers.tags import Tags
from resellers.current import today

Kind = CustomField.Kind
DAY = forms.DateInput(attrs={"type": "date", "class": "form-control"})
_PERIODS: dict[str, str | Promise] = {
    "this-month": _("This month"),
    "last-month": _("Last month"),
    "last-90-days": _("Last 90 days"),
    "this-year": _("This year"),
}


def filters(definitions: Iterable[CustomField]) -> list[Filter]:
    """All filters; `definitions` are the live custom fields of customers."""
    return [*_of_columns(), *map(_of_field, definitions)]


def _of_columns() -> list[Filter]:
    return [
        Filter("country", _("Country"), _country_box, CustomerQuerySet.in_country, country_name),
        Filter("tag", _("Tags"), _tags_box, CustomerQuerySet.with_tags, _joined),
        Filter("industry", _("Industry vertical"), _text_box, CustomerQuerySet.in_industry),
        Filter("account-type", _("Account type"), _text_box, CustomerQuerySet.of_account_type),
        Filter("period", _("Created"), _period_box, _in_period, _period_name),
        Between("created", _("Created between"), _day_box, _created_between, formats.date_format),
    ]


def _of_field(field: CustomField) -> Filter:
    """A custom field: a range of numbers and days, one value of all others."""
    name, label = form_name(field.key), field.label
    if field.kind in custom_ranks.RANKED:
        return Between(
            name,
            label,
            lambda: _AnyValue(field),
            lambda rows, ends: rows.with_custom_rank(field, least=ends[0], most=ends[1]),
            lambda rank: custom_values.display(field, custom_ranks.value(field, rank)),
        )
    return exact(field)


def exact(field: CustomField) -> Filter:
    """One value of a custom field, for every list of records that inherit CustomValuesQuerySet."""
    return Filter(
        form_name(field.key),
        field.label,
        lambda: _AnyValue(field),
        lambda rows, value: rows.with_custom_value(field, value),
        lambda value: custom_values.display(field, value),
    )


class _AnyValue(ValueField):
    """A box that finds retired answers, too. Cleaned, a number or a day is its rank."""

    def __init__(self, definition: CustomField) -> None:
        super().__init__(definition, required=False, help_text="")
        if definition.kind == Kind.CHOICE:
            told = [(each.key, _named(each.label, each.is_retired)) for each in definition.options]
            self.widget = forms.Select(choices=[NOTHING, *told])
        is_select = isinstance(self.widget, forms.Select)
        self.widget.attrs["class"] = "form-select" if is_select else "form-control"

    def to_python(self, value: object) -> Any:
        self.before = value  # an answer that was retired may be looked for
        typed = super().to_python(value)
        if typed is None or self.definition.kind not in custom_ranks.RANKED:
            return typed
        return custom_ranks.rank(self.definition, typed)


def _named(label: str, is_retired: bool) -> str:  # noqa: FBT001 - its name says what it means
    return str(_("%s (retired)") % label) if is_retired else label


def _country_box() -> forms.Field:
    return country_field(required=False, empty_label=_("All countries"), css="form-select")


def _tags_box() -> forms.Field:
    return TagsField(widget=forms.TextInput(attrs=_PLAIN), help_text="")


def _text_box() -> forms.Field:
    return forms.CharField(max_length=100, widget=forms.TextInput(attrs=_PLAIN))


def _day_box() -> forms.Field:
    return _Day(widget=DAY)


def _period_box() -> forms.Field:
    choices = [("", _("Any time")), *_PERIODS.items()]
    return forms.ChoiceField(choices=choices, widget=forms.Select({"class": "form-select"}))


class _Day(forms.DateField):
    """A day as browsers send it, of a time that the database knows."""

    def to_python(self, value: Any) -> dt.date | None:
        day = super().to_python(value)
        if day and not custom_values.FIRST_DAY <= day <= custom_values.LAST_DAY:
            raise ValidationError(_("Enter a day between 1500 and 2999."), code="invalid")
        return day


def _joined(tags: Tags) -> str:
    return str(tags)


def _period_name(key: str) -> str:
    return str(_PERIODS[key])


def period(key: str, day: dt.date) -> tuple[dt.date, dt.date]:
    """First and last day of a period, seen from `day`."""
    month = day.replace(day=1)
    if key == "last-month":
        last = month - dt.timedelta(days=1)
        return last.replace(day=1), last
    first = {
        "this-month": month,
        "this-year": day.replace(month=1, day=1),
        "last-90-days": day - dt.timedelta(days=89),
    }
    return first[key], day


def _in_period(rows: CustomerQuerySet, key: str) -> CustomerQuerySet:
    return rows.created_between(*period(key, today()))


def _created_between(
    rows: CustomerQuerySet, ends: tuple[dt.date | None, dt.date | None]
) -> CustomerQuerySet:
    return rows.created_between(*ends)


_PLAIN = {"class": "form-control", "autocomplete": "off"}
