"""What load balancers and supervisors are told."""

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client, override_settings

from config import health

HOSTS = ["alpha.localhost", "localhost", "127.0.0.1", "nobody.example", "[::1]"]


@pytest.mark.parametrize("host", HOSTS)
def test_the_process_lives_on_every_host_without_a_database(host: str) -> None:
    response = Client(HTTP_HOST=host).get("/healthz")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
@pytest.mark.parametrize("host", HOSTS)
def test_ready_on_every_host(host: str) -> None:
    response = Client(HTTP_HOST=host).get("/readyz")

    assert response.status_code == 200
    assert response.json() == {
        "status": "ok",
        "database": "ok",
        "broker": "ok",
        "migrations": "ok",
    }


@pytest.mark.django_db
def test_a_broker_that_is_away_is_named_without_its_address(settings: LazySettings) -> None:
    settings.CELERY_BROKER_URL = "redis://:s3cret@127.0.0.1:1/0"

    response = Client().get("/readyz")

    assert response.status_code == 503
    assert response.json() == {
        "status": "unavailable",
        "database": "ok",
        "broker": "does not answer",
        "migrations": "ok",
    }
    assert b"s3cret" not in response.content


@pytest.mark.django_db
def test_a_migration_that_waits_is_named() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'resellers'")

    response = Client().get("/readyz")

    assert response.status_code == 503
    assert response.json()["migrations"] == "waiting to be applied"


@pytest.mark.django_db
def test_migrations_are_counted_once(django_assert_num_queries: object) -> None:
    check = health.MigrationsCheck()
    check()

    with django_assert_num_queries(0):  # type: ignore[operator]
        assert check() == "ok"


@override_settings(SECURE_SSL_REDIRECT=True)
def test_probes_come_without_encryption() -> None:
    assert Client().get("/healthz").status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_only_reading_is_allowed(path: str) -> None:
    assert Client().post(path).status_code == 405
    assert Client().head("/healthz").status_code == 200
