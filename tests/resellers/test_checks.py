"""What must not be in production stops the start with a sentence."""

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from resellers.checks import check_isolation, check_production, refuse_demo_in_production
from tests.factories.resellers import ResellerFactory

GOOD_KEY = "cN2w7-yq0J4nX5_k8vRtB1mZ6sLpD3fGhUaEoWiTjKbVxQzY9"


@pytest.fixture
def production(settings: Any) -> Any:
    settings.IS_PRODUCTION = True
    settings.SECRET_KEY = GOOD_KEY
    settings.PUBLIC_SCHEME = "https"
    settings.INBOX_DIRECTORY = None
    return settings


@pytest.mark.parametrize(
    ("name", "value", "number"),
    [
        ("INBOX_DIRECTORY", Path("/tmp/mail"), "resellers.E001"),  # noqa: S108 - only a name
        ("PUBLIC_SCHEME", "http", "resellers.E002"),
        ("SECRET_KEY", "a" * 60, "resellers.E003"),
        ("SECRET_KEY", f"django-insecure-{GOOD_KEY}", "resellers.E003"),
        ("SECRET_KEY_FALLBACKS", ["ab" * 30], "resellers.E003"),
    ],
)
@pytest.mark.django_db
def test_production_refuses_what_only_a_demo_may_have(
    name: str, value: object, number: str, production: Any
) -> None:
    setattr(production, name, value)

    assert [message.id for message in check_production()] == [number]
    with pytest.raises(ImproperlyConfigured):
        refuse_demo_in_production()


@pytest.mark.django_db
def test_production_refuses_a_database_with_demo_resellers(production: Any) -> None:
    ResellerFactory(is_demo=True, ready=True, host="demo.example.com")

    with pytest.raises(ImproperlyConfigured, match=r"demo resellers \(demo\.example\.com\)"):
        refuse_demo_in_production()


@pytest.mark.django_db
def test_production_refuses_a_database_that_nobody_prepared(production: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE resellers_reseller RENAME TO away")

    with pytest.raises(ImproperlyConfigured, match="is not prepared"):
        refuse_demo_in_production()


@pytest.mark.django_db
def test_production_starts_on_real_resellers(production: Any) -> None:
    ResellerFactory(ready=True)

    refuse_demo_in_production()

    assert check_production() == []


def test_outside_of_production_demos_may_be(settings: Any) -> None:
    settings.IS_PRODUCTION = False
    settings.INBOX_DIRECTORY = Path("mail")

    refuse_demo_in_production()

    assert check_production() == []


@pytest.mark.parametrize(
    ("name", "value", "number"),
    [
        (
            "DATABASES",
            {"default": {"ENGINE": "django_tenants.postgresql_backend"}},
            "resellers.E004",
        ),
        ("PG_EXTRA_SEARCH_PATHS", ["extensions", "public"], "resellers.E005"),
        ("CACHES", {"default": {"BACKEND": "x"}}, "resellers.E006"),
    ],
)
def test_settings_that_mix_resellers_are_errors(
    name: str, value: object, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert check_isolation() == []

    monkeypatch.setattr(f"resellers.checks.settings.{name}", value)

    assert [message.id for message in check_isolation()] == [number]
