"""Every page of both hosts, with what its address names and a body that would do something.

Read from the tables of tests/isolation: a page that is added there is attacked from then on.
"""

import dataclasses
from dataclasses import dataclass, field
from typing import Any

from allauth.mfa.models import Authenticator
from django.urls import reverse

from tests.hostile.scene import Scene
from tests.isolation.pages import PAGES, Door, Page
from tests.isolation.test_platform import OPEN, OPERATORS_PAGES, SHARED
from tests.isolation.world import World

RESELLER_MAP = "config.urls_reseller"
PLATFORM_MAP = "config.urls_platform"


@dataclass(frozen=True)
class Namesake:
    """What an address names and a form sends, where both are about somebody else's records."""

    ids: dict[str, Any]
    body: dict[str, str]


@dataclass(frozen=True)
class Target:
    """One page."""

    name: str
    door: Door
    urlconf: str
    ids: dict[str, Any]
    body: dict[str, str] = field(default_factory=dict)
    takes_posts: bool = True
    # The same page of another reseller's records, and of another customer's of this reseller.
    foreign: Namesake | None = None
    others: Namesake | None = None

    @property
    def path(self) -> str:
        return self.path_with({})

    def path_with(self, ids: dict[str, Any]) -> str:
        return reverse(self.name, self.urlconf, kwargs={**self.ids, **ids})


def of_a_reseller(scene: Scene) -> list[Target]:
    """The pages of a reseller's host."""
    world = scene.world
    key = Authenticator.objects.get(user=scene.guarded, type="webauthn").pk
    live: dict[str, dict[str, Any]] = {
        **scene.tokens,
        "mfa_edit_webauthn": {"pk": key},
        "mfa_remove_webauthn": {"pk": key},
    }
    foreign, others = scene.foreign, others_of(world)
    found = []
    for name, page in PAGES.items():
        ids, body = live.get(name, page.ids(world)), _body(page, world)
        namesakes = [_namesake(page, each, ids) for each in (foreign, others)]
        takes_posts = page.post is not None
        found.append(Target(name, page.door, RESELLER_MAP, ids, body, takes_posts, *namesakes))
    return found


def others_of(world: World) -> World:
    """The world as the other customer sees it: what `other_x` names stands in the place of x."""
    names = [each.name for each in dataclasses.fields(world)]
    swapped = {
        name.removeprefix("other_"): getattr(world, name)
        for name in names
        if name.startswith("other_")
    }
    return dataclasses.replace(world, **swapped)


def _body(page: Page, world: World) -> dict[str, str]:
    return {key: str(value) for key, value in (page.post(world) if page.post else {}).items()}


def _namesake(page: Page, world: World, ids: dict[str, Any]) -> Namesake | None:
    """None where the page names nothing, or nothing that another customer has, too."""
    if page.door not in {Door.CONSOLE, Door.COMPANY} or page.ids(world) == ids:
        return None
    return Namesake(page.ids(world), _body(page, world))


def of_the_platform(scene: Scene) -> list[Target]:
    """The pages of the operators' host."""
    known = {
        "object_id": str(scene.reseller.pk),
        "reseller_id": str(scene.reseller.pk),
        "operator_id": str(scene.operator.pk),
        "ticket_id": str(scene.ticket.pk),
        "connection_id": str(scene.connection.pk),
    }
    records = {
        "admin:operations_operator": scene.operator,
        "admin:operations_fulfilmentticket": scene.ticket,
        "admin:operations_platformconnection": scene.connection,
    }
    operators = [
        Target(name, Door.CONSOLE, PLATFORM_MAP, {each: known.get(each, ids[each]) for each in ids})
        for name, ids in OPERATORS_PAGES.items()
    ]
    for number, target in enumerate(operators):
        record = records.get(target.name.rpartition("_")[0])
        if record and "object_id" in target.ids:
            ids = {"object_id": str(record.pk)}
            operators[number] = Target(target.name, Door.CONSOLE, PLATFORM_MAP, ids)
    shared = [
        Target(name, PAGES[name].door, PLATFORM_MAP, PAGES[name].ids(scene.world))
        for name in sorted(SHARED)
    ]
    inbox = {"letter_id": "00000000-0000-4000-8000-000000000000"}
    opened = [
        Target(
            name, Door.OPEN, PLATFORM_MAP, inbox if name in {"inbox:detail", "inbox:html"} else {}
        )
        for name in sorted(OPEN)
    ]
    return [*operators, *shared, *opened]
