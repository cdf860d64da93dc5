"""The lists of cloud accounts: a customer's, and everybody's."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cloudaccounts.access_words import access_words
from cloudaccounts.models import CloudAccount
from cloudaccounts.providers import registry
from cloudaccounts.providers.aws.ids import read_account_id
from cloudaccounts.querysets import CloudAccountQuerySet
from components.addresses import record_url
from components.lists import Column, Listing, ListView
from components.statuses import badge
from console.lists import cloud_account_filters as filters
from customers.models import Customer, CustomField

_SHOWN = (
    "name",
    "account_id",
    "provider",
    "status",
    "created_at",
    "role_arn",
    "access_state",
    "access_outcome",
    "access_trouble_code",
    "access_request_id",
    "access_broken_since",
    "customer__organization_name",
    "group__name",
)


def _name(account: CloudAccount) -> SafeString:
    url = reverse("console:cloud_accounts:detail", args=[account.customer_id, account.pk])
    return format_html('<a href="{}">{}</a>', url, account)


def _customer(account: CloudAccount) -> SafeString:
    url = record_url("console:customers:detail", account.customer_id)
    return format_html('<a href="{}">{}</a>', url, account.customer)


def _status(account: CloudAccount) -> SafeString:
    return badge(account.get_status_display(), account.status_kind)


def _access(account: CloudAccount) -> SafeString:
    if registry.provider(account.provider).is_manual:
        return format_html('<span class="text-secondary">{}</span>', _("by hand"))
    words = access_words(account)
    return badge(str(words.label), words.kind)


NAME = Column(_("Name"), markup=_name, sort="name")
ACCOUNT_ID = Column(_("Account ID"), "account_id", kind="code")
CUSTOMER = Column(_("Customer"), markup=_customer, on_phone=False)
PROVIDER = Column(_("Provider"), "get_provider_display", on_phone=False)
STATUS = Column(_("Status"), markup=_status)
ACCESS = Column(_("Role"), markup=_access, on_phone=False)
GROUP = Column(_("Owner group"), "group", on_phone=False)
CREATED = Column(_("Created"), "created_at", sort="created_at", on_phone=False)
BROKEN = "broken"  # the view of what needs somebody's attention


class CloudAccountListing(Listing[CloudAccount]):
    """The accounts of one customer."""

    columns: ClassVar[Sequence[Column]] = (
        NAME,
        ACCOUNT_ID,
        PROVIDER,
        STATUS,
        ACCESS,
        GROUP,
        CREATED,
    )
    views = (
        ListView("", _("Current"), CloudAccountQuerySet.current),
        ListView("linked", _("Linked"), CloudAccountQuerySet.held),
        ListView("under-way", _("Under way"), CloudAccountQuerySet.under_way),
        ListView(BROKEN, _("Role broken"), CloudAccountQuerySet.broken),
        ListView("ended", _("Ended"), CloudAccountQuerySet.ended),
    )
    default_sort = "name"
    search_sort = "-created_at"
    search_label = _("Search by name, ID or root e-mail")
    caption = _("Cloud accounts")
    empty_title = _("No cloud accounts yet")
    empty_text = _(
        "A cloud account is an account, a subscription or a project at a provider that is billed"
        " through you. Link one that the customer has, or request a new one."
    )
    empty_icon = "cloud"

    def __init__(
        self,
        query: QueryDict,
        accounts: QuerySet[CloudAccount],
        *,
        fields: Iterable[CustomField] = (),
        owner: Customer | None = None,
        **options: Any,
    ) -> None:
        rows = accounts.select_related("customer", "group").only(*_SHOWN)
        offered = filters.filters(fields, owner=owner, customer_code=query.get("customer", ""))
        super().__init__(query, rows, filters=offered, **options)

    def search(self, rows: QuerySet[CloudAccount], text: str) -> QuerySet[CloudAccount]:
        assert isinstance(rows, CloudAccountQuerySet)  # noqa: S101 - for the type checker
        # People paste 1234-5678-9012.
        return rows.search(read_account_id(text) or text)

    def count_sentence(self, number: int, shown: str) -> str:
        words = ngettext("%(count)s cloud account", "%(count)s cloud accounts", number)
        return words % {"count": shown}


class AllAccountsListing(CloudAccountListing):
    """The accounts of all customers."""

    columns = (NAME, ACCOUNT_ID, CUSTOMER, PROVIDER, STATUS, ACCESS, GROUP, CREATED)


def definitions() -> list[CustomField]:
    """The custom fields that the lists know. Asked for once a page."""
    return list(CustomField.objects.of_target(CustomField.Target.CLOUD_ACCOUNT).live())
