"""The list of customers."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy, ngettext

from components.lists import Listing, ListView
from console.lists import customer_columns, customer_filters
from console.lists.customer_columns import OFFERS, USUAL
from customers.models import Customer, CustomField
from customers.querysets import CustomerQuerySet

SORTS = {each.column.sort for each in (customer_columns.NAME, *OFFERS) if each.column.sort}


def definitions() -> list[CustomField]:
    """The custom fields that the list knows. Asked for once a page."""
    return list(CustomField.objects.of_target(CustomField.Target.CUSTOMER).live())


class CustomerListing(Listing[Customer]):
    """The customers that an address asks for, in the columns that somebody chose.

    A task finds them again by the address alone: `CustomerListing(query, fields).matching`.
    """

    views = (
        ListView("", gettext_lazy("All"), CustomerQuerySet.listed),
        ListView("active", gettext_lazy("Active"), CustomerQuerySet.active),
        ListView("suspended", gettext_lazy("Suspended"), CustomerQuerySet.suspended),
        ListView("archived", gettext_lazy("Archived"), CustomerQuerySet.archived),
    )
    default_sort = "organization_name"
    search_sort = "-created_at"
    search_label = gettext_lazy("Search by name, code, contact, e-mail or phone")
    caption = gettext_lazy("Customers")
    empty_title = gettext_lazy("No customers yet")
    empty_text = gettext_lazy(
        "Customers are the companies that you sell cloud services to. Add one, or wait for"
        " companies to sign up on your storefront."
    )
    empty_icon = "building"

    def __init__(
        self,
        query: QueryDict,
        fields: Sequence[CustomField],
        *,
        columns: Sequence[str] = USUAL,
        **options: Any,
    ) -> None:
        shown = customer_columns.chosen(columns, customer_columns.offers(fields))
        self.columns = tuple(each.column for each in shown)  # type: ignore[misc]
        rows = customer_columns.rows(Customer.objects.all(), shown)
        super().__init__(query, rows, filters=customer_filters.filters(fields), **options)

    @property
    def sorts(self) -> set[str]:
        # An order stays, whether its column is shown or not.
        return SORTS

    def search(self, rows: QuerySet[Customer], text: str) -> QuerySet[Customer]:
        assert isinstance(rows, CustomerQuerySet)  # noqa: S101 - for the type checker
        return rows.search(text)

    def count_sentence(self, number: int, shown: str) -> str:
        return ngettext("%(count)s customer", "%(count)s customers", number) % {"count": shown}
