"""Every parameter of every address, and every path with other records in it."""

import pytest

from tests.hostile import plan, targets
from tests.hostile.conftest import settle
from tests.hostile.plan import QUICK
from tests.hostile.scene import Scene, Visitor
from tests.isolation.pages import Door


@pytest.mark.parametrize(
    ("name", "door", "least"),
    [
        ("anybody", Door.OPEN, 100),
        ("a guarded person", Door.OWN, 80),
        ("customer's administrator", Door.COMPANY, 40),
        ("staff owner", Door.CONSOLE, 400),
    ],
)
def test_parameters(
    visitors: dict[str, Visitor], scene: Scene, name: str, door: Door, least: int
) -> None:
    pages = plan.of_door(targets.of_a_reseller(scene), door)

    settle([plan.at_addresses(visitors[name], pages, QUICK)], at_least=least)


@pytest.mark.parametrize(
    ("name", "doors"),
    [
        ("anybody", [Door.OPEN]),
        ("a guarded person", [Door.OWN]),
        ("customer's administrator", [Door.COMPANY]),
        ("staff owner", [Door.CONSOLE]),
    ],
)
def test_paths(visitors: dict[str, Visitor], scene: Scene, name: str, doors: list[Door]) -> None:
    pages = plan.of_door(targets.of_a_reseller(scene), *doors)

    settle([plan.at_paths(visitors[name], pages, QUICK)], at_least=40)
