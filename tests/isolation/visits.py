"""Visits to every page, each by whoever sees the most of it, and to every part of each list."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.urls import reverse

from accounts.models import User
from accounts.roles import StaffRole
from customers.roles import CustomerRole
from tests.harness.clients import HostClient
from tests.isolation.pages import PAGES, Door, a_customer
from tests.isolation.test_platform import OPEN, OPERATORS_PAGES, SHARED
from tests.isolation.visitors import (
    PlatformWorld,
    come_in,
    equip,
    named,
    named_on_platform,
    platform_visitors,
    visitors,
)
from tests.isolation.world import World

PLATFORM_PAGES = sorted({*OPERATORS_PAGES, *OPEN, *SHARED})

# Filters of the customer list: each that finds many, some or nothing, alone and together.
FILTERED = (
    "tag=all",
    "tag=tag27",
    "tag=nowhere",
    "tag=all,tag27&country=FR&sort=-created_at",
    "industry=retail",
    "industry=nowhere",
    "industry=retail&country=TV",
    "account-type=direct&industry=media",
    "account-type=nowhere&tag=all",
    "period=last-90-days",
    "created.from=2900-01-01",
    "created.to=1990-01-01&sort=-created_at",
    "created.from=1990-01-01&tag=tag27",
    "field.seats.from=10&field.seats.to=20",
    "field.seats.from=0",
    "field.seats.from=5000",
    "field.seats.from=500&country=DE",
    "field.seats.to=20&tag=tag27",
    "field.tier=level1",
    "field.tier=level3",
    "field.tier=level1&field.seats.from=500&country=DE",
    "field.tier=level1&field.seats.from=5000&country=DE",
    "field.cost_centre=nowhere",
    "field.cost_centre=nowhere&tag=all&sort=code",
    "view=suspended&tag=all",
    "view=archived&field.seats.from=0",
    "view=active&tag=tag27&field.seats.from=0",
    "q=nordic&tag=tag27",
    "q=nordic&country=DE&industry=retail",
    "q=zzqqxx&tag=all&field.seats.from=0",
)

# Parts of lists that the plain address does not show: other orders, searches with many, some and
# no finds, also by words that are too short for an index of three letters.
VARIANTS = {
    "console:customers:list": [
        "?sort=-created_at",
        "?sort=code",
        "?q=nordic",
        "?q=zzqqxx",
        "?q=zq",
        "?q=nordic+zzqqxx",
        "?country=DE",
        "?country=TV",
        "?country=TV&q=zzqqxx",
        "?per=25&sort=-organization_name",
        *(f"?{query}" for query in FILTERED),
    ],
    "console:bulk:detail": ["?view=skipped", "?view=done", "?view=waiting", "?sort=-number"],
    "console:exports:new": [
        "?sort=-created_at",
        "?q=nordic",
        "?country=TV&q=zzqqxx",
        "?view=archived",
        "?field.seats.from=500&country=DE",
    ],
    "console:search": [
        f"?q={words}"
        for words in ("nordic", "anna", "an", "zzqqxx", "zq", "nordic+zzqqxx", "po-77")
    ],
    "console:contacts:list": ["?sort=-email", "?q=anna", "?q=zzqqxx", "?q=an"],
    "console:people:list": [
        "?view=active",
        "?view=waiting",
        "?view=suspended",
        "?sort=-role",
        "?q=person",
        "?q=zzqqxx",
    ],
    "console:groups:list": ["?view=archived", "?q=group", "?q=zzqqxx", "?sort=-created_at"],
    "console:purchase_orders:list": ["?view=expiring", "?view=archived", "?q=po", "?sort=name"],
    "console:orders:list": [
        "?view=expiring",
        "?view=renewal",
        "?view=archived",
        "?sort=-last_day",
        "?sort=name",
        "?q=nordic",
        "?q=po-77",
        "?q=zzqqxx",
        "?q=zq",
        "?q=nordic+zzqqxx",
        "?status=in_discussion",
        "?status=inactive&provider=azure",
        "?provider=google",
        "?currency=USD",
        "?currency=EUR&provider=google",
        "?status=active&provider=aws&currency=USD",
        "?status=active&q=zzqqxx",
        "?view=renewal&provider=aws",
    ],
    "console:requests:list": [
        "?view=decided",
        "?view=all&sort=-waiting_since",
        "?sort=-waiting_since",
        "?q=applicant",
        "?view=all&q=nordic",
        "?view=decided&q=zzqqxx",
        "?view=all&q=zq",
        "?view=asked",
        "?view=all&kind=unlink",
        "?view=all&kind=link&status=fulfilled",
        "?view=all&provider=google",
        "?view=all&provider=aws&q=crowd+777",
        "?kind=link&provider=aws&status=pending",
        "?status=failed",
    ],
    "portal:requests:list": ["?sort=asked_at", "?q=account", "?q=zzqqxx"],
    "console:team:list": ["?sort=-user__email", "?q=person", "?q=zzqqxx"],
    "portal:people:list": ["?sort=-shown_as", "?q=person", "?q=zzqqxx"],
    "admin:resellers_reseller_changelist": ["?q=nordic", "?state__exact=failed", "?service=on"],
    "admin:operations_fulfilmentticket_changelist": [
        "?state=all",
        "?state=done&kind__exact=unlink",
        "?assigned=me",
        "?assigned=nobody&older=7",
        "?q=account",
        "?q=zzqqxx&state=all",
        "?state=all&provider__exact=google",
    ],
    "admin:operations_operator_changelist": ["?q=nordic", "?status__exact=suspended"],
}


@dataclass(frozen=True)
class Visit:
    """One page, opened by one person."""

    label: str
    user: User | None
    address: Callable[[], str]  # makes what the page needs to be there
    query: str = ""
    body: dict[str, Any] | None = None  # sent by POST

    def make(self, client: HostClient, path: str) -> Any:
        """Open the page as somebody who has come in already: see `enter`."""
        if self.body is None:
            return client.get(path + self.query)
        return client.post(path, self.body)

    def enter(self, client: HostClient) -> None:
        """Come in with a new session."""
        client.cookies.clear()
        if self.user:
            come_in(client, self.user)


def reseller_visits(world: World) -> Iterator[Visit]:
    """Every page of a reseller's host."""
    for name in PAGES:
        yield from visits_to(name, world)
    owner = world.staff[StaffRole.OWNER]
    stale = {**a_customer(world), "code": "STALE", "version": 1}
    edit = partial(address_at_reseller, "console:customers:edit", world, owner)
    yield Visit("console:customers:edit, too late", owner, edit, body=stale)


