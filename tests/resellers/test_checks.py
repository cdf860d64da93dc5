"""What must not be in production stops the start with a sentence."""

import ssl
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.mail.backends.smtp import EmailBackend
from django.db import connection

from resellers.checks import check_isolation, check_production, refuse_demo_in_production
from resellers.encryption import readable_on_the_way
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
        ("CREDENTIALS_KEYS", [], "resellers.E009"),
        ("AWS_ENDPOINTS", {"AWS_ENDPOINT_URL": "http://aws.example.com"}, "resellers.E008"),
        ("AWS_ENDPOINTS", {"AWS_ENDPOINT_URL_STS": "https://127.0.0.1:5000"}, "resellers.E008"),
        ("AWS_ENDPOINTS", {"AWS_ENDPOINT_URL": "localhost:5000"}, "resellers.E008"),
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


def test_production_may_reach_aws_through_an_address_of_its_own(production: Any) -> None:
    production.AWS_ENDPOINTS = {"AWS_ENDPOINT_URL_STS": "https://sts.vpce.example.com"}

    assert check_production() == []


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


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("DATABASE", {"HOST": "db.example", "OPTIONS": {}}, ["DATABASE_URL"]),
        ("DATABASE", {"HOST": "db.example", "OPTIONS": {"sslmode": "require"}}, ["DATABASE_URL"]),
        ("DATABASE", {"HOST": "db.example", "OPTIONS": {"sslmode": "verify-full"}}, []),
        ("DATABASE", {"HOST": "10.0.0.7", "OPTIONS": {}}, []),  # see PRIVATE_HOSTS
        ("DATABASE", {"HOST": "127.0.0.1", "OPTIONS": {}}, []),
        ("DATABASE", {"HOST": "/run/postgresql", "OPTIONS": {}}, []),
        ("REDIS_URL", "redis://valkey.example/0", ["REDIS_URL"]),
        ("REDIS_URL", "rediss://valkey.example/0?ssl_cert_reqs=none", ["REDIS_URL"]),
        ("REDIS_URL", "rediss://valkey.example/0", []),
        ("REDIS_URL", "unix:///run/valkey?db=0", []),
        ("CELERY_BROKER_URL", "redis://valkey.example/1", ["CELERY_BROKER_URL"]),
        ("CELERY_BROKER_URL", "redis+socket:///run/valkey?virtual_host=1", []),
        ("EMAIL_HOST", "mail.example", ["EMAIL_URL"]),
        ("EMAIL_HOST", "localhost", []),
    ],
)
@pytest.mark.django_db
def test_production_refuses_what_can_be_read_on_the_way(
    production: Any,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: Any,
    found: list[str],
) -> None:
    production.PRIVATE_HOSTS = ["10.0.0.7"]
    production.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    production.EMAIL_USE_TLS = production.EMAIL_USE_SSL = False
    if name == "DATABASE":
        changed = {**production.DATABASES["default"], **value}
        monkeypatch.setitem(production.DATABASES, "default", changed)
    else:
        setattr(production, name, value)

    assert readable_on_the_way() == found
    assert [each.id for each in check_production()] == ["resellers.E007"] * len(found)


@pytest.mark.parametrize("way", ["EMAIL_USE_TLS", "EMAIL_USE_SSL"])
def test_an_encrypted_way_to_the_mail_server_is_enough(settings: Any, way: str) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = "mail.example", 0, 0
    setattr(settings, way, True)

    assert readable_on_the_way() == []
    backend: Any = EmailBackend()
    assert backend.ssl_context.verify_mode == ssl.CERT_REQUIRED


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
