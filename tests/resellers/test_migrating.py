"""Migrating while others work, and versions of the code that meet during an upgrade."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import LazySettings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import OperationalError, connections, transaction
from django.test import Client

from resellers import checks, migrating, provisioning, schema_template
from resellers.models import Reseller, SchemaTemplate
from resellers.schema_template import SupersededError
from resellers.schemas import connection
from tests.factories.resellers import ResellerFactory

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def in_use(table: str) -> Iterator[Any]:
    """Somebody else reads the table, in a transaction that does not end."""
    with closing(connection.copy()) as other, other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608
        yield cursor


class AddsColumn:
    """Stands in for Django's command: a migration that needs the table for itself."""

    def __init__(self) -> None:
        self.attempts = 0

    def __call__(self, *_words: object, **_options: object) -> None:
        self.attempts += 1
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE customers_customer ADD COLUMN loyalty text")


@pytest.fixture
def adds_column(public: Any, monkeypatch: pytest.MonkeyPatch) -> AddsColumn:
    command = AddsColumn()
    monkeypatch.setattr(migrating, "call_command", command)
    monkeypatch.setattr(migrating, "LOCK_SECONDS", 0.2)
    monkeypatch.setattr(migrating, "PAUSE_SECONDS", 0.3)
    return command


def has_column(schema: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM information_schema.columns"
            " WHERE table_schema = %s AND column_name = 'loyalty'",
            [schema],
        )
        return bool(cursor.fetchone()[0])


def lock_timeout() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        return str(cursor.fetchone()[0])


def test_a_migration_waits_until_the_table_is_free(adds_column: AddsColumn) -> None:
    with in_use("alpha.customers_customer") as other:
        threading.Timer(1.2, lambda: other.execute("COMMIT")).start()

        migrating.migrate("alpha")

    assert adds_column.attempts in {3, 4}
    assert has_column("alpha")
    assert lock_timeout() == "0"


def test_whoever_comes_later_hardly_waits_behind_a_migration(adds_column: AddsColumn) -> None:
    """Without giving up in between, the reader would wait for as long as the table is in use."""
    longest = 0.0
    with in_use("alpha.customers_customer") as other:
        migration = threading.Thread(target=_migrate_elsewhere)
        migration.start()
        until = time.monotonic() + 1.5
        while time.monotonic() < until:
            begun = time.monotonic()
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '3s'")  # rather fail than wait for ourselves
                cursor.execute("SELECT count(*) FROM alpha.customers_customer")
            longest = max(longest, time.monotonic() - begun)
        other.execute("COMMIT")
        migration.join(10)

    assert adds_column.attempts > 1
    assert 0.05 < longest < 0.6  # the migration was in the way, for a moment
    assert has_column("alpha")


def _migrate_elsewhere() -> None:
    migrating.migrate("alpha")
    connections.close_all()


def test_patience_ends(adds_column: AddsColumn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrating, "PATIENCE_SECONDS", 0.5)

    with (
        in_use("alpha.customers_customer"),
        pytest.raises(OperationalError, match="lock timeout"),
    ):
        migrating.migrate("alpha")

    assert lock_timeout() == "0"
    assert not has_column("alpha")


def test_other_trouble_is_not_tried_again(
    adds_column: AddsColumn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_words: object, **_options: object) -> None:
        adds_column.attempts += 1
        raise OperationalError("the disk is full")

    monkeypatch.setattr(migrating, "call_command", fails)

    with pytest.raises(OperationalError, match="the disk is full"):
        migrating.migrate("alpha")

    assert adds_column.attempts == 1


