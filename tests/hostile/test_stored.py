"""What is stored may hold anything. No page of any role runs it, and nobody reads others' texts."""

import pytest
from django_tenants.utils import schema_context

from accounts.models import User
from resellers.models import Reseller
from resellers.schemas import PUBLIC
from tests.factories.resellers import ResellerFactory
from tests.hostile import stamps, targets
from tests.hostile.attacker import Attacker
from tests.hostile.conftest import settle
from tests.hostile.payloads import MARK, MIX
from tests.hostile.scene import (
    APPS_OF_A_RESELLER,
    Scene,
    visitors_of_alpha,
    visitors_of_the_platform,
)
from tests.hostile.shots import get


@pytest.fixture
def stamped(scene: Scene, alpha: Reseller) -> Scene:
    """Markup in every text of alpha and of the platform."""
    assert stamps.stamp(APPS_OF_A_RESELLER, MIX) > 90
    # Has to log in with it.
    User.objects.filter(pk=scene.guarded.pk).update(email="gudrun@stamp.example")
    with schema_context(PUBLIC):
        ResellerFactory(suspended=True, suspension_reason=MIX)
        Reseller.objects.filter(pk=scene.reseller.pk).update(failure=MIX)
        stamps.stamp(["accounts", "audit", "resellers"], MIX)
        alpha.refresh_from_db()
    return scene


def test_no_page_of_a_reseller_runs_what_is_stored(stamped: Scene, alpha: Reseller) -> None:
    attackers = []
    shown = 0
    for visitor in visitors_of_alpha(stamped, alpha):
        attacker = Attacker(visitor)
        for target in targets.of_a_reseller(stamped):
            answer = attacker.fire(get(target.path, "stored markup"))
            shown += MARK in answer.text
        attackers.append(attacker)

    settle(attackers, at_least=800)
    assert shown > 500, "the stored texts are not on the pages: nothing was tested"


def test_no_page_of_the_operators_runs_what_is_stored(stamped: Scene) -> None:
    attackers = []
    for visitor in visitors_of_the_platform(stamped):
        attacker = Attacker(visitor)
        for target in targets.of_the_platform(stamped):
            attacker.fire(get(target.path, "stored markup"))
        attackers.append(attacker)

    settle(attackers, at_least=100)
