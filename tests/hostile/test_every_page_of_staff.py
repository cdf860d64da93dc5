"""Staff of every role go through a reseller's whole URL map, full of stored markup."""

from accounts.roles import StaffRole
from tests.hostile import targets
from tests.hostile.scene import Scene, Visitor
from tests.hostile.settling import settle_walks
from tests.hostile.walk import walk_all
from tests.isolation.pages import Door


def test_staff(stamped: Scene, visitors: dict[str, Visitor]) -> None:
    staff = [each for each in visitors.values() if each.door is Door.CONSOLE]
    assert len(staff) == len(StaffRole)
    pages = targets.of_a_reseller(stamped)

    walks = walk_all(staff, pages, stamped)

    settle_walks(walks, pages, targets.RESELLER_MAP)
    assert sum(walk.with_stored_markup for walk in walks) > 100, "no stored text was shown"
