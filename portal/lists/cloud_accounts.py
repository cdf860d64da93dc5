"""The cloud accounts of a company, as its people see them."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, ngettext

from cloudaccounts.models import CloudAccount
from cloudaccounts.providers.aws.ids import read_account_id
from cloudaccounts.querysets import CloudAccountQuerySet
from components.lists import Column, Listing, ListView
from components.statuses import badge


def _name(account: CloudAccount) -> SafeString:
    url = reverse("portal:cloud_accounts:detail", args=[account.customer_id, account.pk])
    return format_html('<a href="{}">{}</a>', url, account)


def _status(account: CloudAccount) -> SafeString:
    return badge(account.get_status_display(), account.status_kind)


class CompanyAccountListing(Listing[CloudAccount]):
    """Give it rows `shown_to` the company."""

    columns = (
        Column(gettext_lazy("Name"), markup=_name, sort="name"),
        Column(gettext_lazy("Account ID"), "account_id", kind="code"),
        Column(gettext_lazy("Provider"), "get_provider_display", on_phone=False),
        Column(gettext_lazy("Owner group"), "group", on_phone=False),
        Column(gettext_lazy("Status"), markup=_status),
    )
    views = (
        ListView("", gettext_lazy("Current"), CloudAccountQuerySet.current),
        ListView("ended", gettext_lazy("Unlinked"), CloudAccountQuerySet.ended),
    )
    default_sort = "name"
    search_sort = "-created_at"
    search_label = gettext_lazy("Search by name or ID")
    caption = gettext_lazy("Cloud accounts")
    empty_title = gettext_lazy("No cloud accounts yet")
    empty_text = gettext_lazy("Your accounts at cloud providers appear here.")
    empty_icon = "cloud"

    def search(self, rows: QuerySet[CloudAccount], text: str) -> QuerySet[CloudAccount]:
        assert isinstance(rows, CloudAccountQuerySet)  # noqa: S101 - for the type checker
        return rows.search_as_shown(read_account_id(text) or text)

    def count_sentence(self, number: int, shown: str) -> str:
        words = ngettext("%(count)s cloud account", "%(count)s cloud accounts", number)
        return words % {"count": shown}
