"""Every field of every form, by somebody who may send it."""

import pytest

from tests.hostile import plan, targets
from tests.hostile.attacker import Attacker
from tests.hostile.conftest import settle
from tests.hostile.plan import QUICK
from tests.hostile.scene import Scene, Visitor
from tests.isolation.pages import Door


@pytest.mark.parametrize(
    ("name", "door", "least"),
    [
        ("anybody", Door.OPEN, 300),
        ("nobody's person", Door.OWN, 50),
        ("a guarded person", Door.OWN, 100),
        ("customer's administrator", Door.COMPANY, 20),
    ],
)
def test_fields_of_the_entrance_and_the_portal(
    visitors: dict[str, Visitor], scene: Scene, name: str, door: Door, least: int
) -> None:
    pages = plan.of_door(targets.of_a_reseller(scene), door)

    settle([plan.at_forms(visitors[name], pages, QUICK)], at_least=least)


def test_the_page_of_the_second_factor(visitors: dict[str, Visitor], scene: Scene) -> None:
    second = [each for each in targets.of_a_reseller(scene) if each.name == "mfa_authenticate"]
    visitor = visitors["somebody before the second factor"]

    settle([plan.at_forms(visitor, second, QUICK)], at_least=50)


def test_forms_of_others(visitors: dict[str, Visitor], scene: Scene) -> None:
    """Whoever is kept out is kept out before anything typed is looked at."""
    console = plan.of_door(targets.of_a_reseller(scene), Door.CONSOLE)
    posts = [each for each in console if each.takes_posts]
    attackers: list[Attacker] = [
        plan.at_closed_forms(visitor, posts)
        for visitor in visitors.values()
        if visitor.name != "staff owner"
    ]

    settle(attackers, at_least=400)
