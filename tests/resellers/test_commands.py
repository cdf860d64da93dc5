"""`manage.py prepare`, `migrate` and `create_reseller`."""

import threading
import time
from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command, get_commands
from django.core.management.base import CommandError
from django.db import transaction
from django_tenants.utils import schema_context

from audit.models import AuditEntry
from notifications.models import OutgoingMail
from resellers import migrating, provisioning, schema_template
from resellers.models import Reseller, SchemaTemplate
from resellers.schemas import connection
from tests.factories.resellers import ResellerFactory
from tests.resellers.questions import questions

COMMITS = pytest.mark.django_db(transaction=True)


def run(command: str, *arguments: str, **options: Any) -> str:
    said = StringIO()
    call_command(command, *arguments, stdout=said, stderr=said, **options)
    return said.getvalue()


def forget_a_migration(schema_name: str) -> None:
    """As if the code had one more than the schema."""
    with schema_context(schema_name), connection.cursor() as cursor:
        # This one makes no table in there, so that it can be applied once more.
        cursor.execute("DELETE FROM django_migrations WHERE name = '0002_tickets'")
        assert cursor.rowcount == 1


# ── Asking which schemas need work ───────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_many_schemas_that_need_nothing_cost_two_questions(public: Any) -> None:
    for number in range(3):
        reseller = ResellerFactory(ready=True, schema_name=f"many{number}")
        with transaction.atomic():
            schema_template.replay(schema_template.current(), reseller.schema_name)

    with questions(2):
        schemas = migrating.reseller_schemas()
        assert migrating.behind(schemas) == []

    assert schemas == ["alpha", "bravo", "many0", "many1", "many2"]


@pytest.mark.django_db
def test_only_schemas_that_lack_a_migration_are_behind(public: Any) -> None:
    forget_a_migration("bravo")

    assert migrating.behind(["alpha", "bravo"]) == ["bravo"]


@pytest.mark.django_db
def test_more_schemas_than_fit_one_question_are_asked_in_parts(
    public: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrating, "SCHEMAS_PER_QUESTION", 1)
    forget_a_migration("alpha")

    with questions(2):
        assert migrating.behind(["alpha", "bravo"]) == ["alpha"]


@pytest.mark.django_db
def test_a_migration_that_the_code_no_longer_has_does_not_matter(public: Any) -> None:
    with schema_context("alpha"), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('x', '0001', now())"
        )

    assert migrating.behind(["alpha", "bravo"]) == []


@pytest.mark.django_db
def test_resellers_without_a_schema_are_not_asked(public: Any) -> None:
    ResellerFactory()
    ResellerFactory(failed=True)

    assert migrating.reseller_schemas() == ["alpha", "bravo"]


def test_migrate_is_our_command() -> None:
    assert get_commands()["migrate"] == "resellers"
    assert get_commands()["migrate_schemas"] == "resellers"


