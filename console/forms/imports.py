"""What staff say about a file that they upload."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from components.forms import PortalForm, Text
from components.selects import PlainSelect
from customers.imports.columns import Column
from customers.models import Import


class UploadForm(PortalForm):
    """A file, and what it holds. Sent twice, it makes one import."""

    submit_label: Text = _("Upload and choose columns")
    guard = False

    what = forms.ChoiceField(
        label=_("What the file holds"), choices=Import.What, widget=forms.RadioSelect
    )
    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,  # refused with a sentence of our own
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
        help_text=_("CSV or XLSX with one header row; at most 50,000 rows and 32 MB."),
    )
    key = forms.UUIDField(required=False, initial=uuid.uuid4, widget=forms.HiddenInput)


@dataclass(frozen=True)
class FileColumn:
    """One column of the file, as the page shows it."""

    number: int
    header: str
    samples: Sequence[str]
    box: Any


class ColumnsForm(forms.Form):
    """For each column of the file the field that it fills."""

    takes_odd_addresses = forms.BooleanField(
        label=_("Take addresses to which our data about their country objects"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )

    def __init__(
        self, *args: Any, source: Import, columns: Sequence[Column], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.source = source
        self.fields["takes_odd_addresses"].initial = source.takes_odd_addresses
        choices = [("", _("— not taken over —")), *((each.key, each.label) for each in columns)]
        for number, (header, chosen) in enumerate(
            zip(source.headers, source.columns, strict=True), 1
        ):
            self.fields[_name(number)] = forms.ChoiceField(
                label=header or _("Column %(number)s") % {"number": number},
                choices=choices,
                required=False,
                initial=chosen,
                widget=PlainSelect(attrs={"class": "form-select"}),
            )

    @property
    def chosen(self) -> list[str]:
        """The key of the field for each column, or nothing. Only after `is_valid`."""
        numbers = range(1, len(self.source.headers) + 1)
        return [self.cleaned_data[_name(number)] for number in numbers]

    @property
    def file_columns(self) -> list[FileColumn]:
        return [
            FileColumn(
                number,
                str(self.fields[_name(number)].label),
                [row[number - 1] for row in self.source.samples if any(row[number - 1 : number])],
                self[_name(number)],
            )
            for number in range(1, len(self.source.headers) + 1)
        ]

    @property
    def repeated_headers(self) -> list[str]:
        """Headers that stand in the file more than once."""
        seen: list[str] = [each.casefold() for each in self.source.headers if each]
        return sorted({each for each in self.source.headers if seen.count(each.casefold()) > 1})


def _name(number: int) -> str:
    return f"column_{number}"
