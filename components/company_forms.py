"""What every form about a company has in common, whoever fills it in: addresses shaped by their
country, phone numbers, domains."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from components.forms import Sections
from formats import addresses, domains, phones

_SHAPED = ("street", "city", "state", "postal_code")


class AddressForm(forms.Form):
    """Mix in before the form's base. Its address follows the rules of the country typed so far.

    Where Google's data objects to the address, the person may insist with `use_anyway`. Names of
    the parts begin with `address_prefix`. Forms without a country are left alone.
    """

    address_prefix: ClassVar[str] = ""
    sections: Sections = ()
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rules = addresses.rules_of(self._country_so_far())
        self._shape()
        self._arrange()

    @property
    def refreshes(self) -> bool:
        """Whether the form changes with its country: then a button without JavaScript is shown."""
        return self._name("country") in self.fields

    @property
    def address(self) -> dict[str, str]:
        """The parts as typed. Only after validation."""
        names = [*_SHAPED, "country"]
        return {part: str(self.cleaned_data.get(self._name(part)) or "") for part in names}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        tidied = addresses.tidied(self.address)
        cleaned.update({self._name(part): value for part, value in tidied.items()})
        if self.address_is_wanted() and not self.data.get(self.add_prefix("use_anyway")):
            self._object(addresses.problems(tidied))
        return cleaned

    def address_is_wanted(self) -> bool:
        """Whether the address counts at all."""
        return True

    def _object(self, problems: Mapping[str, str]) -> None:
        for part, sentence in problems.items():
            name = self._name(part)
            self.add_error(name if name in self.fields else None, sentence)
        if problems:
            self._offer_to_insist()

    def _offer_to_insist(self) -> None:
        self.fields["use_anyway"] = forms.BooleanField(
            label=gettext_lazy("The address is right as it is"),
            required=False,
            help_text=gettext_lazy("Our data about this country may be incomplete."),
        )
        self._arrange()

    def _name(self, part: str) -> str:
        return self.address_prefix + part

    def _country_so_far(self) -> str:
        name = self._name("country")
        if self.is_bound:
            return str(self.data.get(self.add_prefix(name), ""))
        stored = getattr(getattr(self, "instance", None), name, "")
        return str(self.initial.get(name) or stored or "")

    def _shape(self) -> None:
        rules = self.rules
        if not rules.uses_state:
            self.fields.pop(self._name("state"), None)
        elif rules.states and (field := self.fields.get(self._name("state"))):
            self.fields[self._name("state")] = self._choice_of_states(field)
        self._label("state", addresses.state_label(rules))
        self._label("postal_code", addresses.postal_label(rules))
        if country := self.fields.get(self._name("country")):
            country.widget.attrs["data-refreshes"] = ""

    def _choice_of_states(self, typed: forms.Field) -> forms.Field:
        stored = str(self.get_initial_for_field(typed, self._name("state")) or "")
        choices = [("", "—"), *self.rules.states]
        if stored and stored not in dict(choices):
            choices.append((stored, stored))  # from another time; nothing is lost by looking at it
        return forms.TypedChoiceField(
            label=typed.label,
            required=False,
            choices=choices,
            widget=forms.Select(attrs={"autocomplete": typed.widget.attrs.get("autocomplete", "")}),
        )

    def _label(self, part: str, label: str) -> None:
        if field := self.fields.get(self._name(part)):
            field.label = label

    def _arrange(self) -> None:
        """The order in which the country writes addresses; other fields keep their place."""
        wanted = iter([self._name(part) for part in self.rules.order])
        shaped = {self._name(part) for part in _SHAPED}

        def arranged(names: Any) -> list[str]:
            kept = [name for name in names if name in self.fields]
            return [next(wanted, name) if name in shaped else name for name in kept]

        self.sections = [(legend, arranged(names)) for legend, names in self.sections]
        if helper := getattr(self, "helper", None):
            helper.layout = self.get_layout()  # type: ignore[attr-defined]


def clean_phones(form: forms.BaseForm, *names: str, country: str = "") -> None:
    """Put each number into `cleaned_data` as it is stored, or say beside it what is wrong."""
    for name in names:
        try:
            form.cleaned_data[name] = phones.parse(form.cleaned_data.get(name) or "", country)
        except ValidationError as error:
            form.add_error(name, error)


def show_phones(form: forms.BaseForm, *names: str) -> None:
    """Fill the boxes with numbers as people read them, and let phones show their keypad."""
    for name in names:
        field = form.fields[name]
        field.widget.input_type = "tel"
        field.max_length = phones.LONGEST_TYPED  # type: ignore[attr-defined]
        stored = form.get_initial_for_field(field, name)
        if stored:
            form.initial[name] = phones.shown(str(stored))


class DomainField(forms.CharField):
    """Takes a domain in whatever form it is pasted, gives the plain one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 300, "required": False, **kwargs})

    def clean(self, value: Any) -> str:
        return domains.plain(str(super().clean(value)))
