"""What a company's people asked for."""

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from approvals.models import ApprovalRequest
from approvals.querysets import ApprovalRequestQuerySet
from components import statuses
from components.lists import Column, Listing
from customers.models import Customer

Status = ApprovalRequest.Status
BADGES = {
    Status.PENDING: "waiting",
    Status.NEEDS_INFORMATION: "warning",
    Status.APPROVED: "info",
    Status.FORWARDED: "info",
    Status.FULFILLED: "success",
    Status.FAILED: "danger",
    Status.DECLINED: "danger",
    Status.WITHDRAWN: "off",
}
# To whom a request was forwarded is the reseller's business.
WORDS = {
    Status.PENDING: _("Waiting for approval"),
    Status.NEEDS_INFORMATION: _("Waiting for your answer"),
    Status.APPROVED: _("Being done"),
    Status.FORWARDED: _("Being done"),
    Status.FULFILLED: _("Done"),
    Status.FAILED: _("Could not be done"),
    Status.DECLINED: _("Declined"),
    Status.WITHDRAWN: _("Withdrawn"),
}


def of_company(customer: Customer) -> QuerySet[ApprovalRequest]:
    """What its own people asked for about accounts."""
    requests = ApprovalRequest.objects.of_customer(customer).asked_in_portal()
    related = requests.select_related("account_request__account", "requester")
    return related.annotate(asked_at=F("submitted_at"))


def badge(request: ApprovalRequest) -> SafeString:
    """Where it stands, in the customer's words."""
    status = Status(request.status)
    return statuses.badge(str(WORDS[status]), BADGES[status])


def _what(request: ApprovalRequest) -> SafeString:
    url = reverse("portal:requests:detail", args=[request.customer_id, request.pk])
    return format_html('<a href="{}">{}</a>', url, request)


def _provider(request: ApprovalRequest) -> str:
    return str(request.account_request.account.get_provider_display())


class CompanyRequestListing(Listing[ApprovalRequest]):
    """The newest first."""

    columns = (
        Column(_("Account"), markup=_what),
        Column(_("Request"), "get_kind_display"),
        Column(_("Provider"), _provider, on_phone=False),
        Column(_("Status"), markup=badge),
        Column(_("Asked by"), "requester", on_phone=False),
        Column(_("Asked"), "submitted_at", sort="asked_at", on_phone=False),
    )
    default_sort = "-asked_at"
    search_label = _("Search by account or ID")
    caption = _("Requests")
    empty_title = _("Nothing was asked for yet")
    empty_text = _("Ask for a new cloud account, or to have one of yours linked.")
    empty_icon = "inbox"

    def search(self, rows: "QuerySet[ApprovalRequest]", text: str) -> "QuerySet[ApprovalRequest]":
        assert isinstance(rows, ApprovalRequestQuerySet)  # noqa: S101 - for the type checker
        return rows.search_accounts(text)
