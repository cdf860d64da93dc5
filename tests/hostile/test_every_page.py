"""Everybody but staff goes through a reseller's whole URL map, full of stored markup."""

from tests.hostile import targets
from tests.hostile.scene import Scene, Visitor
from tests.hostile.settling import settle_walks
from tests.hostile.walk import walk_all
from tests.isolation.pages import Door

OUTSIDERS = [
    "anybody",
    "somebody before the second factor",
    "nobody's person",
    "a guarded person",
    "customer's administrator",
    "customer's billing",
    "customer's viewer",
]


def test_outsiders(stamped: Scene, visitors: dict[str, Visitor]) -> None:
    outsiders = [each for each in visitors.values() if each.door is not Door.CONSOLE]
    assert [each.name for each in outsiders] == OUTSIDERS
    pages = targets.of_a_reseller(stamped)

    walks = walk_all(outsiders, pages, stamped)

    settle_walks(walks, pages, targets.RESELLER_MAP)
