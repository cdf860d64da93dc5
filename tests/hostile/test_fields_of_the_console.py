"""Every field of the console, by an owner: nobody there may do more."""

from tests.hostile import plan, targets
from tests.hostile.scene import Scene, Visitor
from tests.hostile.settling import settle, settle_fields
from tests.isolation.pages import Door


def test_fields(visitors: dict[str, Visitor], scene: Scene) -> None:
    pages = plan.of_door(targets.of_a_reseller(scene), Door.CONSOLE)

    found = plan.at_fields(visitors["staff owner"], pages)

    settle_fields(found)
    accepted = found.accepted / len(found.forms)
    assert accepted > 0.5, "honest forms are refused: what lies behind them was not attacked"


def test_parameters(visitors: dict[str, Visitor], scene: Scene) -> None:
    pages = plan.of_door(targets.of_a_reseller(scene), Door.CONSOLE)

    settle([plan.at_parameters(visitors["staff owner"], pages, each=3)], at_least=60)
