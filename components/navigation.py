"""The entries of the sidebar and of the top bar. Page apps register theirs in `AppConfig.ready`.

An entry is shown to whoever holds its permission: the page base class says which permissions the
person has, with `navigation.grant(request, {"customers.view", …})`. Hiding is a courtesy; the page
itself refuses.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise

CONSOLE = "console"
CUSTOMER = "customer"  # beside the pages of one customer; its entries need `customer_id`
PORTAL = "portal"

_GRANTED = "_navigation_permissions"
_LINKS = "_navigation_links"


@dataclass(frozen=True)
class Entry:
    """One link of a front end's main menu."""

    label: str | Promise
    icon: str
    url_name: str
    permission: str = ""  # empty: everybody who sees the menu
    count: Callable[[HttpRequest], int] | None = None  # what waits for this person; 0 shows nothing
    key: str = ""  # `g` then this key goes there
    position: int = 100
    # Current on its own page only: for the home page, whose address begins all others.
    exact: bool = False
    # Names in the page's address that the entry's address holds, too: shown where it has them.
    arguments: tuple[str, ...] = ()
    section: str | Promise = ""  # a small heading above the first entry of a section


@dataclass(frozen=True)
class Link:
    """An entry as shown on one page."""

    entry: Entry
    url: str
    is_current: bool
    count: int


_menus: dict[str, list[Entry]] = {}


def register(menu: str, *entries: Entry) -> None:
    """Add entries to a menu; registering the same again changes nothing."""
    known = _menus.setdefault(menu, [])
    known.extend(entry for entry in entries if entry not in known)
    known.sort(key=lambda entry: entry.position)


def grant(request: HttpRequest, permissions: Collection[str]) -> None:
    """Say which permissions the person of this request holds."""
    setattr(request, _GRANTED, frozenset(permissions))
    request.__dict__.pop(_LINKS, None)


def is_granted(request: HttpRequest, permission: str) -> bool:
    """Whether the person of this request holds the permission, as far as the page said."""
    return permission in getattr(request, _GRANTED, frozenset())


def links(request: HttpRequest, menu: str) -> list[Link]:
    """What the person sees of a menu. Pages show it several times and pay for it once."""
    kept: dict[str, list[Link]] = request.__dict__.setdefault(_LINKS, {})
    if menu not in kept:
        kept[menu] = _links(request, menu)
    return kept[menu]


def _links(request: HttpRequest, menu: str) -> list[Link]:
    granted: frozenset[str] = getattr(request, _GRANTED, frozenset())
    named = request.resolver_match.kwargs if request.resolver_match else {}
    shown = [
        (entry, reverse(entry.url_name, kwargs={name: named[name] for name in entry.arguments}))
        for entry in _menus.get(menu, [])
        if (not entry.permission or entry.permission in granted)
        and named.keys() >= set(entry.arguments)
    ]
    inside = [
        url
        for entry, url in shown
        if request.path == url or (request.path.startswith(url) and not entry.exact)
    ]
    current = max(inside, key=len, default="")
    return [
        Link(entry, url, url == current, entry.count(request) if entry.count else 0)
        for entry, url in shown
    ]
