"""A longer list, no more queries: every page asks as often for hundreds of records as for a few.

A list that fits on one page is counted without asking; from the second page on, one query counts.

Nobody has to think of a list: whatever is shown on any page gets longer here, and every loop of
the templates must be seen to get longer, or be known as one that does not.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from inbox import store
from resellers.models import Reseller
from resellers.schemas import connection
from tests.factories.accounts import UserFactory
from tests.factories.resellers import ResellerFactory
from tests.harness.clients import HostClient
from tests.isolation import loops, tables
from tests.isolation.growth import grow, grow_platform
from tests.isolation.loops import Loop
from tests.isolation.statements import asked
from tests.isolation.visitors import PlatformWorld
from tests.isolation.visits import Visit, platform_visits, reseller_visits
from tests.isolation.world import make_world

FEW, SOME, MANY, MORE = 1, 5, 60, 110  # a page of a list shows 50
MOST_QUERIES = 12

Seen = dict[str, tuple[int, dict[Loop, int]]]  # by page: the queries, and the length of each loop


def walk(client: HostClient, visits: Iterator[Visit]) -> Seen:
    """Make every visit, count what it asks and look at the loops."""
    seen: Seen = {}
    for visit in visits:
        with transaction.atomic():
            path = visit.address()
            visit.enter(client)
            with asked() as statements, loops.watched() as lengths:
                visit.make(client, path)
            # Forms that are sent ask more: each rule of a field is a question of its own.
            assert visit.body or len(statements) <= MOST_QUERIES, visit.label
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
        (page, loop)
        for page, (_, lengths) in seen.items()
        for loop in lengths
        if loop in records and page not in loops.SHORT_LISTS
    }


def is_operators(loop: Loop) -> bool:
    return loop[0].startswith(("admin/", "inbox/"))


def check(*walks: Seen) -> None:
    """`walks`: few, some, many and more records."""
    numbers = {page: [seen[page][0] for seen in walks] for page in walks[0]}
    assert {page: asks for page, asks in numbers.items() if not is_steady(asks)} == {}
    assert over_records(walks[-1]) - longer(walks[0], walks[-1]) == set(), "did not get longer"


def is_steady(asks: list[int]) -> bool:
    few, some, many, more = asks
    return few == some and many == more and many - some in {0, 1}


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
        for number in (FEW, SOME - FEW, MANY - SOME, MORE - MANY):
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
        for number in (FEW, SOME - FEW, MANY - SOME, MORE - MANY):
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
    assert tables.names(schema) - tables.growing(schema) == set(tables.bounded(schema))
    assert tables.growing(schema) <= tables.names(schema)