def test_an_index_that_was_not_finished_makes_room(public: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX half ON alpha.customers_customer (notes)")
        cursor.execute("CREATE INDEX whole ON alpha.customers_customer (notes)")
        cursor.execute(
            "SELECT count(*) FROM pg_index WHERE NOT indisvalid"
            " AND indrelid = 'alpha.customers_customer'::regclass"
        )
        assert cursor.fetchone() == (0,)
    _break_index("alpha.half")

    migrating.migrate("alpha")

    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('alpha.half'), to_regclass('alpha.whole')::text")
        assert cursor.fetchone() == (None, "alpha.whole")


def _break_index(name: str) -> None:
    """As a killed CREATE INDEX CONCURRENTLY leaves it: two rows that must not be the same."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {name}")
        cursor.execute("INSERT INTO alpha.auth_group (name) VALUES ('a1'), ('a2')")
        try:
            cursor.execute(
                f"CREATE UNIQUE INDEX CONCURRENTLY {name.split('.')[1]}"
                " ON alpha.auth_group (left(name, 1))"
            )
        except Exception as error:  # noqa: BLE001 - it is meant to fail
            assert "could not create unique index" in str(error)  # noqa: PT017
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = %s::regclass", [name])
        assert cursor.fetchone() == (False,)


# ── Old and new code on one database ─────────────────────────────────────────────────────────


def prepared_by_a_later_version() -> None:
    """What a later version's `prepare` leaves: its migrations, and its template alone."""
    with connection.cursor() as cursor:
        for schema in ("public", "alpha", "bravo"):
            cursor.execute(
                f"INSERT INTO {schema}.django_migrations (app, name, applied)"  # noqa: S608
                " VALUES ('customers', '0099_tomorrow', now())"
            )
    SchemaTemplate.objects.all().delete()
    SchemaTemplate.objects.create(fingerprint="tomorrow", sql="CREATE SCHEMA reseller_template;")


def test_old_code_stays_ready_on_a_newer_database(public: Any) -> None:
    prepared_by_a_later_version()

    assert Client().get("/readyz").json()["migrations"] == "ok"
    checks.refuse_older_database()


def test_new_code_is_not_ready_before_every_schema_is_migrated(public: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM bravo.django_migrations WHERE app = 'customers'")

    answer = Client().get("/readyz")

    assert (answer.status_code, answer.json()["migrations"]) == (503, "waiting to be applied")
    with pytest.raises(ImproperlyConfigured, match=r"Run `manage\.py prepare` first"):
        checks.refuse_older_database()


def test_an_empty_database_is_named(public: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE public.django_migrations")

    with pytest.raises(ImproperlyConfigured, match=r"Run `manage\.py prepare` first"):
        checks.refuse_older_database()


def test_old_code_prepares_nothing(public: Any, capsys: pytest.CaptureFixture[str]) -> None:
    prepared_by_a_later_version()

    call_command("prepare")

    assert capsys.readouterr().out == "The database is prepared for a later version already.\n"
    assert [each.pk for each in SchemaTemplate.objects.all()] == ["tomorrow"]


def test_only_our_own_migrations_tell_the_version(public: Any) -> None:
    """A library may merge its migrations into one; ours are never taken away."""
    assert not migrating.is_newer()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO public.django_migrations (app, name, applied)"
            " VALUES ('mfa', '0099_gone', now()), ('removed', '0001', now())"
        )
    assert not migrating.is_newer()

    prepared_by_a_later_version()

    assert migrating.is_newer()


def test_libraries_in_the_checkouts_own_environment_are_not_ours(
    settings: LazySettings, public: Any
) -> None:
    library = Path(apps.get_app_config("mfa").path)
    settings.BASE_DIR = Path("/")

    assert not migrating._is_ours(library)
    assert migrating._is_ours(Path(apps.get_app_config("customers").path))


def test_old_workers_leave_new_resellers_to_new_ones(public: Any) -> None:
    reseller = ResellerFactory()
    prepared_by_a_later_version()

    provisioning.provision(reseller.pk)

    reseller.refresh_from_db()
    assert (reseller.state, reseller.attempts, reseller.failure) == ("requested", 0, "")
    assert [each.pk for each in SchemaTemplate.objects.all()] == ["tomorrow"]


def test_an_old_worker_in_the_middle_of_it_leaves_it_to_new_ones(
    public: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    reseller = ResellerFactory()
    begin = provisioning._begin

    def overtaken(reseller_id: Any) -> bool:
        going_on = begin(reseller_id)
        prepared_by_a_later_version()
        return going_on

    monkeypatch.setattr(provisioning, "_begin", overtaken)

    provisioning.provision(reseller.pk)

    reseller.refresh_from_db()
    assert (reseller.state, reseller.failure) == ("creating", "")
    assert migrating.reseller_schemas() == ["alpha", "bravo"]


def test_preparing_waits_for_whoever_makes_a_schema_of_the_old_version(public: Any) -> None:
    """Else it would come after `prepare` has asked which schemas there are."""
    template = schema_template.current()
    forgotten = threading.Event()

    def forget() -> None:
        schema_template.forget_old()
        forgotten.set()
        connections.close_all()

    with transaction.atomic():
        schema_template.replay(template, "reseller_slow")
        waiting = threading.Thread(target=forget)
        waiting.start()
        assert not forgotten.wait(0.5)

    assert forgotten.wait(10)
    waiting.join()


def test_nobody_makes_a_schema_from_a_template_that_is_gone(public: Any) -> None:
    template = schema_template.current()
    prepared_by_a_later_version()

    with pytest.raises(SupersededError), transaction.atomic():
        schema_template.replay(template, "reseller_late")

    assert not Reseller.objects.filter(schema_name="reseller_late").exists()
