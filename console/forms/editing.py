"""What every form does that changes a record which others may be changing, too."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import models

from audit import sentences, trail
from customers.staleness import ForeignChange, StaleError
from formats import phones


@dataclass(frozen=True)
class Conflict:
    """One field as it was, as somebody else left it, and as this person wants it."""

    label: str
    was: str
    theirs: str
    yours: str

    @property
    def is_touched(self) -> bool:
        """Whether this person changed the field too."""
        return self.yours != self.was


class VersionedForm(forms.Form):
    """Mix in before the form's base: carries the version that the person saw when they began."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def conflicts_with(self, error: StaleError) -> list[Conflict]:
        """Each field that somebody else changed, beside what was typed. Only after `is_valid`."""
        return [
            self._conflict(change, error.record)
            for change in error.changes
            if change.field in self.fields
        ]

    def _conflict(self, change: ForeignChange, record: object) -> Conflict:
        box, stored = self.fields[change.field], _field_of(record, change.field)
        yours = trail.plain(self.cleaned_data[change.field])
        was, theirs, mine = (
            _in_words(value, box, stored) for value in (change.was, change.theirs, yours)
        )
        return Conflict(str(box.label), was, theirs, mine)

    def on_top_of(self, error: StaleError) -> dict[str, Any]:
        """How to build the form anew: their version, with what this person changed on top."""
        theirs = {
            change.field: change.theirs
            for change in error.changes
            if change.field in self.fields
            and trail.plain(self.cleaned_data[change.field]) == change.was
        }
        initial = {**self.cleaned_data, **theirs, "version": error.record.version}
        return {"data": None, "files": None, "instance": error.record, "initial": initial}


def _field_of(record: object, name: str) -> "models.Field[Any, Any] | None":
    if not isinstance(record, models.Model):
        return None
    return next((each for each in record._meta.fields if each.name == name), None)  # noqa: SLF001 - Django's public way to a model's fields


def _in_words(value: object, box: forms.Field, stored: "models.Field[Any, Any] | None") -> str:
    """A value as the page would show it: the label of a choice, a phone number as people read it.

    The model knows more choices than the box, which offers those that are possible now.
    """
    if getattr(box.widget, "input_type", "") == "tel":
        return phones.shown(str(value))
    if stored is None or not stored.flatchoices:
        choices: Any = box.choices if isinstance(box, forms.ChoiceField) else ()
        offered: dict[Any, Any] = dict(choices)
        value = offered.get(value, value)
    return sentences.shown(value, stored)
