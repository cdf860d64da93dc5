"""What staff say about a custom field itself."""

import uuid
from collections.abc import Iterable
from typing import Any, cast

from crispy_forms.layout import Div, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from components.forms import PortalForm, Section
from console.forms.editing import VersionedForm
from customers.flows import custom_choices, custom_fields
from customers.flows.custom_choices import ChoiceChange, ChoiceChanges, ChoiceState
from customers.flows.custom_fields import FieldDetails, NewField
from customers.models import Choice, CustomField
from customers.models.custom_fields import LONGEST_KEY, LONGEST_LABEL
from formats.plain_text import PlainText

# Far more than a field may have: whoever pastes a thousand choices is told how many are too many.
LONGEST_PASTE = 200_000
ABOUT = ("label", "help_text", "required", "in_reports", "searchable")
KEPT_AS = ("kind", "key", "choices")


class ChoiceLines(forms.CharField):
    """The labels of choices, one a line."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.Textarea(attrs={"rows": 5}))
        options.setdefault("max_length", LONGEST_PASTE)
        super().__init__(**options)

    def clean(self, value: object) -> tuple[str, ...]:
        lines = [line.strip() for line in str(super().clean(value)).splitlines()]
        labels = tuple(line for line in lines if line)
        for label in labels:
            PlainText()(label)
            if len(label) > LONGEST_LABEL:
                raise ValidationError(
                    _("“%(label)s…” is too long: use at most %(most)s characters in a line."),
                    params={"label": label[:20], "most": LONGEST_LABEL},
                )
        return labels

    def prepare_value(self, value: object) -> object:
        return "\n".join(value) if isinstance(value, tuple) else value


class CustomFieldForm(PortalForm):
    """What every field has."""

    label = forms.CharField(
        label=gettext_lazy("Label"),
        max_length=LONGEST_LABEL,
        help_text=gettext_lazy("What stands beside the box, in lists and in reports."),
    )
    help_text = forms.CharField(
        label=gettext_lazy("Help"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Stands below the box, as this sentence does."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=CustomField.Kind.choices)
    key = forms.CharField(
        label=gettext_lazy("Key"),
        max_length=LONGEST_KEY,
        required=False,
        help_text=gettext_lazy(
            "Names the field in exports and imports, for example cost_centre. Left empty, it is"
            " made from the label. Once values are kept, kind and key stay."
        ),
    )
    choices = ChoiceLines(
        label=gettext_lazy("Choices"),
        required=False,
        help_text=gettext_lazy("One a line. Only for the kind “Choice”."),
    )
    required = forms.BooleanField(
        label=gettext_lazy("Required"),
        required=False,
        help_text=gettext_lazy("Must be filled in wherever it is asked for from now on."),
    )
    in_reports = forms.BooleanField(label=gettext_lazy("Printed in reports"), required=False)
    searchable = forms.BooleanField(
        label=gettext_lazy("Found by the search"),
        required=False,
        help_text=gettext_lazy("Only for the kind “Text”."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    @property
    def details(self) -> FieldDetails:
        """What the flow takes. Only after `is_valid`."""
        told = {name: self.cleaned_data[name] for name in custom_fields.DETAILS}
        return cast("FieldDetails", told)


class CreateCustomFieldForm(CustomFieldForm):
    """The same, with an id of its own: sent twice, the form makes one field."""

    submit_label = gettext_lazy("Create field")
    sections = (
        (gettext_lazy("What it is about"), ("applies_to", *ABOUT)),
        (gettext_lazy("What it holds"), KEPT_AS),
    )

    applies_to = forms.ChoiceField(
        label=gettext_lazy("Kept about"), choices=CustomField.Target.choices
    )
    in_reports = forms.BooleanField(
        label=gettext_lazy("Printed in reports"), required=False, initial=True
    )
    id = forms.UUIDField(required=False, initial=uuid.uuid4, widget=forms.HiddenInput)

    @property
    def new(self) -> NewField:
        """What the flow takes. Only after `is_valid`."""
        return NewField(
            applies_to=self.cleaned_data["applies_to"],
            details=self.details,
            choices=self.cleaned_data["choices"],
            id=self.cleaned_data["id"],
        )


class EditCustomFieldForm(VersionedForm, CustomFieldForm):
    """The same with the field's choices, and with the version that the person saw."""

    submit_label = gettext_lazy("Save field")

    instance: CustomField

    def __init__(
        self, *args: Any, instance: CustomField, is_used: bool, initial: Any, **kwargs: Any
    ) -> None:
        self.instance = instance
        stored = {name: getattr(instance, name) for name in custom_fields.DETAILS}
        super().__init__(*args, initial={**stored, **initial}, **kwargs)
        for name in ("kind", "key"):
            self.fields[name].disabled = is_used
        if instance.kind == CustomField.Kind.CHOICE:
            self.fields["choices"].label = _("Add choices")

    def more_fields(self) -> dict[str, forms.Field]:
        return _boxes(self._asked)

    @property
    def _asked(self) -> list[Choice]:
        """The choices that the person saw: those that others added meanwhile stay as they are."""
        return [
            each
            for each in self.instance.options
            if not self.is_bound or custom_choices.label_name(each.key) in self.data
        ]

    def get_layout(self) -> Layout:
        rows = [
            Div(
                custom_choices.label_name(each.key),
                custom_choices.state_name(each.key),
                css_class="choice-row",
            )
            for each in self._asked
        ]
        return Layout(
            Section(_("What it is about"), *ABOUT),
            Section(_("What it holds"), "kind", "key", *rows, "choices"),
            "version",
        )

    @property
    def choice_changes(self) -> ChoiceChanges:
        """What the flow takes. Only after `is_valid`."""
        told = {
            each.key: ChoiceChange(
                self.cleaned_data[custom_choices.label_name(each.key)],
                self.cleaned_data[custom_choices.state_name(each.key)],
            )
            for each in self._asked
        }
        return ChoiceChanges(told=told, added=self.cleaned_data["choices"])

    def clean(self) -> dict[str, Any] | None:
        cleaned: dict[str, Any] | None = super().clean()
        prefixes = custom_choices.label_name(""), custom_choices.state_name("")
        if any(name.startswith(prefixes) and name not in self.fields for name in self.data):
            self.add_error(
                None, _("A choice was removed meanwhile. Look at the choices again, then save.")
            )
        return cleaned


class MoveForm(forms.Form):
    """The place that a field shall have among the others; 1 is the first."""

    to = forms.IntegerField(min_value=1, max_value=custom_fields.MOST_LIVE)


def _boxes(options: Iterable[Choice]) -> dict[str, forms.Field]:
    boxes: dict[str, forms.Field] = {}
    for each in options:
        boxes[custom_choices.label_name(each.key)] = forms.CharField(
            label=_("Choice “%s”") % each.label, max_length=LONGEST_LABEL, initial=each.label
        )
        boxes[custom_choices.state_name(each.key)] = forms.ChoiceField(
            label=_("“%s” is") % each.label,
            choices=ChoiceState.choices,
            initial=custom_choices.state_of(each),
        )
    return boxes
