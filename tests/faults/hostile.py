"""Everything odd at every field, parameter, header, cookie and path, as everybody.

The tests in `tests/hostile` deal out what is thrown by rotation; here each round is one payload,
thrown at everything.
"""

import contextlib
import logging
from collections.abc import Iterator

from django.test import override_settings
from django_tenants.utils import schema_context

from resellers.models import Reseller
from resellers.schemas import PUBLIC
from tests.faults import world
from tests.faults.contract import Outcome, Trial
from tests.hostile import attacks, payloads, plan, targets
from tests.hostile.attacker import Attacker
from tests.hostile.plan import Strength
from tests.hostile.scene import (
    Scene,
    Visitor,
    make_scene,
    visitors_of_alpha,
    visitors_of_the_platform,
)
from tests.hostile.targets import Target
from tests.hostile.walk import THOROUGH, through

MOST_TOLD = 40
PLAIN_FILES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


def run(rounds: int) -> Outcome:
    """One payload a round; before the first, everybody once through everything."""
    thrown = payloads.ALL[:rounds]
    outcome = Outcome(rounds=len(thrown))
    with (
        _silence(),
        override_settings(STORAGES=PLAIN_FILES),
        world.ready_reseller() as other,
        world.ready_reseller() as reseller,
    ):
        scene = make_scene(reseller, other)
        shots, problems = 0, list[str]()
        for attacker in _attackers(scene, reseller, other, _strength(thrown)):
            shots += attacker.shots
            problems += attacker.problems
    outcome.failures += problems[:MOST_TOLD]
    outcome.check(shots > len(thrown), "nothing was fired")
    outcome.figures |= {"shots": shots, "problems": len(problems)}
    return outcome


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Of thousands of refused requests."""
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def _strength(thrown: tuple[payloads.Payload, ...]) -> Strength:
    """As much of the other lists as of the payloads: one more of each in each round."""
    rounds = len(thrown)
    return Strength(
        thrown=thrown,
        keys=attacks.UNKNOWN_KEYS[:rounds],
        bent=rounds,
        elsewhere=payloads.ELSEWHERE[:rounds],
        headers=tuple(payloads.HEADER_VALUES)[:rounds],
        cookies=tuple(payloads.COOKIE_VALUES)[:rounds],
        bodies=attacks.ODD_BODIES[:rounds] if rounds < len(payloads.ALL) else (),
    )


def _attackers(
    scene: Scene, reseller: Reseller, other: Reseller, strength: Strength
) -> Iterator[Attacker]:
    pages = targets.of_a_reseller(scene)
    for turn, visitor in enumerate(visitors_of_alpha(scene, reseller, other)):
        yield through(visitor, pages, scene, turn=turn).attacker
        yield from _by(visitor, pages, strength)
    with schema_context(PUBLIC):
        pages = targets.of_the_platform(scene)
        for turn, visitor in enumerate(visitors_of_the_platform(scene, other)):
            yield through(visitor, pages, scene, turn=turn).attacker
            yield from _by(visitor, pages, strength)


def _by(visitor: Visitor, pages: list[Target], strength: Strength) -> Iterator[Attacker]:
    """Whoever sees the most behind a door attacks what is there; the others were there once."""
    if visitor.name not in THOROUGH:
        return
    behind = [each for each in pages if each.door is visitor.door]
    yield plan.at_forms(visitor, behind, strength)
    yield plan.at_shapes(visitor, behind)
    yield plan.at_addresses(visitor, behind, strength)
    yield plan.at_paths(visitor, behind, strength)
    yield plan.on_the_wire(visitor, behind, strength)


TRIAL = Trial(
    name="hostile",
    promise=(
        "Whatever is sent, by whomever: no page fails or runs what was typed, no answer names "
        "another reseller's or another customer's records, nobody is led to another site."
    ),
    run=run,
    figures_shown={"shots": "requests", "problems": "problems"},
)
