"""One look and one set of manners for every form. A form checks input; it never saves anything."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, LayoutObject
from crispy_forms.utils import TEMPLATE_PACK
from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from components.countries import country_field
from formats.plain_text import PlainText

__all__ = ["PortalForm", "PortalModelForm", "Section", "Sections", "Text", "country_field"]

Text = str | Promise
Sections = Sequence[tuple[Text, Sequence[str]]]  # legend and field names

LONGEST_LINE = 200
LONGEST_TEXT = 5_000

# What browsers fill in by themselves (WCAG 1.3.5). A widget can overrule it.
AUTOCOMPLETE = {
    "email": "email",
    "full_name": "name",
    "contact_name": "name",
    "phone": "tel",
    "mobile": "tel",
    "company": "organization",
    "organization": "organization",
    "organization_name": "organization",
    "street": "address-line1",
    "suite": "address-line2",
    "city": "address-level2",
    "state": "address-level1",
    "postal_code": "postal-code",
    "country": "country",
    "website": "url",
    "title": "organization-title",
    "password1": "new-password",
    "password2": "new-password",
}


class Section(LayoutObject):  # type: ignore[misc]
    """Fields under a legend. Unlike crispy's Fieldset it never reads the legend as a template."""

    def __init__(self, legend: Text, *names: Any) -> None:
        self.legend = legend
        self.fields = list(names)

    def render(
        self, form: Any, context: Any, template_pack: Any = TEMPLATE_PACK, **kwargs: Any
    ) -> SafeString:
        inside = self.get_rendered_fields(form, context, template_pack, **kwargs)
        return format_html("<fieldset><legend>{}</legend>{}</fieldset>", self.legend, inside)


class FormManners:
    """For forms and model forms alike: what PortalForm promises."""

    submit_label: Text = _("Save")
    submit_kind = "primary"
    cancel_label: Text = _("Cancel")
    cancel_url = ""
    action = ""
    guard = True  # warn before leaving with unsaved changes; off for log-in and search
    sections: Sections = ()  # empty: one list

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, cancel_url: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cancel_url = cancel_url or self.cancel_url
        self.fields.update(self.more_fields())
        for name, field in self.fields.items():
            teach_manners(name, field)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.form_show_errors = True
        self.helper.layout = self.get_layout()

    def more_fields(self) -> dict[str, forms.Field]:
        """Fields that depend on records, behind those of the class."""
        return {}

    def get_layout(self) -> Layout:
        if not self.sections:
            return Layout(*self.fields)
        named = {name for _legend, names in self.sections for name in names}
        rest = [name for name in self.fields if name not in named]
        return Layout(*[Section(legend, *names) for legend, names in self.sections], *rest)

    @property
    def shows_required_legend(self) -> bool:
        return any(field.required and not field.widget.is_hidden for field in self.fields.values())


class PortalForm(FormManners, forms.Form):
    pass


class PortalModelForm(FormManners, forms.ModelForm):  # type: ignore[type-arg]
    """Takes labels, lengths and choices from a model. Saving stays the flow's work."""

    def save(self, commit: bool = True) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        raise NotImplementedError("A form checks input; a flow saves it.")


def teach_manners(name: str, field: forms.Field) -> None:
    """Text that can be stored, a length that is bounded, and a box that browsers can fill in."""
    if isinstance(field, forms.CharField) and not isinstance(field, forms.UUIDField):
        _bound_text(field)
    attrs = field.widget.attrs
    # The browser would cut pasted text without a word; the server says so and keeps it.
    attrs.pop("maxlength", None)
    if name in AUTOCOMPLETE:
        attrs.setdefault("autocomplete", AUTOCOMPLETE[name])


def _bound_text(field: forms.CharField) -> None:
    multiline = isinstance(field.widget, forms.Textarea)
    check = PlainText(multiline=multiline)
    if check not in field.validators:
        field.validators.append(check)
    if field.max_length is None:
        field.max_length = LONGEST_TEXT if multiline else LONGEST_LINE
        field.validators.append(MaxLengthValidator(field.max_length))
