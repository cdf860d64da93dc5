"""What somebody sees of the list of customers: their columns, their views, the one they are in."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.models import User
from components.lists import PARAMETERS, Tab
from console.lists.customer_columns import USUAL
from console.lists.customers import CustomerListing, definitions
from customers.models import CustomField, ListPreference, SavedView

SAVED, EVERYTHING = "saved", "all"
_BESIDE = frozenset({SAVED, "cursor", "per"})  # what does not say what is shown


class Look:
    """An address of the list as one person asks for it. Three queries."""

    def __init__(self, query: QueryDict, user: User) -> None:
        self.fields: Sequence[CustomField] = definitions()
        self.views = list(SavedView.objects.seen_by(user))
        self.preference = ListPreference.objects.filter(user=user).first() or ListPreference(
            user=user
        )
        self.is_plain = not query
        self.saved = self._saved(query)
        self.is_expanded = self.saved is not None and not set(query) - _BESIDE
        self.query = self._expanded(query) if self.is_expanded else query
        self._is_lost = bool(query.get(SAVED)) and self.saved is None

    @property
    def default(self) -> SavedView | None:
        """The view that the person's list begins with."""
        wanted = self.preference.default_view_id
        return next((each for each in self.views if each.pk == wanted), None)

    @property
    def own_columns(self) -> Sequence[str]:
        """Those of the person, whatever view they are in."""
        return USUAL if self.preference.columns is None else self.preference.columns

    @property
    def columns(self) -> Sequence[str]:
        if self.saved and self.saved.columns is not None:
            return self.saved.columns
        return self.own_columns

    def listing(self, **options: Any) -> "SavedListing":
        found = SavedListing(self.query, self.fields, look=self, **options)
        if self._is_lost:
            found.notices.append(_("The saved view does not exist any more, or it is not yours."))
        if self.saved and self.is_expanded:
            found.notices += self._gone(found)
        return found

    def _saved(self, query: QueryDict) -> SavedView | None:
        if self.is_plain:
            return self.default
        return next((each for each in self.views if str(each.pk) == query.get(SAVED)), None)

    def _expanded(self, query: QueryDict) -> QueryDict:
        assert self.saved  # noqa: S101 - for the type checker
        beside = {name: query[name] for name in ("cursor", "per") if name in query}
        told = {str(name): str(value) for name, value in self.saved.parameters.items()}
        return QueryDict(urlencode({**told, **beside}))

    def _gone(self, listing: "SavedListing") -> list[str]:
        """A sentence for each filter of the view that the list does not know any more."""
        known = {*PARAMETERS, *listing.filters.names}
        sentence = _("The view asks for “%s”, which is not kept any more: it was not used.")
        return [sentence % name for name in self.saved_parameters if name not in known]

    @property
    def saved_parameters(self) -> Mapping[str, str]:
        return self.saved.parameters if self.saved else {}


class SavedListing(CustomerListing):
    """The list with saved views among its tabs."""

    def __init__(
        self, query: QueryDict, fields: Sequence[CustomField], *, look: Look, **options: Any
    ) -> None:
        self.look = look
        if query.get("view") == EVERYTHING:
            query = query.copy()
            del query["view"]
        super().__init__(query, fields, columns=look.columns, **options)

    @property
    def saved(self) -> SavedView | None:
        return self.look.saved

    @property
    def is_changed(self) -> bool:
        """Whether the list shows something else than the saved view that it came from."""
        return self.saved is not None and self.told != self.saved.parameters

    @property
    def told(self) -> dict[str, str]:
        """What a view keeps of this list."""
        beside = {(SAVED, self.parameters.get(SAVED)), ("view", EVERYTHING)}
        return dict(self.parameters.items() - beside)

    @property
    def matching_query(self) -> str:
        return urlencode(self.told)

    @cached_property
    def tabs(self) -> list[Tab]:
        built_in = super().tabs
        if self.saved:
            built_in = [
                Tab(tab.label, self._plain_url(view.key), False, "")  # noqa: FBT003 - is_current
                for tab, view in zip(built_in, self.views, strict=True)
            ]
        return [*built_in, *map(self._tab, self.look.views)]

    @property
    def saved_query(self) -> str:
        """What the page that saves a view is asked."""
        state = {k: v for k, v in self._state().items() if v and k != "per"}
        return urlencode(state)

    def _tab(self, view: SavedView) -> Tab:
        query = urlencode({**view.parameters, SAVED: str(view.pk)})
        is_current = self.saved is not None and self.saved.pk == view.pk
        return Tab(view.name, f"?{query}", is_current, "")

    def _plain_url(self, key: str) -> str:
        told = {"view": key or (EVERYTHING if self.look.default else ""), "q": self.search_text}
        query = urlencode({name: value for name, value in told.items() if value})
        return f"?{query}" if query else "?"

    def _state(self) -> dict[str, str]:
        state = super()._state()
        # A view that is named makes the address say all there is, even if that is nothing; and the
        # plain address begins with the person's own view.
        view = state["view"] or (EVERYTHING if self.saved or self.look.default else "")
        return {**state, "view": view, SAVED: str(self.saved.pk) if self.saved else ""}