def visits_to(name: str, world: World) -> Iterator[Visit]:
    """One page of a reseller's host, and every part of it."""
    owner, administrator = world.staff[StaffRole.OWNER], world.people[CustomerRole.ADMINISTRATOR]
    first, *_ = visitors(name, world).values()
    for user in [owner, administrator] if PAGES[name].door is Door.OWN else [first]:
        for query in ["", *VARIANTS.get(name, [])]:
            address = partial(address_at_reseller, name, world, user)
            who = "a customer" if user == administrator else "staff"
            yield Visit(f"{name}{query} by {who}", user, address, query)


def address_at_reseller(name: str, world: World, user: User | None) -> str:
    kwargs = named(name, world) | (equip(name, user) if user else {})
    return reverse(name, urlconf="config.urls_reseller", kwargs=kwargs)


def platform_visits(world: PlatformWorld) -> Iterator[Visit]:
    """Every page of the operators' host."""
    for name in PLATFORM_PAGES:
        yield from visits_to_platform(name, world)


def visits_to_platform(name: str, world: PlatformWorld) -> Iterator[Visit]:
    """One page of the operators' host, and every part of it."""
    user, *_ = platform_visitors(name, world).values()
    for query in ["", *VARIANTS.get(name, [])]:
        yield Visit(f"{name}{query}", user, partial(address_on_platform, name, world, user), query)


def address_on_platform(name: str, world: PlatformWorld, user: User | None) -> str:
    kwargs = named_on_platform(name, world) | (equip(name, user) if user else {})
    return reverse(name, urlconf="config.urls_platform", kwargs=kwargs)
