"""The rows of an export: those of the list that somebody looked at, read from first to last."""

import itertools
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict

from console.exports.columns import Cell, Column, Kind, of_everything, of_list
from console.lists.customers import CustomerListing, definitions
from customers.models import Customer, CustomField, Export
from customers.querysets import CustomerQuerySet
from resellers.current import current_time_zone

CHUNK = 2_000  # rows that are in memory at once


class OtherRowsError(Exception):
    """A filter is not known any more: the list would hold more than was asked for."""


@dataclass(frozen=True)
class Table:
    """Columns, and the customers of the rows in their order."""

    columns: Sequence[Column]
    customers: QuerySet[Customer]

    @property
    def headers(self) -> list[str]:
        return [each.label for each in self.columns]

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """What is read for each row, see `cells`.

        One statement, so all rows are of one moment, whatever is saved meanwhile. Its cursor is the
        server's and outlives transactions (Django asks for WITH HOLD outside of one): no more than
        a chunk of the rows is here at once, and neither another request on the same connection nor
        another schema changes what it goes on to read. The cursor is open when this returns, in the
        schema in use; dropping the iterator closes it.
        """
        customers = self.customers
        assert isinstance(customers, CustomerQuerySet)  # noqa: S101 - for the type checker
        if "people_count" in self._reads:
            customers = customers.with_people_count()
        rows = iter(customers.values_list(*self._reads).iterator(chunk_size=CHUNK))
        first = list(itertools.islice(rows, 1))
        return itertools.chain(first, rows)

    def cells(
        self, write: Mapping[Kind, Callable[[Any], Any]]
    ) -> Sequence[tuple[int, Callable[[Any], Any]]]:
        """For each column the place of its value in a row, and what makes the cell of it."""
        places = {name: place for place, name in enumerate(self._reads)}
        return [(places[each.read], _chained(each.cell, write[each.kind])) for each in self.columns]

    @property
    def _reads(self) -> list[str]:
        return list(dict.fromkeys(each.read for each in self.columns))


def table_of(
    listing: CustomerListing, keys: Sequence[str] | None, chosen: Sequence[uuid.UUID] | None
) -> Table:
    """The customers of a list in these columns of it; None: in all there are.

    `chosen`: these customers and no others, whatever the list narrows; they keep its order.
    """
    customers = listing.in_order
    if chosen is not None:
        order = customers.query.order_by
        customers = Customer.objects.filter(pk__in=chosen).order_by(*order)
    zone = current_time_zone()
    if keys is None:
        fields = CustomField.objects.of_target(CustomField.Target.CUSTOMER)
        return Table(of_everything(list(fields), zone), customers)
    return Table(of_list(keys, definitions(), zone), customers)


def table_again(export: Export) -> Table:
    """The table that was asked for. Raises OtherRowsError."""
    asked = QueryDict(urlencode(export.parameters))
    listing = CustomerListing(asked, definitions())
    if listing.parameters != export.parameters:
        raise OtherRowsError
    return table_of(listing, export.columns, export.chosen)


def _chained(
    cell: Callable[[Any], Cell] | None, write: Callable[[Any], Any]
) -> Callable[[Any], Any]:
    if cell is None:
        return write
    make = cell
    return lambda value: write(make(value))
