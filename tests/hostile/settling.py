"""What must have come of the shots: nothing was found, and nothing was left out."""

from collections.abc import Iterable

from tests.hostile.attacker import Attacker
from tests.hostile.plan import Fields
from tests.hostile.targets import Target
from tests.hostile.walk import Walk
from tests.isolation.url_map import page_names

MOST_REPORTED = 15


def settle(attackers: Iterable[Attacker], *, at_least: int) -> None:
    """Nothing was found, although that much was fired."""
    attackers = list(attackers)
    found = [problem for attacker in attackers for problem in attacker.problems]
    shots = sum(attacker.shots for attacker in attackers)
    assert not found, f"{len(found)} of {shots} shots:\n" + "\n".join(found[:MOST_REPORTED])
    assert shots >= at_least, f"only {shots} shots were fired"


def settle_fields(fields: Fields) -> None:
    """Nothing was found, and each kind of field met each class of payload."""
    shots = sum(1 + len(form.fields) for form in fields.forms.values())
    settle([fields.attacker], at_least=shots)
    assert fields.forms, "there was no form"
    unmet = [f"{payload.kind} in a {control.kind}" for _form, control, payload in fields.unmet()]
    assert unmet == []


def settle_walks(walks: Iterable[Walk], pages: Iterable[Target], urlconf: str) -> None:
    """Nothing was found, and each visitor attacked every page of the map and every form seen."""
    walks, pages = list(walks), list(pages)
    settle([walk.attacker for walk in walks], at_least=2 * len(pages) * len(walks))
    for walk in walks:
        reached, name = walk.attacker.reached, walk.attacker.visitor.name
        got = {page for method, page in reached if method == "GET"}
        posted = {page for method, page in reached if method == "POST"}
        left_out = {
            "pages": sorted(page_names(urlconf) - got),
            "pages that take posts": sorted(
                {page.name for page in pages if page.takes_posts} - posted
            ),
            "forms": walk.forms_left_out(),
        }
        assert not any(left_out.values()), f"{name} did not attack: {left_out}"
