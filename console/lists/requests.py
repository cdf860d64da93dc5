"""The queue of approval requests."""

from django.db.models import F, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from approvals.models import ApprovalRequest
from approvals.querysets import ApprovalRequestQuerySet
from components.lists import Column, Listing, ListView


def queue() -> QuerySet[ApprovalRequest]:
    """Every request that approvers may see. Each has been submitted: `waiting_since` is known."""
    requests = ApprovalRequest.objects.in_queue().annotate(waiting_since=F("submitted_at"))
    return requests.select_related("signup", "decided_by")


class RequestListing(Listing[ApprovalRequest]):
    """Pending requests first come, first served; decided ones newest first."""

    columns = (
        Column(_("Company"), template="console/requests/_company.html"),
        Column(_("Contact"), template="console/requests/_contact.html", on_phone=False),
        Column(_("Country"), "signup.country.name", on_phone=False),
        Column(_("Type"), "get_kind_display", css="text-nowrap", on_phone=False),
        Column(_("Waiting"), template="console/requests/_waiting.html", sort="waiting_since"),
        Column(_("Decision"), template="console/requests/_decision.html"),
    )
    views = (
        ListView("", _("Pending"), ApprovalRequestQuerySet.pending, counted=True),
        ListView("decided", _("Decided"), ApprovalRequestQuerySet.decided, counted=True),
        ListView("all", _("All"), counted=True),
    )
    default_sort = "waiting_since"
    search_label = _("Search by company, contact, e-mail or phone")
    caption = _("Approval requests")
    empty_title = _("Nothing waits for a decision")
    empty_text = _(
        "Companies that sign up on your storefront appear here once they confirmed their e-mail."
    )
    empty_icon = "inbox"

    def search(self, rows: "QuerySet[ApprovalRequest]", text: str) -> "QuerySet[ApprovalRequest]":
        assert isinstance(rows, ApprovalRequestQuerySet)  # noqa: S101 - for the type checker
        return rows.search(text)

    def count_sentence(self, number: int, shown: str) -> str:
        return ngettext("%(count)s request", "%(count)s requests", number) % {"count": shown}


class HistoryListing(RequestListing):
    default_sort = "-waiting_since"


def listing(query: QueryDict) -> RequestListing:
    """The list that the address asks for."""
    kind = HistoryListing if query.get("view") in {"decided", "all"} else RequestListing
    return kind(query, queue())
