"""The machine behind every list page. All of a list's state is in its address.

A page declares what may be there:

    class CustomerListing(Listing[Customer]):
        columns = (Column(_("Name"), markup=_name, sort="name"),)

Deep pages are as fast as the first one: rows are found by comparing (sort value, primary key),
never by OFFSET.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar
from urllib.parse import urlencode

from django.db.models import Field, Model, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from components import cursors
from components.bulk import Bulk
from components.cursors import Cursor, UnreadableCursorError
from components.filters import Chip, Filter, Filters
from components.keysets import beyond, primary_key, sort_field, value_of
from components.rows import Column, Header, Row, table_rows

M = TypeVar("M", bound=Model)
Text = str | Promise

COUNT_LIMIT = 1_000
FILTERED_COUNT_LIMIT = 200  # filters may let through few of many rows, which are all looked at
TAB_COUNT_LIMIT = 99
LONGEST_SEARCH = 200
PER_PAGE = (25, 50, 100)
PARAMETERS = ("q", "view", "sort", "per", "cursor")

__all__ = ["Column", "ListView", "Listing"]


@dataclass(frozen=True)
class ListView:
    """One named part of a list, shown as a tab."""

    key: str
    label: Text
    narrow: Callable[[Any], Any] = field(default=lambda rows: rows)
    counted: bool = False  # costs a bounded count on each page


@dataclass(frozen=True)
class Tab:
    label: Text
    url: str
    is_current: bool
    count: str


class Listing(Generic[M]):
    """One list as asked for by one address. Give it the rows that the person may see."""

    columns: ClassVar[Sequence[Column]] = ()
    views: ClassVar[Sequence[ListView]] = ()
    default_sort: ClassVar[str] = "-pk"
    # The usual order of what a search found, where it differs. Best one that has nothing to do with
    # the words: then the first matches are near, however many there are.
    search_sort: ClassVar[str] = ""
    per_page: ClassVar[int] = 50
    searchable: ClassVar[bool] = True
    search_label: ClassVar[Text] = ""
    caption: ClassVar[Text] = ""
    # What an empty list says, before anything was ever added.
    empty_title: ClassVar[Text] = ""
    empty_text: ClassVar[Text] = ""
    empty_icon: ClassVar[str] = "layout-list"
    # What can be done with several rows at once: then they have boxes to tick.
    bulk: Bulk | None = None

    def __init__(
        self,
        query: QueryDict,
        rows: "QuerySet[M]",
        *,
        filters: Iterable[Filter] = (),
        empty_url: str = "",
        empty_label: Text = "",
    ) -> None:
        self.query = query
        self.all_rows = rows
        self.empty_url = empty_url
        self.empty_label = empty_label
        self.filters = Filters(filters, query)
        self.notices: list[str] = [*self.filters.problems]
        self.search_text = self._read_search()
        self.view = self._read_view()
        self.sort = self._read_sort()
        self.per = self._read_per()
        self.cursor = self._read_cursor()

    # ── What a page fills in ──

    def search(self, rows: "QuerySet[M]", text: str) -> "QuerySet[M]":
        """The rows that match what the person typed. Required where the list is searchable."""
        raise NotImplementedError

    def count_sentence(self, number: int, shown: str) -> str:
        """`shown` is the number as people read it: "10,000+" when there are more."""
        return _("1 entry") if number == 1 else _("%(count)s entries") % {"count": shown}

    @property
    def sorts(self) -> set[str]:
        """What the list can be sorted by."""
        return {column.sort for column in self.columns if column.sort}

    # ── What tasks read ──

    @property
    def matching(self) -> "QuerySet[M]":
        """All rows that the address asks for, on whatever page, in no order."""
        return self._matching

    @property
    def in_order(self) -> "QuerySet[M]":
        """The same in the list's order: for what is read from first to last."""
        sign = "-" if self.sort.startswith("-") else ""
        return self._matching.order_by(f"{sign}{self._sort_key}", f"{sign}pk")

    @property
    def parameters(self) -> dict[str, str]:
        """What makes these rows and their order: a list with the same parameters shows the same."""
        return {name: value for name, value in self._state().items() if value and name != "per"}

    @property
    def matching_query(self) -> str:
        """The same as the query of an address."""
        return urlencode(self.parameters)

    # ── What the template reads ──

    @cached_property
    def rows(self) -> list[Row]:
        return table_rows(self._page[0], self.columns, tickable=self.bulk is not None)

    @cached_property
    def headers(self) -> list[Header]:
        return [self._header(column) for column in self.columns]

    @cached_property
    def tabs(self) -> list[Tab]:
        return [
            Tab(
                view.label,
                self.url(view=view.key if number else "", cursor="", q=self.search_text),
                view is self.view,
                self._tab_count(view),
            )
            for number, view in enumerate(self.views)
        ]

    @cached_property
    def result_count(self) -> str:
        """How many there are; "50+", "200+" or "1,000+" where counting costs more than the page."""
        found, before, after = self._page
        if not before and not after:
            number, limit = len(found), self.per
        elif self.search_text:
            number, limit = self.per + 1, self.per  # only looking at all could tell
        elif self.filters.in_use:
            # In the list's order, as the page itself: the database then walks the index that the
            # page was read from, and does not collect all that match to count some.
            limit = FILTERED_COUNT_LIMIT
            number = self.in_order[: limit + 1].values("pk").count()
        else:
            limit = COUNT_LIMIT
            number = bounded_count(self._matching, limit)
        return str(self.count_sentence(number, number_text(number, limit)))

    @property
    def usual_sort(self) -> str:
        return (self.search_text and self.search_sort) or self.default_sort

    @property
    def previous_url(self) -> str:
        return self._page_url("before", self._page[0][:1]) if self._page[1] else ""

    @property
    def next_url(self) -> str:
        return self._page_url("after", self._page[0][-1:]) if self._page[2] else ""

    @property
    def offers_matching(self) -> bool:
        """Whether there is more to be had than this page; not where the address was not understood
        as a whole: then somebody wanted fewer rows than are shown."""
        return bool(self.previous_url or self.next_url) and not self.notices

    @property
    def is_filtered(self) -> bool:
        is_other_view = bool(self.views) and self.view is not self.views[0]
        return bool(self.search_text) or is_other_view or bool(self.filters.in_use)

    @property
    def clear_url(self) -> str:
        """Everything that the list has."""
        return self.url(q="", cursor="", view="", **self.filters.nothing)

    @property
    def unsearched_url(self) -> str:
        return self.url(q="", cursor="")

    @property
    def unfiltered_url(self) -> str:
        return self.url(cursor="", **self.filters.nothing)

    @cached_property
    def chips(self) -> list[Chip]:
        return self.filters.chips(self.url)

    @property
    def kept_parameters(self) -> list[tuple[str, str]]:
        """What the search form carries along in hidden fields."""
        return [(k, v) for k, v in self._state().items() if v and k not in {"q", "cursor"}]

    @property
    def kept_beside_filters(self) -> list[tuple[str, str]]:
        """What the form of the filters carries along."""
        return [(k, v) for k, v in self._state().items() if v and k not in self.filters.names]

    def url(self, **changes: str) -> str:
        state = {**self._state(), **changes}
        query = urlencode({key: value for key, value in state.items() if value})
        return f"?{query}" if query else "?"

    # ── Reading the address: nonsense is ignored with a notice ──

    def _read_search(self) -> str:
        text = self.query.get("q", "").strip()
        if "\x00" in text or len(text) > LONGEST_SEARCH:
            self.notices.append(
                _("The search was not used: it is too long or holds unreadable characters.")
            )
            return ""
        return text if self.searchable else ""

    def _read_view(self) -> ListView | None:
        asked = self.query.get("view", "")
        for view in self.views:
            if view.key == asked:
                return view
        if asked:
            self.notices.append(
                _("The view in the address does not exist: the first one is shown.")
            )
        return self.views[0] if self.views else None

    def _read_sort(self) -> str:
        asked = self.query.get("sort", "")
        if not asked or asked.removeprefix("-") in self.sorts:
            return asked or self.usual_sort
        self.notices.append(_("The list cannot be sorted that way: the usual order is shown."))
        return self.usual_sort

    def _read_per(self) -> int:
        asked = self.query.get("per", "")
        return next((number for number in PER_PAGE if str(number) == asked), self.per_page)

    def _read_cursor(self) -> Cursor | None:
        text = self.query.get("cursor", "")
        if not text:
            return None
        try:
            return cursors.read(
                text, sort=self.sort, field=self._sort_field, pk_field=self._pk_field
            )
        except UnreadableCursorError:
            self.notices.append(
                _("The page in the address could not be read: the list starts at its beginning.")
            )
            return None

    # ── Finding the rows ──

    @cached_property
    def _matching(self) -> "QuerySet[M]":
        rows = self.view.narrow(self.all_rows) if self.view else self.all_rows
        rows = self.filters.narrow(rows)
        return self.search(rows, self.search_text) if self.search_text else rows

    @cached_property
    def _page(self) -> tuple[list[M], bool, bool]:
        """The page's records, and whether there are rows before and after it."""
        backwards = self.cursor is not None and self.cursor.direction == "before"
        descending = self.sort.startswith("-") != backwards
        rows = self._matching
        if self.cursor:
            rows = rows.filter(beyond(self.cursor, self._sort_key, descending=descending))
        sign = "-" if descending else ""
        found = list(rows.order_by(f"{sign}{self._sort_key}", f"{sign}pk")[: self.per + 1])
        more, page = len(found) > self.per, found[: self.per]
        if backwards:
            return page[::-1], more, True
        return page, self.cursor is not None, more

    @property
    def _sort_key(self) -> str:
        return self.sort.removeprefix("-")

    @property
    def _pk_field(self) -> "Field[Any, Any]":
        return primary_key(self.all_rows)

    @cached_property
    def _sort_field(self) -> "Field[Any, Any]":
        return sort_field(self.all_rows, self._sort_key)

    # ── Addresses ──

    def _state(self) -> dict[str, str]:
        """The list's parameters, without what is usual."""
        return {
            "q": self.search_text,
            "view": self.view.key if self.view and self.view is not self.views[0] else "",
            "sort": self._kept_sort,
            "per": str(self.per) if self.per != self.per_page else "",
            **self.filters.parameters,
        }

    @property
    def _kept_sort(self) -> str:
        """The order that somebody chose. It outlives a search whose usual order it is."""
        is_plain = self.sort == self.default_sort == self.usual_sort
        return self.sort if self.query.get("sort") and not is_plain else ""

    def _page_url(self, direction: cursors.Direction, edge: Sequence[M]) -> str:
        if not edge:
            return self.url(cursor="")
        record = edge[0]
        value = value_of(record, self._sort_key)
        return self.url(cursor=cursors.write(Cursor(self.sort, direction, value, record.pk)))

    def _header(self, column: Column) -> Header:
        if not column.sort:
            return Header(column)
        is_sorted = self._sort_key == column.sort
        descending = self.sort.startswith("-")
        target = f"-{column.sort}" if is_sorted and not descending else column.sort
        direction = ("descending" if descending else "ascending") if is_sorted else ""
        target = "" if target == self.usual_sort else target
        return Header(column, self.url(sort=target, cursor=""), direction)

    def _tab_count(self, view: ListView) -> str:
        if not view.counted:
            return ""
        return number_text(
            bounded_count(view.narrow(self.all_rows), TAB_COUNT_LIMIT), TAB_COUNT_LIMIT
        )


def bounded_count(rows: "QuerySet[Any]", limit: int) -> int:
    """At most `limit` + 1: counting further would cost more than the page itself."""
    return rows.order_by()[: limit + 1].values("pk").count()


def number_text(number: int, limit: int) -> str:
    return f"{limit:,}+" if number > limit else f"{number:,}"
