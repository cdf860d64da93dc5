"""The lists of imports and of their rows."""

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from components.lists import Column, Listing, ListView
from customers.models import Import, ImportRow

Outcome = ImportRow.Outcome


def _name(source: Import) -> SafeString:
    return format_html(
        '<a href="{}">{}</a>', reverse("console:imports:detail", args=[source.pk]), source.file_name
    )


def _state(source: Import) -> str:
    if source.run:
        return str(source.run.get_state_display())
    return str(_("Not imported yet"))


class ImportListing(Listing[Import]):
    """Every file that was uploaded, the newest first."""

    columns = (
        Column(_("File"), markup=_name),
        Column(_("Holds"), "get_what_display", on_phone=False),
        Column(_("State"), _state),
        Column(_("By"), "uploaded_by", on_phone=False),
        Column(_("Uploaded"), "created_at", sort="created_at"),
    )
    default_sort = "-created_at"
    searchable = False
    caption = _("Imports")
    empty_title = _("Nothing was imported yet")
    empty_text = _("Take over customers and contacts from a CSV or XLSX file.")
    empty_icon = "table-import"

    def count_sentence(self, number: int, shown: str) -> str:
        return ngettext("%(count)s import", "%(count)s imports", number) % {"count": shown}


def _of(outcome: Outcome) -> ListView:
    return ListView(outcome.value, outcome.label, lambda rows: rows.filter(outcome=outcome))


class ImportRowListing(Listing[ImportRow]):
    """What would become, or became, of each row, in the order of the file."""

    columns = (
        Column(_("Name"), template="console/imports/_row_name.html"),
        Column(_("Row"), "number", kind="number", sort="number"),
        Column(_("Outcome"), template="console/imports/_outcome.html"),
        # Sentences need room: on a phone they stand below the name.
        Column(_("Reason"), "reason", css="cell-sentences", on_phone=False),
    )
    views = (
        ListView("", _("All")),
        _of(Outcome.REFUSED),
        ListView("look", _("To be looked at"), lambda rows: rows.filter(is_odd=True)),
        _of(Outcome.ADDED),
        _of(Outcome.CHANGED),
        _of(Outcome.UNCHANGED),
    )
    default_sort = "number"
    searchable = False
    caption = _("Rows of the file")

    def count_sentence(self, number: int, shown: str) -> str:
        return ngettext("%(count)s row", "%(count)s rows", number) % {"count": shown}


def rows_of(source: Import) -> "QuerySet[ImportRow]":
    """The rows; `is_there` says whether the customer of a row exists already."""
    place = source.run.place.get("row", 0) if source.run else 0
    known = Q(outcome__in=[Outcome.CHANGED, Outcome.UNCHANGED])
    is_there = Q(record_id__isnull=False) & (known | Q(number__lte=place))
    rows = ImportRow.objects.filter(source=source)
    return rows.annotate(is_there=ExpressionWrapper(is_there, output_field=BooleanField()))