@COMMITS
def test_migrating_visits_only_what_is_behind(public: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    forget_a_migration("bravo")
    visited: list[str] = []
    monkeypatch.setattr(
        "django_tenants.migration_executors.standard.run_migrations",
        lambda _args, _options, _codename, schema_name, **_more: visited.append(schema_name),
    )

    run("migrate", verbosity=0)
    run("migrate_schemas", tenant=True, verbosity=0)
    run("migrate_schemas", schema_name="alpha", verbosity=0)
    run("migrate", "accounts", verbosity=0)

    assert visited == ["public", "bravo", "bravo", "alpha", "public", "alpha", "bravo"]


# ── prepare ──────────────────────────────────────────────────────────────────────────────────


@COMMITS
def test_preparing_again_changes_nothing(public: Any) -> None:
    made_at = SchemaTemplate.objects.get().made_at

    assert run("prepare") == "The database is prepared.\n"
    assert run("prepare", verbosity=0) == ""

    assert SchemaTemplate.objects.get().made_at == made_at


@COMMITS
def test_preparing_migrates_what_is_behind_and_drops_old_templates(public: Any) -> None:
    forget_a_migration("bravo")
    SchemaTemplate.objects.create(fingerprint="of-yesterday", sql="")

    said = run("prepare")

    assert said.splitlines() == ["Migrating bravo (1 of 1) …", "The database is prepared."]
    assert migrating.behind(["alpha", "bravo"]) == []
    assert [each.pk for each in SchemaTemplate.objects.all()] == [schema_template.fingerprint()]


@COMMITS
def test_preparing_tells_of_a_reseller_whose_schema_is_gone(public: Any) -> None:
    reseller = ResellerFactory(ready=True, name="Lost Cloud")

    assert f"Lost Cloud is ready by its row, but has no schema {reseller.schema_name}" in run(
        "prepare"
    )


@COMMITS
def test_preparing_says_how_to_move_an_extension_that_is_elsewhere(public: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP EXTENSION pg_trgm CASCADE")
        cursor.execute("CREATE EXTENSION pg_trgm SCHEMA public")

    with pytest.raises(ImproperlyConfigured, match="ALTER EXTENSION pg_trgm SET SCHEMA extensions"):
        run("prepare", verbosity=0)


# ── create_reseller ──────────────────────────────────────────────────────────────────────────

LEAST = ["--name", "Alpine Cloud", "--host", "alpine.example.com", "--owner-email", "a@example.com"]


@COMMITS
def test_a_reseller_is_made_here_and_now(public: Any, sent: list[dict[str, Any]]) -> None:
    said = run(
        "create_reseller",
        *LEAST,
        *("--owner-name", "Dana Miller", "--currency", "EUR", "--time-zone", "Europe/Berlin"),
        *("--provider", "aws", "--provider", "google", "--provider", "aws", "--now"),
    )

    reseller = Reseller.objects.get(host="alpine.example.com")
    assert said == "Alpine Cloud is ready at alpine.example.com.\n"
    assert reseller.state == Reseller.State.READY
    assert (reseller.currency, reseller.time_zone) == ("EUR", "Europe/Berlin")
    assert reseller.providers == ["aws", "google"]
    entries = AuditEntry.objects.about(reseller.pk).order_by("at", "id")
    assert [(each.action, each.actor_name) for each in entries] == [
        ("reseller.created", ""),
        ("reseller.became_ready", ""),
    ]
    with schema_context(reseller.schema_name):
        assert OutgoingMail.objects.get().recipient_email == "a@example.com"


@COMMITS
def test_without_more_words_a_worker_makes_it(public: Any, sent: list[dict[str, Any]]) -> None:
    said = run("create_reseller", *LEAST)

    reseller = Reseller.objects.get(host="alpine.example.com")
    assert said == "Alpine Cloud was requested. A worker makes it ready.\n"
    assert sent == [{"reseller_id": str(reseller.pk)}]
    assert reseller.state == Reseller.State.REQUESTED


@COMMITS
def test_waiting_ends_when_a_worker_has_made_it(
    public: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work(*, reseller_id: Any) -> None:
        time.sleep(0.2)
        provisioning.provision(reseller_id)
        connection.close()

    workers: list[threading.Thread] = []

    def send(**kwargs: Any) -> None:
        workers.append(threading.Thread(target=work, kwargs=kwargs))
        workers[0].start()

    monkeypatch.setattr("resellers.tasks.provision.delay", send)
    try:
        assert "is ready at" in run("create_reseller", *LEAST, "--wait")
    finally:
        workers[0].join()


@COMMITS
def test_waiting_ends_with_the_failure(
    public: Any, sent: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_seconds: float) -> None:
        provisioning.fail(Reseller.objects.get(host="alpine.example.com").pk, "The disk is full.")

    monkeypatch.setattr(time, "sleep", fail)

    with pytest.raises(CommandError, match="could not be made ready: The disk is full"):
        run("create_reseller", *LEAST, "--wait")


@COMMITS
def test_waiting_does_not_last_for_ever(public: Any, sent: list[dict[str, Any]]) -> None:
    with pytest.raises(CommandError, match="not ready after 0 seconds"):
        run("create_reseller", *LEAST, "--wait", "--timeout", "0")


@pytest.mark.django_db
def test_mistakes_are_named_by_option(public: Any, sent: list[dict[str, Any]]) -> None:
    with pytest.raises(CommandError) as refusal:
        run(
            "create_reseller",
            *("--name", "A", "--host", "Nowhere", "--owner-email", "nobody"),
            *("--currency", "eur", "--time-zone", "Mars"),
        )

    assert sorted(line.partition(":")[0] for line in str(refusal.value).splitlines()) == [
        "--currency",
        "--host",
        "--name",
        "--owner-email",
        "--time-zone",
    ]
    assert sent == []
    assert not Reseller.objects.filter(name="A").exists()


@pytest.mark.django_db
def test_a_taken_host_is_refused(public: Any) -> None:
    ResellerFactory(host="alpine.example.com")

    with pytest.raises(CommandError, match="Another reseller has this host"):
        run("create_reseller", *LEAST)


@pytest.mark.django_db
def test_an_unknown_cloud_is_refused(public: Any) -> None:
    with pytest.raises(CommandError, match="invalid choice: 'oracle'"):
        run("create_reseller", *LEAST, "--provider", "oracle")
