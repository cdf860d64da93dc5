"""The choice of a country.

Django makes each of the 250 options with a template of its own, and django-countries sorts their
names each time: together that was a third of the customer list. Here both are done once for each
language.
"""

from functools import lru_cache
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from components.selects import options_of, selected

Text = str | Promise


class CountrySelect(forms.Select):
    """A box of all countries; the empty choice comes first."""

    def __init__(self, *, empty_label: Text = "—", attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.empty_label = empty_label

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: Any = None,  # noqa: ARG002 - Django's signature
    ) -> SafeString:
        chosen = str(value) if value in countries else ""
        return format_html(
            '<select name="{}"{}><option value=""{}>{}</option>{}</select>',
            name,
            flatatt(self.build_attrs(self.attrs, attrs)),
            selected(not chosen),
            self.empty_label,
            _options(get_language(), chosen),
        )


def country_field(*, empty_label: Text = "—", css: str = "", **options: Any) -> forms.ChoiceField:
    """A choice of all countries. Preset it with `initial`."""
    options.setdefault("label", _("Country"))
    widget = CountrySelect(empty_label=empty_label, attrs={"class": css} if css else None)
    return forms.ChoiceField(
        choices=lambda: [("", empty_label), *_choices(get_language())],
        widget=widget,
        **options,
    )


def country_name(code: str) -> str:
    """Its name in the language that is in use; nothing for an unknown code."""
    return _names(get_language()).get(code, "")


@lru_cache(maxsize=32)
def _choices(_language: str | None) -> tuple[tuple[str, str], ...]:
    """Code and name, in the order of that language. Called with the language that is in use."""
    return tuple((code, str(name)) for code, name in countries)


@lru_cache(maxsize=32)
def _names(language: str | None) -> dict[str, str]:
    return dict(_choices(language))


@lru_cache(maxsize=1024)
def _options(language: str | None, chosen: str) -> SafeString:
    return options_of(_choices(language), chosen)
