"""Every field of every form of the entrance and the portal, by somebody who may send it."""

import pytest

from tests.hostile import plan, targets
from tests.hostile.scene import Scene, Visitor
from tests.hostile.settling import settle_fields
from tests.isolation.pages import Door


@pytest.mark.parametrize(
    ("name", "door"),
    [
        ("anybody", Door.OPEN),
        ("nobody's person", Door.OWN),
        ("a guarded person", Door.OWN),
        ("customer's administrator", Door.COMPANY),
    ],
)
def test_fields_of_the_entrance_and_the_portal(
    visitors: dict[str, Visitor], scene: Scene, name: str, door: Door
) -> None:
    pages = plan.of_door(targets.of_a_reseller(scene), door)

    settle_fields(plan.at_fields(visitors[name], pages))


def test_the_page_of_the_second_factor(visitors: dict[str, Visitor], scene: Scene) -> None:
    pages = [each for each in targets.of_a_reseller(scene) if each.name == "mfa_authenticate"]

    settle_fields(plan.at_fields(visitors["somebody before the second factor"], pages))
