"""Every field of the console, by an owner: nobody there may do more."""

from tests.hostile import plan, targets
from tests.hostile.conftest import settle
from tests.hostile.plan import QUICK
from tests.hostile.scene import Scene, Visitor
from tests.isolation.pages import Door


def test_fields_of_the_console(visitors: dict[str, Visitor], scene: Scene) -> None:
    pages = plan.of_door(targets.of_a_reseller(scene), Door.CONSOLE)

    settle([plan.at_forms(visitors["staff owner"], pages, QUICK)], at_least=500)
