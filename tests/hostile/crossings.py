"""Somebody else's records: in the address, in the body, and one customer's below another one."""

import dataclasses
import uuid
from collections.abc import Iterator
from typing import Any

from django.db import models

from tests.hostile.found_forms import Form
from tests.hostile.scene import Scene, Visitor
from tests.hostile.shots import Shot, encoded, post
from tests.hostile.targets import Target, others_of
from tests.isolation.pages import Door
from tests.isolation.world import World


def in_address(target: Target, visitor: Visitor) -> Iterator[Shot]:
    """The page of another reseller's or another customer's record. All of it must be refused."""
    if target.foreign:
        yield from _at(target, target.foreign.ids, target.foreign.body, "another reseller's record")
    if target.others is None:
        return
    if visitor.door is not Door.CONSOLE:
        yield from _at(target, target.others.ids, target.others.body, "another customer's record")
    if is_below_a_customer(target):
        mixed = {**target.ids, "customer_id": target.others.ids["customer_id"]}
        yield from _at(target, mixed, target.body, "a record below another customer")


def is_below_a_customer(target: Target) -> bool:
    """Whether the address names a customer and, after it, a record of theirs."""
    records = [name for name, key in target.ids.items() if isinstance(key, uuid.UUID)]
    return "customer_id" in records and len(records) > 1


def _at(target: Target, ids: dict[str, Any], body: dict[str, str], about: str) -> Iterator[Shot]:
    path = target.path_with(ids)
    yield Shot("GET", path, about, is_foreign=True)
    if target.takes_posts:
        yield Shot("POST", path, about, body=encoded(body.items()), is_foreign=True)


def in_form(form: Form, scene: Scene, visitor: Visitor) -> Iterator[Shot]:
    """Where the form names one of our records, the same one of somebody else."""
    if form.method != "post":
        return
    ours, body = keys_of(scene.world), dict(form.body)
    theirs = {"another reseller's": keys_of(scene.foreign)}
    if visitor.door is not Door.CONSOLE:
        theirs["another customer's"] = keys_of(others_of(scene.world))
    for name, text in body.items():
        place = next((place for place, key in ours.items() if key == text), None)
        if place is None and _is_key(text):
            place = "customer"
        for whose, keys in theirs.items() if place else ():
            key = keys[str(place)]
            if key != text:
                yield post(form.path, f"{whose} {place} in {name}", {**body, name: key}.items())


def keys_of(world: World) -> dict[str, str]:
    """What names a record of this world in a form, by its place there."""
    found = {}
    for place in (each.name for each in dataclasses.fields(world)):
        record = getattr(world, place)
        if isinstance(record, models.Model):
            found[place] = str(record.pk)
            if code := getattr(record, "code", ""):
                found[f"{place}'s code"] = code
    return found


def _is_key(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
