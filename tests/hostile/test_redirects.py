"""Whoever comes in, or changes something, stays on the host, whatever asked to go elsewhere."""

import pytest

from tests.factories.accounts import PASSWORD
from tests.hostile.attacker import Attacker
from tests.hostile.payloads import ELSEWHERE
from tests.hostile.scene import Scene, Visitor
from tests.hostile.settling import settle
from tests.hostile.shots import Shot, encoded, post

RIGHT = {
    "account_login": ("anybody", "/account/login/", "login"),
    "account_reauthenticate": ("a guarded person", "/account/reauthenticate/", ""),
    "account_logout": ("staff owner", "/account/logout/", ""),
    "set_theme": ("anybody", "/theme/", ""),
}


@pytest.mark.parametrize("page", RIGHT)
def test_success_leads_nowhere_else(visitors: dict[str, Visitor], scene: Scene, page: str) -> None:
    name, path, login = RIGHT[page]
    scene.world.nobody.set_password(PASSWORD)
    scene.world.nobody.save(update_fields=["password"])
    body = {"password": PASSWORD, "theme": "dark"}
    if login:
        body[login] = scene.world.nobody.email
    attacker = Attacker(visitors[name])
    for number, away in enumerate(ELSEWHERE):
        if number % 2:
            attacker.fire(post(path, f"next is {away[:60]!r}", [*body.items(), ("next", away)]))
        else:
            query = encoded([("next", away)])
            attacker.fire(Shot("POST", path, f"?next={away[:60]!r}", query, encoded(body.items())))

    settle([attacker], at_least=len(ELSEWHERE))
    assert attacker.statuses[302] >= len(ELSEWHERE), attacker.statuses


def test_a_mail_that_is_sent_again_leads_back_to_this_host(
    visitors: dict[str, Visitor], scene: Scene
) -> None:
    attacker = Attacker(visitors["staff owner"])
    for away in ELSEWHERE:
        if not set(away) & set("\r\n\x00"):
            path = f"/console/mails/{scene.world.mail.pk}/resend/"
            attacker.fire(Shot("POST", path, f"from {away[:60]!r}", headers={"Referer": away}))

    settle([attacker], at_least=20)
    assert attacker.statuses[302] >= 20, attacker.statuses
