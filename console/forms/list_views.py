"""What staff type about saved views and the columns of lists."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from components.forms import PortalForm, Text
from console.lists.customer_columns import Offer
from customers.models.list_views import LONGEST_NAME

MOST_COLUMNS = 20  # beside the name: more are no list any more


class ViewForm(PortalForm):
    """A view's name, and who sees it."""

    submit_label: Text = _("Save view")

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)
    is_shared = forms.BooleanField(
        label=_("Shared with the team"),
        required=False,
        help_text=_("Everybody on your team sees it. Whoever manages settings can change it."),
    )

    def __init__(self, *args: Any, may_share: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "off"
        if not may_share:
            del self.fields["is_shared"]
            self.helper.layout = self.get_layout()

    def clean_name(self) -> str:
        """With single spaces: two names must not differ by what nobody sees."""
        return " ".join(str(self.cleaned_data["name"]).split())

    @property
    def shares(self) -> bool:
        return bool(self.cleaned_data.get("is_shared"))


class SaveViewForm(ViewForm):
    """A new view. With a key of its own: sent twice, the form saves one."""

    keeps_columns = forms.BooleanField(
        label=_("Keep the columns as I see them now"),
        required=False,
        help_text=_("Otherwise everybody sees the view in their own columns."),
    )
    key = forms.UUIDField(required=False, initial=uuid.uuid4, widget=forms.HiddenInput)


class ColumnsForm(forms.Form):
    """A box to tick and a place for each column that can be chosen."""

    def __init__(
        self, *args: Any, offers: dict[str, Offer], chosen: Sequence[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offers = offers
        shown = [key for key in chosen if key in offers]
        self.order = [*shown, *(key for key in offers if key not in shown)]
        for number, key in enumerate(self.order, start=1):
            label: Any = offers[key].column.label
            self.fields[_show(key)] = forms.BooleanField(
                label=label,
                required=False,
                initial=key in shown,
                widget=forms.CheckboxInput({"class": "form-check-input"}),
            )
            self.fields[_place(key)] = forms.IntegerField(
                label=_("Place of %s") % label,
                required=False,
                initial=number,
                min_value=1,
                max_value=999,
                widget=forms.TextInput({"inputmode": "numeric", "class": "form-control"}),
            )

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        """Box and place of each column."""
        return [(self[_show(key)], self[_place(key)]) for key in self.order]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if sum(bool(cleaned.get(_show(key))) for key in self.order) > MOST_COLUMNS:
            self.add_error(None, _("Choose at most %s columns.") % MOST_COLUMNS)
        return cleaned

    @property
    def chosen(self) -> list[str]:
        """The ticked columns by their places; those without one come last. After `is_valid`."""
        ticked = [key for key in self.order if self.cleaned_data[_show(key)]]
        return sorted(ticked, key=lambda key: self.cleaned_data[_place(key)] or len(self.order))


def _show(key: str) -> str:
    return f"show.{key}"


def _place(key: str) -> str:
    return f"place.{key}"
