"""What narrows a list of cloud accounts, besides its views and its search."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cloudaccounts.models.checks import CheckState
from cloudaccounts.standing import Origin, Status
from components.filters import Filter
from components.selects import PlainSelect
from console.lists.customer_filters import exact
from customers import custom_ranks
from customers.models import Customer, CustomField, Group
from resellers.clouds import Cloud

_BOX = {"class": "form-select"}
_TEXT = {"class": "form-control", "autocomplete": "off"}


def filters(
    fields: Iterable[CustomField], *, owner: Customer | None, customer_code: str
) -> list[Filter]:
    """All filters. `owner` is whose accounts are listed; without one they can be narrowed to one
    customer by its code, and then to one of its groups.
    """
    found = [
        _choice("provider", gettext_lazy("Provider"), _("All providers"), Cloud.choices),
        _choice("status", gettext_lazy("Status"), _("Any status"), Status.choices),
        _choice(
            "access", gettext_lazy("Role"), _("Any"), CheckState.choices, column="access_state"
        ),
        _choice("origin", gettext_lazy("Origin"), _("Any"), Origin.choices),
    ]
    if owner is None:
        owner = _customer_of(customer_code)
        box = partial(_customer_box, owner)
        found.append(Filter("customer", gettext_lazy("Customer"), box, _of_customer, _name_of))
    if owner:
        found.append(_groups_of(owner))
    plain = (each for each in fields if each.kind not in custom_ranks.RANKED)
    return [*found, *map(exact, plain)]


def _choice(
    name: str,
    label: str | Promise,
    nothing: str,
    choices: list[tuple[str, Any]],
    *,
    column: str = "",
) -> Filter:
    words = dict(choices)
    return Filter(
        name,
        label,
        lambda: forms.ChoiceField(choices=[("", nothing), *choices], widget=forms.Select(_BOX)),
        lambda rows, value: rows.filter(**{column or name: value}),
        lambda value: str(words[value]),
    )


class _CustomerField(forms.Field):
    """A customer by its code. Cleaned, it is the customer, who was looked up once for the list."""

    def __init__(self, known: Customer | None, **options: Any) -> None:
        self.known = known
        super().__init__(**options)

    def to_python(self, value: Any) -> Any:
        if value and self.known is None:
            raise ValidationError(_("no customer has this code."), code="unknown")
        return self.known


def _customer_of(code: str) -> Customer | None:
    code = code.strip().upper()
    if not code or "\x00" in code:
        return None
    return Customer.objects.filter(code=code).first()


def _customer_box(known: Customer | None) -> forms.Field:
    hint = {**_TEXT, "placeholder": _("Code, such as ACME")}
    return _CustomerField(known, widget=forms.TextInput(hint))


def _of_customer(rows: Any, customer: Customer) -> Any:
    return rows.filter(customer=customer)


def _name_of(customer: Customer) -> str:
    return str(customer)


def _groups_of(owner: Customer) -> Filter:
    groups = {str(each.pk): each.name for each in Group.objects.of_customer(owner)}
    choices = [("", _("Any")), *groups.items()]
    return Filter(
        "group",
        gettext_lazy("Owner group"),
        lambda: forms.ChoiceField(choices=choices, widget=PlainSelect(_BOX)),
        lambda rows, value: rows.filter(group=value),
        lambda value: groups[value],
    )
