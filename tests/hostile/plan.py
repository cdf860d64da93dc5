"""Who fires what at which pages: what a test run and the trial share, and where they differ."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus

from tests.hostile import attacks, payloads
from tests.hostile.attacker import Attacker
from tests.hostile.found_forms import Form, FormKey, forms_of, forms_on, queries_of
from tests.hostile.payloads import Payload
from tests.hostile.reading import FormField
from tests.hostile.rotation import Rotation, suits
from tests.hostile.scene import Visitor
from tests.hostile.shots import post
from tests.hostile.targets import Target
from tests.isolation.pages import Door


@dataclass(frozen=True)
class Strength:
    """How much of everything the trial fires."""

    thrown: tuple[Payload, ...]  # into each field and parameter, and into all of them at once
    keys: tuple[str, ...]
    bent: int
    elsewhere: tuple[str, ...]
    headers: tuple[str, ...]
    cookies: tuple[str, ...]
    bodies: tuple[str, ...] | None  # None: none at all; (): all


def of_door(pages: Iterable[Target], *doors: Door) -> list[Target]:
    return [each for each in pages if each.door in doors]


# ── What a test run fires: each class at each kind of field, and markup at each field ──

CLASSES: tuple[Payload, ...] = (*payloads.SHORT, *payloads.ACCEPTABLE)
MIXES = 2  # shots at all fields of a form, with other payloads in each


@dataclass
class Fields:
    """Forms that were attacked field by field."""

    attacker: Attacker
    forms: dict[FormKey, Form] = field(default_factory=dict)
    accepted: int = 0  # forms that an honest visitor got through

    def unmet(self) -> list[tuple[Form, FormField, Payload]]:
        """Classes that a kind of field has not met, with a field of this kind."""
        fields = {
            control.kind: (form, control) for form in self.forms.values() for control in form.fields
        }
        return [
            (form, control, payload)
            for kind, (form, control) in fields.items()
            for payload in CLASSES
            if suits(payload, kind) and (kind, payload.kind) not in self.attacker.meetings
        ]


def at_fields(visitor: Visitor, pages: Iterable[Target]) -> Fields:
    """Every form of these pages, and those that come up when they are sent."""
    done = Fields(Attacker(visitor))
    waiting, rotation = forms_of(done.attacker, pages), Rotation(payloads.HANDY)
    while waiting:
        form = waiting.pop(0)
        if form.key in done.forms:
            continue
        done.forms[form.key] = form
        waiting += behind(done, form)
        mixes = range(MIXES if form.fields else 0)
        done.attacker.fire_all(attacks.mixed(form, rotation) for _ in mixes)
        done.attacker.fire_all(attacks.at_whole_form(form, payloads.POISON if form.fields else ()))
        done.attacker.fire_all(attacks.at_each_field(form, payloads.ACCEPTABLE[:2]))
        done.attacker.fire_all(attacks.elsewhere(form, payloads.ELSEWHERE[:3]))
        done.attacker.fire(rotation.one_of(list(attacks.at_shape(form)), "shape"))
    for form, control, payload in done.unmet():
        done.attacker.fire(attacks.at_field(form, control, payload))
    return done


def behind(done: Fields, form: Form) -> list[Form]:
    """Further forms, in the answer to an honest one: what asks again whether it is meant so."""
    if form.method != "post":
        return []
    answer = done.attacker.fire(post(form.path, "an honest form", form.body))
    done.accepted += answer.status in {HTTPStatus.FOUND, HTTPStatus.SEE_OTHER}
    return list(forms_on(answer.page, form.page, form.path)) if answer.is_page else []


def at_parameters(visitor: Visitor, pages: Iterable[Target], *, each: int) -> Attacker:
    """Every parameter that links and search forms of these pages use, by itself."""
    attacker, rotation = Attacker(visitor), Rotation(payloads.HANDY)
    for path, names in queries_of(attacker, pages).items():
        for name in sorted(names):
            thrown = [rotation.for_field("query") for _ in range(each)]
            attacker.fire_all(attacks.at_query(path, [name], thrown))
    return attacker


# ── What the trial fires ──


def at_forms(visitor: Visitor, pages: Iterable[Target], strength: Strength) -> Attacker:
    """Every form of these pages, as this visitor."""
    attacker = Attacker(visitor)
    for form in forms_of(attacker, pages):
        attacker.fire_all(attacks.at_whole_form(form, strength.thrown))
        attacker.fire_all(attacks.at_each_field(form, strength.thrown))
    return attacker


def at_shapes(visitor: Visitor, pages: Iterable[Target]) -> Attacker:
    """Fields that are missing, doubled or lists."""
    attacker = Attacker(visitor)
    for form in forms_of(attacker, pages):
        attacker.fire_all(attacks.without_each_field(form))
        attacker.fire_all(attacks.at_shape(form))
    return attacker


def at_addresses(visitor: Visitor, pages: Iterable[Target], strength: Strength) -> Attacker:
    """Every parameter that these pages read, and every parameter that anything might read."""
    attacker, pages = Attacker(visitor), tuple(pages)
    known = queries_of(attacker, pages)
    for target in pages:
        names = known.get(target.path, set())
        attacker.fire_all(attacks.at_query(target.path, names, strength.thrown))
        attacker.fire_all(attacks.at_whole_query(target.path, names, strength.thrown))
        attacker.fire_all(attacks.at_redirects(target.path, strength.elsewhere))
    return attacker


def at_paths(visitor: Visitor, pages: Iterable[Target], strength: Strength) -> Attacker:
    """Every key in every address, and the addresses themselves bent."""
    attacker = Attacker(visitor)
    for target in pages:
        attacker.fire_all(attacks.at_keys(target, strength.keys))
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
        if target.takes_posts and strength.bodies is not None:
            attacker.fire_all(attacks.at_body(target.path, target.body, strength.bodies))
    return attacker
