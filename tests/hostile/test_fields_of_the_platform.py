"""Every field of the operators' admin, by an operator, and of the log-in, by a stranger."""

from tests.hostile import plan, targets
from tests.hostile.scene import Scene, Visitor
from tests.hostile.settling import settle, settle_fields
from tests.isolation.pages import Door


def test_fields(platform_visitors: dict[str, Visitor], scene: Scene) -> None:
    pages = plan.of_door(targets.of_the_platform(scene), Door.CONSOLE)

    settle_fields(plan.at_fields(platform_visitors["operator"], pages))


def test_fields_of_strangers(platform_visitors: dict[str, Visitor], scene: Scene) -> None:
    doors = {"admin:login", "admin:logout"}
    pages = [each for each in targets.of_the_platform(scene) if each.name in doors]

    settle_fields(plan.at_fields(platform_visitors["anybody at the platform"], pages))


def test_parameters(platform_visitors: dict[str, Visitor], scene: Scene) -> None:
    pages = plan.of_door(targets.of_the_platform(scene), Door.CONSOLE)

    settle([plan.at_parameters(platform_visitors["operator"], pages, each=3)], at_least=40)
