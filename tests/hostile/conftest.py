"""Two resellers full of secrets, and everybody who may attack one of them."""

import contextlib
import logging
import zoneinfo
from collections.abc import Iterator
from typing import Any

import pytest
from django.template import Template
from django.test import override_settings
from django.test.utils import _TestState
from django_countries import countries

from components import countries as choice
from resellers.models import Reseller
from resellers.schemas import PUBLIC, connection
from tests.hostile.attacker import Attacker
from tests.hostile.scene import (
    Scene,
    Visitor,
    make_scene,
    visitors_of_alpha,
    visitors_of_the_platform,
)
from tests.isolation.database import differences, fingerprint

MOST_REPORTED = 15


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Pages without what only costs time here: long choices, and copies of every context."""
    monkeypatch.setattr(zoneinfo, "available_timezones", lambda: {"UTC", "Europe/Berlin"})
    saved: Any = _TestState
    monkeypatch.setattr(Template, "_render", saved.saved_data.template_render)
    with override_settings(COUNTRIES_ONLY=["DE", "FR", "GB"]):
        _forget_countries()
        yield
    _forget_countries()


def _forget_countries() -> None:
    for kept in (choice._choices, choice._names, choice._options):
        kept.cache_clear()
    with contextlib.suppress(AttributeError):
        del countries.countries


@pytest.fixture(autouse=True)
def silence() -> Iterator[None]:
    """Thousands of refused requests would fill the log of the test run."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def scene(alpha: Reseller, bravo: Reseller) -> Iterator[Scene]:
    """Alpha's records. Whatever is fired at alpha, no row of bravo changes."""
    made = make_scene(alpha, bravo)
    before = fingerprint(bravo.schema_name)
    yield made
    assert differences(before, fingerprint(bravo.schema_name)) == []


@pytest.fixture
def visitors(scene: Scene, alpha: Reseller) -> dict[str, Visitor]:
    """Every role at alpha's host."""
    return {each.name: each for each in visitors_of_alpha(scene, alpha)}


@pytest.fixture
def platform_visitors(scene: Scene) -> dict[str, Visitor]:
    """Every role at the operators' host. The test runs in the public schema."""
    connection.set_schema_to_public()
    assert connection.schema_name == PUBLIC
    return {each.name: each for each in visitors_of_the_platform(scene)}


def settle(attackers: list[Attacker], *, at_least: int) -> None:
    """Nothing was found, although that much was fired."""
    found = [problem for attacker in attackers for problem in attacker.problems]
    shots = sum(attacker.shots for attacker in attackers)
    assert not found, f"{len(found)} of {shots} shots:\n" + "\n".join(found[:MOST_REPORTED])
    assert shots >= at_least, f"only {shots} shots were fired"
