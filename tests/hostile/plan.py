"""Who fires what at which pages: what a test run and the trial share, and where they differ."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.hostile import attacks, payloads
from tests.hostile.attacker import Attacker
from tests.hostile.found_forms import Form, forms_of, queries_of
from tests.hostile.payloads import Payload
from tests.hostile.scene import Visitor
from tests.hostile.shots import Shot
from tests.hostile.targets import Target
from tests.isolation.pages import Door


@dataclass(frozen=True)
class Strength:
    """How much of everything is fired."""

    whole: tuple[Payload, ...]  # into all fields of a form at once
    each: tuple[Payload, ...]  # into each field, the others filled in honestly
    parameters: tuple[Payload, ...]  # into each parameter that a page reads
    everything: tuple[Payload, ...]  # into every parameter that anything might read
    further_keys: int  # beside the first page that names such a record
    bent: int
    elsewhere: tuple[str, ...]
    headers: tuple[str, ...]
    cookies: tuple[str, ...]
    bodies: tuple[str, ...]


# Every field, parameter, header, cookie and path meets every class once.
QUICK = Strength(
    whole=payloads.SHORT,
    each=payloads.ACCEPTABLE,
    parameters=payloads.SHORT,
    everything=payloads.FEW,
    further_keys=3,
    bent=3,
    elsewhere=payloads.ELSEWHERE[:2],
    headers=("markup", "no UTF-8"),
    cookies=("markup", "signed"),
    bodies=attacks.ODD_BODIES,
)
# Everything at everything.
FULL = Strength(
    whole=payloads.ALL,
    each=payloads.ALL,
    parameters=payloads.ALL,
    everything=payloads.ALL,
    further_keys=len(attacks.UNKNOWN_KEYS),
    bent=100,
    elsewhere=payloads.ELSEWHERE,
    headers=tuple(payloads.HEADER_VALUES),
    cookies=tuple(payloads.COOKIE_VALUES),
    bodies=(),  # all
)


def of_door(pages: Iterable[Target], *doors: Door) -> list[Target]:
    return [each for each in pages if each.door in doors]


def at_forms(visitor: Visitor, pages: Iterable[Target], strength: Strength) -> Attacker:
    """Every form of these pages, as this visitor."""
    attacker = Attacker(visitor)
    for form in forms_of(attacker, pages):
        attacker.fire_all(at_form(form, strength))
    return attacker


def at_form(form: Form, strength: Strength) -> Iterator[Shot]:
    yield from attacks.at_whole_form(form, strength.whole if form.names else payloads.FEW[:1])
    yield from attacks.at_each_field(form, strength.each)
    yield from attacks.at_shape(form)


def at_closed_forms(visitor: Visitor, pages: Iterable[Target]) -> Attacker:
    """Bodies that would work for others, by somebody who is kept out."""
    attacker = Attacker(visitor)
    for target in pages:
        attacker.fire_all(attacks.at_body(target.path, target.body, ("plain", "a file")))
    return attacker


def at_addresses(visitor: Visitor, pages: Iterable[Target], strength: Strength) -> Attacker:
    """Every parameter that these pages read, and every parameter that anything might read."""
    attacker, pages = Attacker(visitor), tuple(pages)
    known = queries_of(attacker, pages)
    for target in pages:
        names = known.get(target.path, set())
        attacker.fire_all(attacks.at_query(target.path, names, strength.parameters))
        attacker.fire_all(attacks.at_whole_query(target.path, names, strength.everything))
        attacker.fire_all(attacks.at_redirects(target.path, strength.elsewhere))
    return attacker


def at_paths(visitor: Visitor, pages: Iterable[Target], strength: Strength) -> Attacker:
    """Every key in every address, and the addresses themselves bent."""
    attacker = Attacker(visitor)
    seen: set[tuple[str, ...]] = set()
    for target in pages:
        names = (target.name.rpartition(":")[0], *target.ids)
        keys = attacks.UNKNOWN_KEYS[: strength.further_keys if names in seen else None]
        seen.add(names)
        attacker.fire_all(attacks.at_keys(target, keys))
        attacker.fire_all(list(attacks.bent(target.path))[: strength.bent])
    return attacker


def on_the_wire(visitor: Visitor, pages: Iterable[Target], strength: Strength) -> Attacker:
    """Headers, cookies, methods and bodies."""
    attacker = Attacker(visitor)
    session = visitor.client.cookies.get("session")
    kept = f"session={session.value}; " if session else ""
    beside = tuple(each for each in payloads.COOKIES if each != "session")
    for target in pages:
        attacker.fire_all(attacks.at_all_headers(target.path, strength.headers))
        attacker.fire_all(attacks.at_cookies(target.path, payloads.COOKIES, strength.cookies[:1]))
        for shot in attacks.at_cookies(target.path, beside, strength.cookies):
            attacker.fire(shot.with_headers(Cookie=f"{kept}{shot.headers['Cookie']}"))
        attacker.fire_all(attacks.at_methods(target))
        if target.takes_posts:
            attacker.fire_all(attacks.at_body(target.path, target.body, strength.bodies))
    return attacker
