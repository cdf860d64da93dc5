"""The list of one's own exports."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from components.lists import Column, Listing
from customers.models import Export


def _name(export: Export) -> SafeString:
    url = reverse("console:exports:detail", args=[export.pk])
    return format_html('<a href="{}">{}</a>', url, export.file_name)


def _state(export: Export) -> str:
    if export.job is None:
        return str(_("Downloaded at once"))
    if export.job.state == export.job.State.DONE and export.file is None:
        return str(_("The file was deleted"))
    return str(export.job.get_state_display())


def _rows(export: Export) -> str:
    return f"{export.rows:,}" if export.rows or not export.job else ""


class ExportListing(Listing[Export]):
    """What somebody exported, the newest first."""

    columns = (
        Column(_("File"), markup=_name),
        Column(_("Customers"), "told", on_phone=False),
        Column(_("Rows"), _rows, kind="number", on_phone=False),
        Column(_("State"), _state),
        Column(_("Made"), "created_at", sort="created_at"),
    )
    default_sort = "-created_at"
    searchable = False
    caption = _("Exports")
    empty_title = _("You have exported nothing yet")
    empty_text = _("Take the list of customers with you as a CSV or XLSX file.")
    empty_icon = "file-spreadsheet"

    def count_sentence(self, number: int, shown: str) -> str:
        return ngettext("%(count)s export", "%(count)s exports", number) % {"count": shown}
