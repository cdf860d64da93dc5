"""What somebody says about a file of customers that they want."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from components.bulk import MATCHING, SELECTED
from components.forms import PortalForm, Text
from customers.models import Export

SHOWN, ALL = "shown", "all"
MOST_CHOSEN = 200


class ChosenField(forms.Field):
    """The ids of customers that were ticked."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> list[uuid.UUID]:
        told = value or []
        if len(told) > MOST_CHOSEN:
            raise ValidationError(
                _("Choose at most %s customers, or all that match.") % MOST_CHOSEN
            )
        try:
            # In one order: the same customers make the same export.
            return sorted({uuid.UUID(str(each)) for each in told})
        except ValueError as error:
            raise ValidationError(
                _("The customers were not told rightly. Choose again.")
            ) from error


class ExportForm(PortalForm):
    """Format and columns. Sent twice, it starts one export."""

    submit_label: Text = gettext_lazy("Export")
    guard = False

    format = forms.ChoiceField(
        label=gettext_lazy("Format"),
        choices=Export.Format,
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "XLSX files, and CSV files of more than 50,000 rows, are written in the background."
        ),
    )
    columns = forms.ChoiceField(
        label=gettext_lazy("Columns"),
        choices=[
            (SHOWN, gettext_lazy("As the list shows them")),
            (ALL, gettext_lazy("All columns, custom fields included")),
        ],
        widget=forms.RadioSelect,
    )
    delimiter = forms.ChoiceField(
        label=gettext_lazy("Between the cells of a CSV file"),
        choices=Export.Delimiter,
        required=False,
    )
    scope = forms.ChoiceField(
        choices=[(MATCHING, MATCHING), (SELECTED, SELECTED)],
        required=False,
        widget=forms.HiddenInput,
    )
    ids = ChosenField(required=False)
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("scope") == SELECTED and not cleaned.get("ids") and "ids" not in self.errors:
            self.add_error(None, _("Choose at least one customer of the list."))
        return cleaned

    @property
    def chosen(self) -> list[uuid.UUID] | None:
        """The ticked customers; None: all that match. Only after `is_valid`."""
        told: list[uuid.UUID] = self.cleaned_data["ids"]
        return told if self.cleaned_data["scope"] == SELECTED else None
