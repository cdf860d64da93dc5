"""What can be done with many customers at once, and the lists of what was done."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from components.addresses import record_url
from components.bulk import SHOWN, Bulk, BulkAction
from components.lists import Column, Listing, ListView
from components.statuses import badge
from customers.models import BulkRow, BulkRun

Action = BulkRun.Action
Outcome = BulkRow.Outcome

ICONS = {
    Action.ADD_TAGS: "tag",
    Action.REMOVE_TAGS: "x",
    Action.SUSPEND: "ban",
    Action.REACTIVATE: "player-play",
    Action.ARCHIVE: "archive",
    Action.RESTORE: "restore",
}
# By the view of the list: what makes sense for the customers in it, what is done most first. The
# bar shows three and puts the rest under "More".
_OF_VIEW = {
    "": (Action.ADD_TAGS, Action.SUSPEND, Action.REMOVE_TAGS, Action.REACTIVATE, Action.ARCHIVE),
    "active": (Action.ADD_TAGS, Action.SUSPEND, Action.REMOVE_TAGS, Action.ARCHIVE),
    "suspended": (Action.ADD_TAGS, Action.REACTIVATE, Action.REMOVE_TAGS, Action.ARCHIVE),
    "archived": (Action.RESTORE,),
}
_SHAPES = {Outcome.WAITING: "waiting", Outcome.DONE: "success", Outcome.SKIPPED: "neutral"}


def bulk_of(view: str, *, export_url: str = "") -> Bulk:
    """The bar of the customer list in this view, for whoever may edit customers.

    `export_url`: the page that exports this list, for whoever may do that, too.
    """
    actions = [BulkAction(each.value, each.label, ICONS[each]) for each in _OF_VIEW[view]]
    if export_url:
        actions.insert(SHOWN - 1, BulkAction("export", _("Export"), "download", export_url))
    return Bulk(reverse("console:bulk:confirm"), actions)


def _run(run: BulkRun) -> SafeString:
    url = record_url("console:bulk:detail", run.pk)
    return format_html('<a href="{}">{}</a>', url, run.get_action_display())


def _customer(row: BulkRow) -> SafeString:
    url = record_url("console:customers:detail", row.customer_id)
    return format_html('<a href="{}">{}</a>', url, row.customer)


def _outcome(row: BulkRow) -> SafeString:
    return badge(row.get_outcome_display(), _SHAPES[Outcome(row.outcome)])


class BulkRunListing(Listing[BulkRun]):
    """Everything that was done with many customers, the newest first."""

    columns = (
        Column(_("What"), markup=_run),
        Column(_("Customers"), "total", kind="number"),
        Column(_("State"), "job.get_state_display"),
        Column(_("By"), "started_by", on_phone=False),
        Column(_("Started"), "created_at", sort="created_at"),
    )
    default_sort = "-created_at"
    searchable = False
    caption = _("Changes to many customers")
    empty_title = _("Nothing was done with many customers yet")
    empty_text = _("Tick customers in the list, then choose below it what to do with them.")
    empty_icon = "checks"

    def count_sentence(self, number: int, shown: str) -> str:
        return ngettext("%(count)s entry", "%(count)s entries", number) % {"count": shown}


def _of(outcome: Outcome) -> ListView:
    return ListView(outcome.value, outcome.label, lambda rows: rows.filter(outcome=outcome))


class BulkRowListing(Listing[BulkRow]):
    """The customers of a run, and what became of each."""

    columns = (
        Column(_("Customer"), markup=_customer),
        Column(_("Outcome"), markup=_outcome, sort="number"),
        Column(_("Reason"), "get_reason_display"),
    )
    views = (
        ListView("", _("All")),
        _of(Outcome.SKIPPED),
        _of(Outcome.DONE),
        _of(Outcome.WAITING),
    )
    default_sort = "number"
    searchable = False
    caption = _("Customers")

    def count_sentence(self, number: int, shown: str) -> str:
        return ngettext("%(count)s customer", "%(count)s customers", number) % {"count": shown}


def rows_of(run: BulkRun) -> "QuerySet[BulkRow]":
    """The rows with the names of their customers."""
    names = ("number", "outcome", "reason", "run_id", "customer__organization_name")
    return BulkRow.objects.filter(run=run).select_related("customer").only(*names)
