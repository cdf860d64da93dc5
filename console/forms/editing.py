"""What every form does that changes a record which others may be changing, too."""

from dataclasses import dataclass
from typing import Any

from django import forms

from audit import trail
from customers.staleness import StaleError


@dataclass(frozen=True)
class Conflict:
    """One field as it was, as somebody else left it, and as this person wants it."""

    label: str
    was: object
    theirs: object
    yours: object

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
            Conflict(
                label=str(self.fields[change.field].label),
                was=change.was,
                theirs=change.theirs,
                yours=trail.plain(self.cleaned_data[change.field]),
            )
            for change in error.changes
            if change.field in self.fields
        ]

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
