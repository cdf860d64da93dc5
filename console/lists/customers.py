"""The list of customers."""

from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_countries import countries

from components.lists import Column, Listing, ListView
from customers.models import Customer
from customers.querysets import CustomerQuerySet


class CustomerListing(Listing[Customer]):
    """All customers, or those of one country."""

    columns = (
        Column(
            gettext_lazy("Organization"),
            template="console/customers/_name.html",
            sort="organization_name",
        ),
        Column(gettext_lazy("Code"), "code", sort="code", kind="code", on_phone=False),
        Column(gettext_lazy("Contact"), template="console/customers/_contact.html"),
        Column(gettext_lazy("Country"), "country.name", on_phone=False),
        Column(gettext_lazy("People"), "people_count", kind="number", on_phone=False),
        Column(gettext_lazy("Created"), "created_at", sort="created_at", on_phone=False),
    )
    views = (
        ListView("", gettext_lazy("All"), lambda rows: rows.listed()),
        ListView("suspended", gettext_lazy("Suspended"), lambda rows: rows.suspended()),
        ListView("archived", gettext_lazy("Archived"), lambda rows: rows.archived()),
    )
    default_sort = "organization_name"
    search_label = gettext_lazy("Search by name, code, contact, e-mail or phone")
    caption = gettext_lazy("Customers")
    empty_title = gettext_lazy("No customers yet")
    empty_text = gettext_lazy(
        "Customers are the companies that you sell cloud services to. Add one, or wait for"
        " companies to sign up on your storefront."
    )
    empty_icon = "building"

    def __init__(self, query: QueryDict, customers: CustomerQuerySet, **options: Any) -> None:
        asked = query.get("country", "")
        self.country = asked if asked in countries else ""
        rows = customers.in_country(self.country) if self.country else customers
        super().__init__(query, rows, **options)
        if asked != self.country:
            self.notices.append(_("The country in the address is unknown: all are shown."))

    def search(self, rows: QuerySet[Customer], text: str) -> QuerySet[Customer]:
        assert isinstance(rows, CustomerQuerySet)  # noqa: S101 - for the type checker
        return rows.search(text)

    def count_sentence(self, number: int, shown: str) -> str:
        return ngettext("%(count)s customer", "%(count)s customers", number) % {"count": shown}

    @property
    def is_filtered(self) -> bool:
        return super().is_filtered or bool(self.country)

    @property
    def clear_url(self) -> str:
        return self.url(q="", cursor="", country="")

    @property
    def without_country_url(self) -> str:
        return self.url(country="", cursor="")

    @property
    def kept_beside_country(self) -> list[tuple[str, str]]:
        """What the country's form carries along in hidden fields."""
        return [(k, v) for k, v in self._state().items() if v and k not in {"country", "cursor"}]

    def _state(self) -> dict[str, str]:
        return {**super()._state(), "country": self.country}
