"""A longer list, no more queries: every page asks as often for sixty records as for one.

Nobody has to think of a list: whatever is shown on any page gets longer here, and every loop of
the templates must be seen to get longer, or be known as one that does not.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.models import User
from accounts.roles import StaffRole
from customers.roles import CustomerRole
from inbox import store
from resellers.models import Reseller
from resellers.schemas import connection
from tests.factories.accounts import UserFactory
from tests.factories.resellers import ResellerFactory
from tests.harness.clients import HostClient
from tests.isolation import loops, tables
from tests.isolation.growth import grow, grow_platform
from tests.isolation.loops import Loop
from tests.isolation.pages import PAGES, Door, a_customer
from tests.isolation.statements import asked
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
from tests.isolation.world import World, make_world

FEW, SOME, MANY = 1, 5, 60
MOST_QUERIES = 12
# Parts of lists that the plain address does not show.
VARIANTS = {
    "console:customers:list": ["?sort=-created_at", "?q=example", "?per=25", "?country=DE"],
    "console:requests:list": ["?view=decided", "?view=all&sort=-waiting_since", "?q=applicant"],
    "console:team:list": ["?sort=-user__email", "?q=person"],
    "portal:company:people": ["?sort=-user__full_name", "?q=person"],
}

Seen = dict[str, tuple[int, dict[Loop, int]]]  # by page: the queries, and the length of each loop


@dataclass(frozen=True)
class Visit:
    """One page, opened by one person."""

    label: str
    user: User | None
    address: Callable[[], str]  # makes what the page needs to be there
    query: str = ""
    body: dict[str, Any] | None = None  # sent by POST

    def make(self, client: HostClient, path: str) -> None:
        if self.body is None:
            client.get(path + self.query)
        else:
            client.post(path, self.body)


def reseller_visits(world: World) -> Iterator[Visit]:
    """Every page of a reseller's host, opened by whoever sees the most of it."""
    owner, administrator = world.staff[StaffRole.OWNER], world.people[CustomerRole.ADMINISTRATOR]
    for name in PAGES:
        first, *_ = visitors(name, world).values()
        for user in [owner, administrator] if PAGES[name].door is Door.OWN else [first]:
            for query in ["", *VARIANTS.get(name, [])]:
                address = partial(address_at_reseller, name, world, user)
                who = "a customer" if user == administrator else "staff"
                yield Visit(f"{name}{query} by {who}", user, address, query)
    stale = {**a_customer(world), "code": "STALE", "version": 1}
    edit = partial(address_at_reseller, "console:customers:edit", world, owner)
    yield Visit("console:customers:edit, too late", owner, edit, body=stale)


def address_at_reseller(name: str, world: World, user: User | None) -> str:
    kwargs = named(name, world) | (equip(name, user) if user else {})
    return reverse(name, urlconf="config.urls_reseller", kwargs=kwargs)


def platform_visits(world: PlatformWorld) -> Iterator[Visit]:
    """Every page of the operators' host."""
    for name in sorted({*OPERATORS_PAGES, *OPEN, *SHARED}):
        user, *_ = platform_visitors(name, world).values()
        yield Visit(name, user, partial(address_on_platform, name, world, user))


def address_on_platform(name: str, world: PlatformWorld, user: User | None) -> str:
    kwargs = named_on_platform(name, world) | (equip(name, user) if user else {})
    return reverse(name, urlconf="config.urls_platform", kwargs=kwargs)


def walk(client: HostClient, visits: Iterator[Visit]) -> Seen:
    """Make every visit, count what it asks and look at the loops."""
    seen: Seen = {}
    for visit in visits:
        with transaction.atomic():
            path = visit.address()
            client.cookies.clear()
            if visit.user:
                come_in(client, visit.user)
            with asked() as statements, loops.watched() as lengths:
                visit.make(client, path)
            seen[visit.label] = len(statements), lengths
            transaction.set_rollback(True)  # the next visit meets the same world
    return seen


def longer(few: Seen, many: Seen) -> set[tuple[str, Loop]]:
    """The loops that got longer, with the page."""
    return {
        (page, loop)
        for page, (_, lengths) in many.items()
        for loop, length in lengths.items()
        if length > few[page][1].get(loop, 0)
    }


def over_records(seen: Seen) -> set[tuple[str, Loop]]:
    """Every loop over records that stands on a page, with the page."""
    records = (loops.ours() - set(loops.BOUNDED)) | loops.FOREIGN
    return {
        (page, loop) for page, (_, lengths) in seen.items() for loop in lengths if loop in records
    }


def is_operators(loop: Loop) -> bool:
    return loop[0].startswith(("admin/", "inbox/"))


def check(*walks: Seen) -> None:
    """`walks`: few, some and many records."""
    numbers = {page: [seen[page][0] for seen in walks] for page in walks[0]}
    assert {page: asks for page, asks in numbers.items() if len(set(asks)) > 1} == {}
    assert {page: asks for page, asks in numbers.items() if max(asks) > MOST_QUERIES} == {}
    assert over_records(walks[-1]) - longer(walks[0], walks[-1]) == set(), "did not get longer"


@contextmanager
def everything_grows(schema: str) -> Iterator[None]:
    """Every table that may grow has grown when the block ends."""
    before = tables.sizes(schema)
    yield
    after = tables.sizes(schema)
    unmoved = {name for name in tables.growing(schema) if after[name] - before[name] < MANY}
    assert unmoved == set(), "grow() adds no rows to these"


def test_a_resellers_pages_ask_no_more_when_there_is_more(
    alpha: Reseller, alpha_client: HostClient
) -> None:
    world = make_world()
    seen: list[Seen] = []
    with everything_grows("alpha"):
        for number in (FEW, SOME - FEW, MANY - SOME):
            grow(world, number)
            seen.append(walk(alpha_client, reseller_visits(world)))

    check(*seen)
    shown = {loop for _page, loop in over_records(seen[-1])}
    assert {loop for loop in loops.ours() - set(loops.BOUNDED) if not is_operators(loop)} <= shown


def test_the_operators_pages_ask_no_more_when_there_is_more(
    platform_client: HostClient, settings: Any, tmp_path: Path
) -> None:
    connection.set_schema_to_public()
    settings.INBOX_DIRECTORY = tmp_path
    world = PlatformWorld(
        operator=UserFactory.create(is_staff=True, is_superuser=True),
        reseller=ResellerFactory.create(ready=True),
        letter_id=store.put(b"Subject: Hello\nTo: dana@acme.example\n\nHello\n"),
    )
    seen: list[Seen] = []
    with everything_grows("public"):
        for number in (FEW, SOME - FEW, MANY - SOME):
            grow_platform(world, number)
            seen.append(walk(platform_client, platform_visits(world)))

    check(*seen)
    shown = {loop for _page, loop in over_records(seen[-1])}
    assert {loop for loop in loops.ours() - set(loops.BOUNDED) if is_operators(loop)} <= shown
    assert shown >= loops.FOREIGN


def test_every_loop_that_is_called_bounded_exists() -> None:
    assert set(loops.BOUNDED) <= loops.ours()


@pytest.mark.parametrize("schema", ["alpha", "public"])
@pytest.mark.usefixtures("alpha")
def test_every_table_is_known_to_grow_or_not_to(schema: str) -> None:
    assert tables.names(schema) - tables.growing(schema) <= set(tables.BOUNDED)
    assert tables.growing(schema) <= tables.names(schema)
