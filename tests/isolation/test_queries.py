"""How often each page asks the database, for each role: exactly what is checked in, never more
than a dozen times."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import User
from inbox import store
from resellers.models import Reseller
from resellers.schemas import connection
from tests.factories.accounts import UserFactory
from tests.factories.resellers import DomainFactory, ResellerFactory
from tests.harness.clients import HostClient
from tests.isolation import query_counts
from tests.isolation.pages import PAGES
from tests.isolation.query_counts import Line
from tests.isolation.statements import asked
from tests.isolation.visitors import (
    PlatformWorld,
    come_in,
    equip,
    named,
    named_on_platform,
    platform_visitors,
    visitors,
)
from tests.isolation.visits import PLATFORM_PAGES
from tests.isolation.world import make_world

MOST = 12

Found = dict[str, tuple[int, list[str]]]  # by role: the status and the statements


@pytest.fixture
def platform_world(
    db: None, platform_client: HostClient, settings: Any, tmp_path: Path
) -> PlatformWorld:
    """The operators' host of a demo installation, which has the local inbox, too."""
    settings.INBOX_DIRECTORY = tmp_path
    connection.set_schema_to_public()
    reseller = ResellerFactory.create(ready=True)
    DomainFactory.create(tenant=reseller)
    return PlatformWorld(
        operator=UserFactory.create(is_staff=True, is_superuser=True),
        reseller=reseller,
        letter_id=store.put(b"Subject: Hello\nTo: dana@acme.example\n\nHello Dana\n"),
    )


def cost(client: HostClient, user: User | None, address: str) -> tuple[int, list[str]]:
    """The status of one visit and what it asked."""
    client.cookies.clear()
    if user:
        come_in(client, user)
    with asked() as statements:
        response = client.get(address)
    return response.status_code, statements


def check(host: str, name: str, found: Found) -> None:
    """Compare with the file; the bound holds whatever the file says."""
    for role, (_status, statements) in found.items():
        assert len(statements) <= MOST, f"{name} for {role}:\n" + "\n".join(statements)
    measured = [
        Line(host, name, role, status, len(statements))
        for role, (status, statements) in found.items()
    ]
    changed = query_counts.differences(host, name, measured)
    assert not changed, f"{changed}\n{query_counts.HOW}\n" + "\n".join(
        f"{role}:\n  " + "\n  ".join(statements) for role, (_, statements) in found.items()
    )


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_as_often_as_is_checked_in(
    alpha_client: HostClient, alpha: Reseller, name: str
) -> None:
    world = make_world()
    found: Found = {}
    for role, user in visitors(name, world).items():
        kwargs = named(name, world) | (equip(name, user) if user else {})
        address = reverse(name, urlconf="config.urls_reseller", kwargs=kwargs)
        if not found:
            cost(alpha_client, user, address)  # what a process asks once and keeps
        found[role] = cost(alpha_client, user, address)

    check("reseller", name, found)


@pytest.mark.parametrize("name", PLATFORM_PAGES)
def test_an_operators_page_asks_as_often_as_is_checked_in(
    platform_client: HostClient, platform_world: PlatformWorld, name: str
) -> None:
    found: Found = {}
    for role, user in platform_visitors(name, platform_world).items():
        kwargs = named_on_platform(name, platform_world) | (equip(name, user) if user else {})
        address = reverse(name, urlconf="config.urls_platform", kwargs=kwargs)
        if not found:
            cost(platform_client, user, address)
        found[role] = cost(platform_client, user, address)

    check("platform", name, found)


def test_the_file_names_no_page_that_is_gone() -> None:
    pages = {("reseller", name) for name in PAGES} | {("platform", name) for name in PLATFORM_PAGES}

    assert query_counts.leftovers(pages) == [], query_counts.HOW


class TestTheFile:
    """The file itself: a guard that nobody checked guards nothing."""

    known = Line("reseller", "a:page", "staff.owner", 200, 5)

    @pytest.fixture(autouse=True)
    def file(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.delenv(query_counts.RENEW, raising=False)
        monkeypatch.setattr(query_counts, "FILE", tmp_path / "counts.txt")
        query_counts.write([self.known])

    def test_gives_back_what_was_written(self) -> None:
        assert query_counts.read() == {self.known}
        assert query_counts.differences("reseller", "a:page", [self.known]) == ""

    def test_tells_a_changed_count_as_a_patch(self) -> None:
        dearer = dataclasses.replace(self.known, queries=6)

        told = query_counts.differences("reseller", "a:page", [dearer])

        assert told == f"- {self.known}\n+ {dearer}"

    def test_misses_a_page_or_a_role_that_is_not_in_it(self) -> None:
        elsewhere = dataclasses.replace(self.known, host="platform")
        newcomer = dataclasses.replace(self.known, role="staff.viewer")

        assert query_counts.differences("platform", "a:page", [elsewhere]) == f"+ {elsewhere}"
        told = query_counts.differences("reseller", "a:page", [self.known, newcomer])
        assert told == f"+ {newcomer}"
        assert query_counts.differences("reseller", "a:page", []) == f"- {self.known}"

    def test_tells_of_a_page_that_is_gone(self) -> None:
        assert query_counts.leftovers({("reseller", "another")}) == [str(self.known)]
        assert query_counts.leftovers({("reseller", "a:page")}) == []

    def test_takes_over_what_was_measured_when_asked_to(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(query_counts.RENEW, "1")
        dearer = dataclasses.replace(self.known, queries=6)
        another = dataclasses.replace(self.known, page="another")

        assert query_counts.differences("reseller", "a:page", [dearer]) == ""
        assert query_counts.differences("reseller", "another", [another]) == ""
        assert query_counts.leftovers({("reseller", "a:page")}) == []

        assert query_counts.read() == {dearer}
