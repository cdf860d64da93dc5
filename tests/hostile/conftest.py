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
from tests.hostile.scene import (
    Scene,
    Visitor,
    make_scene,
    stamp_everything,
    visitors_of_alpha,
    visitors_of_the_platform,
)


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
def scene(alpha: Reseller, bravo: Reseller) -> Scene:
    """Alpha's and bravo's records."""
    return make_scene(alpha, bravo)


@pytest.fixture
def stamped(scene: Scene, alpha: Reseller) -> Scene:
    """Markup in every text of alpha and of the platform. What is secret keeps its canary."""
    stamp_everything(scene, alpha)
    return scene


@pytest.fixture
def visitors(scene: Scene, alpha: Reseller, bravo: Reseller) -> dict[str, Visitor]:
    """Every role at alpha's host."""
    return {each.name: each for each in visitors_of_alpha(scene, alpha, bravo)}


@pytest.fixture
def platform_visitors(scene: Scene, bravo: Reseller) -> dict[str, Visitor]:
    """Every role at the operators' host. The test runs in the public schema."""
    connection.set_schema_to_public()
    assert connection.schema_name == PUBLIC
    return {each.name: each for each in visitors_of_the_platform(scene, bravo)}
