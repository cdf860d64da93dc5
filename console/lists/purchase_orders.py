"""The lists of purchase orders: a customer's, and everybody's."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from components.lists import Column, Listing, ListView
from customers.models import PurchaseOrder
from customers.order_status import OrderStatus
from customers.purchase_order_querysets import PurchaseOrderQuerySet
from formats.currencies import CURRENCIES
from resellers.clouds import Cloud
from resellers.current import today

NAME = Column(_("Name"), template="console/purchase_orders/_name.html", sort="name")
CUSTOMER = Column(_("Customer"), template="console/orders/_customer.html", on_phone=False)
STATUS = Column(_("Status"), template="console/purchase_orders/_state.html")
VALUE = Column(_("Annual value"), "value", kind="number")
PROVIDER = Column(_("Provider"), "provider_name", on_phone=False)
EXPIRY = Column(
    _("Expiry"),
    template="console/purchase_orders/_expiry.html",
    sort="last_day",
    css="text-nowrap",
    on_phone=False,
)
RENEWAL = Column(_("Renewal"), "renewal_on", on_phone=False)

FILTERS = {
    "status": frozenset(OrderStatus.values),
    "provider": frozenset(Cloud.values),
    "currency": frozenset(CURRENCIES),
}


class PurchaseOrderListing(Listing[PurchaseOrder]):
    """The orders of one customer; what ends first stands first."""

    columns: ClassVar[Sequence[Column]] = (NAME, STATUS, VALUE, PROVIDER, EXPIRY, RENEWAL)
    views = (
        ListView("", _("Current"), PurchaseOrderQuerySet.current),
        ListView("expiring", _("Expiring"), lambda orders: orders.expiring(today())),
        ListView("renewal", _("Renewal due"), lambda orders: orders.renewal_due(today())),
        ListView("archived", _("Archived"), PurchaseOrderQuerySet.archived),
    )
    default_sort = "last_day"
    search_label = _("Search by name or comment")
    caption = _("Purchase orders")
    empty_title = _("No purchase orders yet")
    empty_text = _(
        "A purchase order notes what a customer committed to spend, in which currency, and between"
        " which days."
    )
    empty_icon = "file-dollar"

    def search(self, rows: QuerySet[PurchaseOrder], text: str) -> QuerySet[PurchaseOrder]:
        assert isinstance(rows, PurchaseOrderQuerySet)  # noqa: S101 - for the type checker
        return rows.search(text)

    def count_sentence(self, number: int, shown: str) -> str:
        words = ngettext("%(count)s purchase order", "%(count)s purchase orders", number)
        return words % {"count": shown}


class AllOrdersListing(PurchaseOrderListing):
    """The orders of all customers, of one status, provider or currency if asked for."""

    columns = (NAME, CUSTOMER, STATUS, VALUE, PROVIDER, EXPIRY, RENEWAL)
    search_label = _("Search by name, comment or customer")

    def __init__(self, query: QueryDict, orders: PurchaseOrderQuerySet, **options: Any) -> None:
        self.chosen = {
            name: asked
            for name, known in FILTERS.items()
            if (asked := query.get(name, "")) in known
        }
        ignored = [name for name in FILTERS if query.get(name) and name not in self.chosen]
        super().__init__(query, orders.filter(**self.chosen).select_related("customer"), **options)
        if ignored:
            self.notices.append(str(_("A filter in the address is unknown and was not used.")))

    def search(self, rows: QuerySet[PurchaseOrder], text: str) -> QuerySet[PurchaseOrder]:
        assert isinstance(rows, PurchaseOrderQuerySet)  # noqa: S101 - for the type checker
        return rows.search_everywhere(text)

    @property
    def is_filtered(self) -> bool:
        return super().is_filtered or bool(self.chosen)

    @property
    def clear_url(self) -> str:
        return self.url(q="", cursor="", view="", **dict.fromkeys(FILTERS, ""))

    @property
    def unfiltered_url(self) -> str:
        return self.url(cursor="", **dict.fromkeys(FILTERS, ""))

    @property
    def kept_beside_filters(self) -> list[tuple[str, str]]:
        """What the form of the filters carries along in hidden fields."""
        return [(k, v) for k, v in self._state().items() if v and k not in {*FILTERS, "cursor"}]

    def _state(self) -> dict[str, str]:
        return {**super()._state(), **self.chosen}
