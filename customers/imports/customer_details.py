"""The cells of a row as the details of a customer: by the rules of the forms."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers import custom_values, rules
from customers.custom_values import UnusableValueError, Value
from customers.flows.filling import key_of
from customers.imports.columns import Column
from customers.imports.plans import Plan, sentences
from customers.models import Customer, CustomField
from customers.models.addresses import BILLING, BILLING_PARTS, SAME_AS_OFFICE
from formats import addresses, phones

_PHONES = ("contact_phone", "phone", "fax")
_BILLING_PHONES = (BILLING + "phone", BILLING + "fax")
_LEFT_OUT = gettext_lazy("“%(field)s” is yes: the billing address in this row is left out.")
_SHAPED = ("street", "city", "state", "postal_code")


class Details:
    """Reads the details of one row after the other. What is wrong goes to the row's plan."""

    def __init__(self, columns: Mapping[str, Column], *, takes_odd_addresses: bool) -> None:
        self.columns = columns
        self._takes_odd_addresses = takes_odd_addresses

    def read(
        self, texts: Mapping[str, str], stored: Customer | None, plan: Plan
    ) -> tuple[dict[str, Any], dict[str, Value | None]]:
        """Fields and custom values that the row tells. `stored`: the customer it is about."""
        told: dict[str, Any] = {}
        custom: dict[str, Value | None] = {}
        for key, text in texts.items():
            column = self.columns[key]
            try:
                if column.field:
                    custom[str(key_of(key))] = _value(column.field, text, stored)
                else:
                    told[key] = rules.value_of(Customer, key, text)
            except ValidationError as error:
                plan.problems += sentences(column.label, error.messages)
            except UnusableValueError as error:
                plan.problems += sentences(column.label, [str(error)])
        self._money(told, stored, plan)
        self._address(told, stored, plan)
        self._billing(told, stored, plan)
        return told, custom

    def _money(self, told: dict[str, Any], stored: Customer | None, plan: Plan) -> None:
        if "turnover" not in told and "turnover_currency" not in told:
            return
        amount = told.get("turnover", stored.turnover if stored else None)
        known = stored.turnover_currency if stored else ""
        currency = told.get("turnover_currency", known)
        told["turnover_currency"] = currency
        self._put(
            told, "turnover_currency", plan, lambda: rules.turnover_currency(currency, amount)
        )

    def _address(self, told: dict[str, Any], stored: Customer | None, plan: Plan) -> None:
        country = str(_now("country", told, stored))
        self._phones(told, _PHONES, country, plan)
        self._shape(told, stored, plan, prefix="")

    def _billing(self, told: dict[str, Any], stored: Customer | None, plan: Plan) -> None:
        is_told = any(part in told for part in BILLING_PARTS)
        if not is_told and SAME_AS_OFFICE not in told:
            return
        country = str(_now("billing_country", told, stored) or _now("country", told, stored))
        self._phones(told, _BILLING_PHONES, country, plan)
        if told.setdefault(SAME_AS_OFFICE, False):
            # As in the form: whoever ticks it empties the boxes below.
            told.update(dict.fromkeys(BILLING_PARTS, ""))
            if is_told:
                plan.warnings.append(str(_LEFT_OUT) % {"field": self.columns[SAME_AS_OFFICE].label})
            return
        self._shape(told, stored, plan, prefix=BILLING)
        if not _now("billing_street", told, stored) and not _now("billing_city", told, stored):
            plan.problems.append(_("A billing address needs a street or a city."))

    def _phones(
        self, told: dict[str, Any], names: tuple[str, ...], country: str, plan: Plan
    ) -> None:
        for name in names:
            if text := told.get(name):
                self._put(told, name, plan, partial(phones.parse, text, country))

    def _shape(
        self, told: dict[str, Any], stored: Customer | None, plan: Plan, *, prefix: str
    ) -> None:
        """The parts as their country writes them; whatever it objects to refuses the row."""
        parts = (*_SHAPED, "country")
        if not any(prefix + part in told for part in parts):
            return
        address = {part: str(_now(prefix + part, told, stored)) for part in parts}
        if not addresses.rules_of(address["country"]).uses_state:
            address["state"] = ""
        tidied = addresses.tidied(address)
        for part in parts:
            if prefix + part in told or _now(prefix + part, told, stored) != tidied[part]:
                told[prefix + part] = tidied[part]
        for part, sentence in addresses.problems(tidied).items():
            column = self.columns.get(prefix + part)
            label = column.label if column else rules.label_of(Customer, prefix + part)
            said = plan.warnings if self._takes_odd_addresses else plan.problems
            said.extend(sentences(label, [sentence]))

    def _put(self, told: dict[str, Any], name: str, plan: Plan, read: Callable[[], object]) -> None:
        try:
            told[name] = read()
        except ValidationError as error:
            column = self.columns.get(name)
            label = column.label if column else rules.label_of(Customer, name)
            plan.problems += sentences(label, error.messages)


def _value(field: CustomField, text: str, stored: Customer | None) -> Value | None:
    """The value that the text tells. A retired answer stays where it stood: exports hold it."""
    before = stored.custom_values.get(field.key) if stored else None
    if before is not None and custom_values.text_of(field, before) == text:
        return cast("Value", before)
    return custom_values.parse(field, text)


def _now(name: str, told: Mapping[str, Any], stored: Customer | None) -> Any:
    """What the field will hold."""
    return told[name] if name in told else getattr(stored, name) if stored else ""
