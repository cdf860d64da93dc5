"""The queue of approval requests: sign-ups and what is asked for about cloud accounts."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import F, QuerySet
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from approvals.models import ApprovalRequest
from approvals.querysets import ApprovalRequestQuerySet
from components import statuses, times
from components.filters import Filter
from components.lists import Column, Listing, ListView
from console.request_addresses import address_of
from resellers.clouds import Cloud

Kind, Status = ApprovalRequest.Kind, ApprovalRequest.Status
# What approvers never see is no choice.
STATUSES = [(each.value, each.label) for each in Status if each != Status.DRAFT]
BADGES = {
    Status.PENDING: "waiting",
    Status.NEEDS_INFORMATION: "info",
    Status.APPROVED: "success",
    Status.FORWARDED: "info",
    Status.FULFILLED: "success",
    Status.FAILED: "danger",
    Status.DECLINED: "off",
    Status.WITHDRAWN: "off",
}


def queue() -> QuerySet[ApprovalRequest]:
    """Every request that approvers may see. Each has been submitted: `waiting_since` is known."""
    requests = ApprovalRequest.objects.in_queue().annotate(waiting_since=F("submitted_at"))
    return requests.select_related("signup", "account_request", "decided_by")


def badge(request: ApprovalRequest) -> SafeString:
    """Where it stands."""
    return statuses.badge(request.get_status_display(), BADGES[Status(request.status)])


def _from(request: ApprovalRequest) -> SafeString:
    """Whose request it is, with the person or the account that it is about."""
    if request.kind == Kind.SIGNUP:
        name, details = request.signup.company, request.signup.email
    else:
        name, details = request.account_request.customer_name, str(request.account_request)
    return format_html(
        '<a href="{}">{}</a><br><span class="text-secondary">{}</span>',
        address_of(request),
        name,
        details,
    )


def _provider(request: ApprovalRequest) -> str:
    if request.kind == Kind.SIGNUP:
        return ""
    return str(request.account_request.get_provider_display())


def _status(request: ApprovalRequest) -> SafeString:
    if request.decided_at is None:
        return badge(request)
    by = _("by %(person)s") % {"person": request.decided_by}
    decided = times.markup(request.decided_at)
    return format_html('{} <span class="text-secondary">{}, {}</span>', badge(request), by, decided)


def _waiting(request: ApprovalRequest) -> str:
    """How long it waited, or waits."""
    if request.submitted_at is None:
        return ""
    return timesince(request.submitted_at, request.decided_at or request.ended_at)


def _select(empty: Any, choices: Any) -> Callable[[], forms.Field]:
    def make() -> forms.Field:
        widget = forms.Select({"class": "form-select"})
        return forms.ChoiceField(choices=[("", empty), *choices], widget=widget)

    return make


def _by(field: str) -> Callable[[Any, Any], Any]:
    return lambda rows, value: rows.filter(**{field: value})


def filters() -> list[Filter]:
    """By type, provider and status."""
    return [
        Filter(
            "kind",
            gettext_lazy("Request type"),
            _select(gettext_lazy("All types"), Kind.choices),
            _by("kind"),
            lambda value: str(Kind(value).label),
        ),
        Filter(
            "provider",
            gettext_lazy("Provider"),
            _select(gettext_lazy("All providers"), Cloud.choices),
            _by("account_request__provider"),
            lambda value: str(Cloud(value).label),
        ),
        Filter(
            "status",
            gettext_lazy("Status"),
            _select(gettext_lazy("Every status"), STATUSES),
            _by("status"),
            lambda value: str(Status(value).label),
        ),
    ]


class RequestListing(Listing[ApprovalRequest]):
    """Pending requests first come, first served; decided ones newest first."""

    columns = (
        Column(gettext_lazy("From"), markup=_from),
        Column(gettext_lazy("Request type"), "get_kind_display", css="text-nowrap"),
        Column(gettext_lazy("Provider"), _provider, on_phone=False),
        Column(gettext_lazy("Status"), markup=_status),
        Column(gettext_lazy("Created"), "submitted_at", sort="waiting_since", on_phone=False),
        Column(gettext_lazy("Waiting"), _waiting, css="text-nowrap"),
    )
    views = (
        ListView("", gettext_lazy("Pending"), ApprovalRequestQuerySet.pending, counted=True),
        ListView(
            "asked",
            gettext_lazy("Waiting for an answer"),
            ApprovalRequestQuerySet.waiting_for_answer,
            counted=True,
        ),
        ListView("decided", gettext_lazy("Decided"), ApprovalRequestQuerySet.decided, counted=True),
        ListView("all", gettext_lazy("All"), counted=True),
    )
    default_sort = "waiting_since"
    search_label = gettext_lazy("Search by company, contact, e-mail, phone, account or ID")
    caption = gettext_lazy("Approval requests")
    empty_title = gettext_lazy("Nothing waits for a decision")
    empty_text = gettext_lazy(
        "Companies that sign up on your storefront appear here once they confirmed their e-mail, "
        "and what is asked for about cloud accounts."
    )
    empty_icon = "inbox"

    def search(self, rows: "QuerySet[ApprovalRequest]", text: str) -> "QuerySet[ApprovalRequest]":
        assert isinstance(rows, ApprovalRequestQuerySet)  # noqa: S101 - for the type checker
        return rows.search(text)

    def count_sentence(self, number: int, shown: str) -> str:
        return ngettext("%(count)s request", "%(count)s requests", number) % {"count": shown}

    @property
    def offers_matching(self) -> bool:
        """Decisions are made about rows that somebody saw, never about whatever matches."""
        return False


class HistoryListing(RequestListing):
    default_sort = "-waiting_since"


def listing(query: QueryDict) -> RequestListing:
    """The list that the address asks for."""
    kind = HistoryListing if query.get("view") in {"decided", "all"} else RequestListing
    return kind(query, queue(), filters=filters())
