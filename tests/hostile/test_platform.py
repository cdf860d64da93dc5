"""The operators' host: their admin, and what strangers can reach of it."""

import pytest

from tests.hostile import plan, targets
from tests.hostile.conftest import settle
from tests.hostile.plan import QUICK
from tests.hostile.scene import Scene, Visitor
from tests.isolation.pages import Door

Visitors = dict[str, Visitor]


def test_fields(platform_visitors: Visitors, scene: Scene) -> None:
    pages = plan.of_door(targets.of_the_platform(scene), Door.CONSOLE)

    settle([plan.at_forms(platform_visitors["operator"], pages, QUICK)], at_least=200)


def test_fields_of_strangers(platform_visitors: Visitors, scene: Scene) -> None:
    pages = [each for each in targets.of_the_platform(scene) if each.name.startswith("admin:")]
    logins = [each for each in pages if each.name in {"admin:login", "admin:logout"}]

    attackers = [
        plan.at_forms(platform_visitors["anybody at the platform"], logins, QUICK),
        plan.at_closed_forms(platform_visitors["no operator"], pages),
    ]

    settle(attackers, at_least=50)


def test_addresses(platform_visitors: Visitors, scene: Scene) -> None:
    pages = plan.of_door(targets.of_the_platform(scene), Door.CONSOLE)

    settle([plan.at_addresses(platform_visitors["operator"], pages, QUICK)], at_least=300)


@pytest.mark.parametrize("name", ["anybody at the platform", "operator"])
def test_paths_and_the_wire(platform_visitors: Visitors, scene: Scene, name: str) -> None:
    doors = [Door.OPEN] if name.startswith("anybody") else [Door.CONSOLE]
    pages = plan.of_door(targets.of_the_platform(scene), *doors)

    attackers = [
        plan.at_paths(platform_visitors[name], pages, QUICK),
        plan.on_the_wire(platform_visitors[name], pages, QUICK),
    ]

    settle(attackers, at_least=100)
