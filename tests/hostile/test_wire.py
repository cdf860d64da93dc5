"""What no page asks for: headers, cookies, hosts, methods and bodies."""

import pytest

from tests.hostile import attacks, payloads, plan, targets
from tests.hostile.attacker import Attacker
from tests.hostile.scene import Scene, Visitor
from tests.hostile.settling import settle


def test_each_header_by_itself(visitors: dict[str, Visitor], scene: Scene) -> None:
    attacker = Attacker(visitors["anybody"])
    attacker.fire_all(attacks.at_each_header("/account/login/", ("markup", "list")))
    attacker.fire_all(attacks.at_all_headers("/account/login/"))

    settle([attacker], at_least=90)


def test_each_kind_of_cookie(visitors: dict[str, Visitor], scene: Scene) -> None:
    attacker = Attacker(visitors["anybody"])
    for name in payloads.COOKIES:
        attacker.fire_all(attacks.at_cookies("/account/login/", [name]))

    settle([attacker], at_least=80)


def test_each_kind_of_body(visitors: dict[str, Visitor], scene: Scene) -> None:
    attacker = Attacker(visitors["anybody"])
    attacker.fire_all(attacks.at_body("/account/login/", {"login": "a@new.example"}))

    settle([attacker], at_least=20)


@pytest.mark.parametrize("name", ["anybody", "staff owner"])
def test_hosts(visitors: dict[str, Visitor], scene: Scene, name: str) -> None:
    attacker = Attacker(visitors[name])
    for path in ("/account/password/reset/", "/console/", "/healthz"):
        attacker.fire_all(attacks.at_hosts(path))

    settle([attacker], at_least=70)


def test_posts_without_the_right_token_change_nothing(
    visitors: dict[str, Visitor], scene: Scene
) -> None:
    attackers = []
    for name in ("anybody", "a guarded person", "staff owner"):
        attacker = Attacker(visitors[name])
        attacker.visitor.client.handler.enforce_csrf_checks = True
        for target in plan.of_door(targets.of_a_reseller(scene), visitors[name].door):
            if target.takes_posts:
                attacker.fire_all(attacks.at_token(target))
        assert set(attacker.statuses) == {403}, attacker.statuses
        attackers.append(attacker)

    settle(attackers, at_least=150)
