"""Selects of many options, or many selects: Django makes each option with a template of its own."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


class PlainSelect(forms.Select):
    """The same select, made in one piece. Without groups."""

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: Any = None,  # noqa: ARG002 - Django's signature
    ) -> SafeString:
        chosen = "" if value is None else str(value)
        around = flatatt(self.build_attrs(self.attrs, attrs))
        inside = options_of(((str(key), label) for key, label in self.choices), chosen)
        return format_html('<select name="{}"{}>{}</select>', name, around, inside)


def options_of(choices: Iterable[tuple[str, Any]], chosen: str) -> SafeString:
    """The options of a select, one of them chosen."""
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((key, selected(key == chosen), label) for key, label in choices),
    )


def selected(is_selected: bool) -> SafeString:  # noqa: FBT001 - its name says what it means
    return SafeString(" selected" if is_selected else "")
