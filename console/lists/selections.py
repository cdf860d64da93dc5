"""Which customers somebody means who ticked some in the list, or chose all that it shows."""

import uuid
from collections.abc import Mapping

from django.http import QueryDict
from django.utils.translation import gettext as _

from components.bulk import IDS, MATCHING, SCOPE
from console.lists.customers import CustomerListing, definitions
from customers.models import Customer
from customers.querysets import CustomerQuerySet


class UnclearSelectionError(Exception):
    """Nobody can say which customers are meant. The message is fit to show."""


class Selection:
    """The ticked customers, or all that the list's address asks for, on whatever page.

    A list ignores what it cannot understand, and then shows more. Here that would do something with
    customers whom nobody meant: whatever is not understood to the letter refuses the whole.
    Raises UnclearSelectionError.
    """

    def __init__(self, query: QueryDict, sent: QueryDict) -> None:
        """`query` is the list's address, `sent` what was posted."""
        self.is_all_matching = sent.get(SCOPE) == MATCHING
        self.ids = list(dict.fromkeys(sent.getlist(IDS)))
        self.listing = _understood(query) if self.is_all_matching else None
        if not self.listing and not self.ids:
            raise UnclearSelectionError(_("Tick at least one customer."))

    @property
    def customers(self) -> CustomerQuerySet:
        """Those that there are, in no order."""
        if self.listing:
            found = self.listing.matching
            assert isinstance(found, CustomerQuerySet)  # noqa: S101 - for the type checker
            return found
        return Customer.objects.filter(pk__in=[key for key in map(_key, self.ids) if key])

    @property
    def in_order(self) -> CustomerQuerySet:
        """The same, in the list's order or by name."""
        if self.listing:
            found = self.listing.in_order
            assert isinstance(found, CustomerQuerySet)  # noqa: S101 - for the type checker
            return found
        return self.customers.only("organization_name").order_by("organization_name", "pk")

    @property
    def parameters(self) -> Mapping[str, str]:
        """What the list was asked for, where all of it is meant."""
        return self.listing.parameters if self.listing else {}

    @property
    def in_words(self) -> list[str]:
        """The same as people say it: search, view and filters."""
        if not self.listing:
            return []
        text, view = self.listing.search_text, self.listing.view
        search = [_("Search: %s") % text] if text else []
        views = [_("View: %s") % view.label] if view and view.key else []
        return [*search, *views, *(chip.text for chip in self.listing.chips)]

    def missing(self, found: int) -> int:
        """How many of the ticked ones are not there, when so many are."""
        return 0 if self.listing else len(self.ids) - found


def _understood(query: QueryDict) -> CustomerListing:
    listing = CustomerListing(query, definitions(), columns=())
    repeated = any(len(values) > 1 for _name, values in query.lists())
    if listing.notices or repeated or listing.parameters != query.dict():
        sentence = _(
            "Nothing was done: not all of what narrows the list was understood, and more customers"
            " would have been meant than you saw. Choose again."
        )
        raise UnclearSelectionError(" ".join([sentence, *listing.notices]))
    return listing


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
