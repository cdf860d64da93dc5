"""One visitor goes through a whole URL map and throws something at everything that is there.

What is thrown differs from page to page and from visitor to visitor, by rotation.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tests.hostile import attacks, crossings, payloads
from tests.hostile.attacker import Attacker
from tests.hostile.found_forms import Form, FormKey, forms_on, listed, page_of, queries_on
from tests.hostile.reading import PageReader
from tests.hostile.rotation import Rotation
from tests.hostile.scene import Scene, Visitor
from tests.hostile.shots import Shot, encoded
from tests.hostile.targets import Target
from tests.isolation.pages import Door

LONGEST = 2_000  # bytes of one parameter, where forty are sent at once
# Who sees the most behind each door. The others meet the rarer attacks on every third page, each
# on other ones.
THOROUGH = {"anybody", "a guarded person", "customer's administrator", "staff owner", "operator"}
EVERY = 3


@dataclass
class Walk:
    """Where a visitor was, and which forms were there."""

    attacker: Attacker
    forms: dict[FormKey, Form] = field(default_factory=dict)
    with_stored_markup: int = 0  # pages

    def forms_left_out(self) -> list[FormKey]:
        """Forms of which not all fields were sent at once, read from what went over the wire."""
        return [
            key
            for key in self.forms
            if not any(
                key[2] <= names for names in self.attacker.sent.get((_verb(key), key[1]), [])
            )
        ]


def _verb(key: FormKey) -> str:
    return key[0].upper()


def through(visitor: Visitor, pages: Iterable[Target], scene: Scene, *, turn: int) -> Walk:
    """Every page as it is and under attack, and every form found there."""
    walk = Walk(Attacker(visitor))
    rotation = Rotation(payloads.HANDY, start=turn)
    for target in pages:
        page = _seen(walk, target)
        for form in (*forms_on(page, target), *listed(target)):
            walk.forms.setdefault(form.key, form)
        names = queries_on(page, target).get(target.path, set())
        walk.attacker.fire(everything_at_once(target.path, names, visitor, rotation))
        if visitor.name in THOROUGH and is_open(target, visitor):
            poisoned = attacks.in_every_parameter(target.path, names, payloads.POISON)
            walk.attacker.fire_all(poisoned)
        if visitor.name in THOROUGH or rotation.number("page") % EVERY == 0:
            walk.attacker.fire_all(at_page(target, visitor, rotation))
    for form in walk.forms.values():
        walk.attacker.fire(attacks.mixed(form, rotation))
        if is_open(form.page, visitor) and visitor.name in THOROUGH:
            walk.attacker.fire_all(crossings.in_form(form, scene, visitor))
    return walk


def _seen(walk: Walk, target: Target) -> PageReader | None:
    """The page as an honest visitor sees it."""
    page = page_of(walk.attacker, target)
    walk.with_stored_markup += page is not None and page.holds(payloads.MARK)
    return page


def is_open(target: Target, visitor: Visitor) -> bool:
    """Whether such a page is ever shown to such a visitor: the console is closed to outsiders."""
    return target.door is not Door.CONSOLE or visitor.door is Door.CONSOLE


def walk_all(visitors: Iterable[Visitor], pages: list[Target], scene: Scene) -> list[Walk]:
    """One after the other, each at another turn of what is thrown."""
    return [
        through(visitor, pages, scene, turn=turn) for turn, visitor in enumerate(visitors, start=1)
    ]


def at_page(target: Target, visitor: Visitor, rotation: Rotation) -> Iterator[Shot]:
    """What needs no form: one odd way to ask for the page, an odd body, others' records."""
    kinds = ("method", "address", "key" if target.ids else "address")
    match rotation.one_of(kinds, "kind"):
        case "method":
            yield rotation.one_of(list(attacks.at_methods(target)), "method")
        case "address":
            yield rotation.one_of(list(attacks.bent(target.path)), "bent")
        case _:
            yield from attacks.at_keys(target, [rotation.one_of(attacks.UNKNOWN_KEYS, "key")])
    if not is_open(target, visitor):
        return
    yield from crossings.in_address(target, visitor)
    if target.takes_posts:
        about = rotation.one_of(attacks.ODD_BODIES, "body")
        yield from attacks.at_body(target.path, target.body, [about])


def everything_at_once(
    path: str, names: Iterable[str], visitor: Visitor, rotation: Rotation
) -> Shot:
    """Every parameter, header and cookie, each with something else."""
    pairs = [
        (
            name,
            _away(rotation)
            if name in attacks.LEADING
            else rotation.for_field("query").raw[:LONGEST],
        )
        for name in sorted({*attacks.PARAMETERS, *names})
    ]
    values = tuple(payloads.HEADER_VALUES.values())
    headers = {
        name: rotation.one_of(values, "header")[:LONGEST]
        for name in payloads.HEADERS
        if name != "X-CSRFToken"
    }
    headers["Cookie"] = _cookies(visitor, rotation)
    return Shot("GET", path, "all odd at once", encoded(pairs), headers=headers)


def _away(rotation: Rotation) -> bytes:
    return rotation.one_of(payloads.ELSEWHERE, "elsewhere").encode()[:LONGEST]


def _cookies(visitor: Visitor, rotation: Rotation) -> str:
    session = visitor.client.cookies.get("session")
    values = tuple(payloads.COOKIE_VALUES.values())
    beside = (each for each in payloads.COOKIES if each != "session")
    jar = [f"{name}={rotation.one_of(values, 'cookie')[:500]}" for name in beside]
    return "; ".join([*([f"session={session.value}"] if session else []), *jar])
