"""Custom fields in forms: a box for each live definition, checked like the definition says."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import sentences
from components.forms import FormManners, PortalForm, Sections
from console.forms.editing import Conflict, VersionedForm
from customers import custom_values
from customers.custom_values import UnusableValueError, Value, Values
from customers.flows.filling import (
    Told,
    form_name,
    key_of,
    retired_sentence,
    trail_value,
)
from customers.models import CustomField
from customers.staleness import StaleError

Kind = CustomField.Kind
NOTHING = ("", "—")


class ValueField(forms.Field):
    """The box of one custom field. Cleaned, it is the typed value, or None for nothing."""

    def __init__(self, definition: CustomField, *, before: object = None, **options: Any) -> None:
        self.definition = definition
        self.before = before
        options.setdefault("label", definition.label)
        options.setdefault("help_text", definition.help_text)
        options.setdefault("required", definition.required)
        super().__init__(widget=widget_of(definition, before), **options)

    def to_python(self, value: object) -> Value | None:
        try:
            if self.definition.kind == Kind.CHOICE and value:
                return custom_values.check(self.definition, value, before=self.before)
            return custom_values.parse(self.definition, value)
        except UnusableValueError as error:
            raise ValidationError(str(error), code="unusable") from error

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What the box shows again. One that was not on the page yet shows what is stored."""
        return initial if data is None else data

    def prepare_value(self, value: object) -> object:
        """A stored value as its box shows it."""
        return custom_values.typed_text(value) if isinstance(value, bool) else value


def widget_of(definition: CustomField, before: object = None) -> forms.Widget:
    """The box itself. A choice that was retired is offered where it stands already."""
    if definition.kind == Kind.CHOICE:
        offered = [
            (each.key, _("%s (retired)") % each.label if each.is_retired else each.label)
            for each in definition.options
            if not each.is_retired or each.key == before
        ]
        return forms.Select(choices=[NOTHING, *offered])
    if definition.kind == Kind.YES_NO:
        return forms.Select(choices=[NOTHING, ("yes", _("Yes")), ("no", _("No"))])
    attrs = {"autocomplete": "off"}
    if definition.kind == Kind.DATE:
        return forms.DateInput({**attrs, "type": "date"})
    if definition.kind == Kind.NUMBER:
        attrs["inputmode"] = "decimal"
    return forms.TextInput(attrs)


class CustomFieldsMixin(FormManners, forms.BaseForm):
    """Mix in before a form's base: asks for the live ones of `definitions`, after its own fields.

    `definitions` holds the retired ones, too: what is typed for a field that was retired meanwhile
    is not dropped without a word.
    """

    definitions: Sequence[CustomField]

    def __init__(
        self,
        *args: Any,
        definitions: Sequence[CustomField],
        values: Values | None = None,
        **kwargs: Any,
    ) -> None:
        self.definitions = definitions
        self._before = values or {}
        super().__init__(*args, **kwargs)

    def more_fields(self) -> dict[str, forms.Field]:
        return {
            form_name(each.key): ValueField(
                each,
                before=self._before.get(each.key),
                initial=self._before.get(each.key),
                # Whoever was not asked is not blamed here: the flow knows what must be known.
                required=each.required and self._was_asked(form_name(each.key)),
            )
            for each in self.definitions
            if not each.is_retired
        }

    @property
    def told(self) -> Told:
        """What the flow takes: the value of each field that was asked for. After `is_valid`.

        A field that was defined or restored while a person was typing stays as it is.
        """
        return {
            box.definition.key: self.cleaned_data[name]
            for name, box in self.fields.items()
            if isinstance(box, ValueField) and self._was_asked(name)
        }

    def _was_asked(self, name: str) -> bool:
        return not self.is_bound or name in self.data

    def names(self, *, required: bool) -> list[str]:
        """The custom fields of this form that must be filled in, or those that need not."""
        return [
            name
            for name, box in self.fields.items()
            if isinstance(box, ValueField) and box.required is required
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for sentence in dict.fromkeys(self._left_over()):
            self.add_error(None, sentence)
        return cleaned

    def _left_over(self) -> list[str]:
        """A sentence for each value that was typed into a box that this form has no more."""
        known = {each.key: each for each in self.definitions}
        sent: Mapping[str, Any] = self.data
        keys = {name: key_of(name) for name in sent if name not in self.fields}
        return [
            retired_sentence(known[key]) if key in known else _GONE
            for name, key in keys.items()
            if key and self._is_new(known.get(key), sent[name])
        ]

    def _is_new(self, definition: CustomField | None, typed: object) -> bool:
        before = self._before.get(definition.key) if definition else None
        shown = custom_values.typed_text(before)
        return custom_values.typed_text(typed) not in {"", shown}


_GONE: Any = gettext_lazy(
    "A field that you filled in does not exist any more. Look at the page again, then save."
)


class CustomerFieldsForm(CustomFieldsMixin, VersionedForm, PortalForm):
    """The values of one customer, with the version that the person saw when they began."""

    submit_label = gettext_lazy("Save customer fields")

    def __init__(self, *args: Any, instance: Any, **kwargs: Any) -> None:
        self.instance = instance
        super().__init__(*args, values=instance.custom_values, **kwargs)

    def conflicts_with(self, error: StaleError) -> list[Conflict]:
        """Each value that somebody else changed, beside what was typed. Only after `is_valid`."""
        return [
            Conflict(
                str(box.label),
                *map(sentences.shown, (change.was, change.theirs, self._yours(box))),
            )
            for change, box in self._contested(error)
        ]

    def on_top_of(self, error: StaleError) -> dict[str, Any]:
        """How to build the form anew: their values, with what this person changed on top."""
        mine = {form_name(key): value for key, value in self.told.items()}
        stored: Values = error.record.custom_values  # type: ignore[attr-defined]
        theirs = {
            change.field: stored.get(box.definition.key)
            for change, box in self._contested(error)
            if self._yours(box) == change.was
        }
        initial = {**mine, **theirs, "version": error.record.version}
        return {"data": None, "files": None, "instance": error.record, "initial": initial}

    def _contested(self, error: StaleError) -> list[tuple[Any, ValueField]]:
        boxes = self.fields
        return [
            (change, box)
            for change in error.changes
            if isinstance(box := boxes.get(change.field), ValueField)
            and self._was_asked(change.field)
        ]

    def _yours(self, box: ValueField) -> object:
        return trail_value(box.definition, self.told[box.definition.key])


def custom_sections(form: CustomFieldsMixin) -> Sections:
    """The custom fields of a longer form: what must be told first, the rest behind."""
    both = (
        (gettext_lazy("Customer fields"), form.names(required=True)),
        (gettext_lazy("More customer fields"), form.names(required=False)),
    )
    return [(legend, names) for legend, names in both if names]
