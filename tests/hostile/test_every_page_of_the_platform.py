"""Operators, and people who are none, go through the whole URL map of the operators' host."""

from tests.hostile import targets
from tests.hostile.scene import Scene, Visitor
from tests.hostile.settling import settle_walks
from tests.hostile.walk import walk_all


def test_everybody(stamped: Scene, platform_visitors: dict[str, Visitor]) -> None:
    pages = targets.of_the_platform(stamped)

    walks = walk_all(platform_visitors.values(), pages, stamped)

    settle_walks(walks, pages, targets.PLATFORM_MAP)
    operator = walks[-1]
    assert operator.attacker.visitor.name == "operator"
    assert operator.with_stored_markup > 5, "no stored text was shown"
