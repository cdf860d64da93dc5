"""Migrations that people do not notice: `migration_rules` says what that means."""

from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    ValidateConstraint,
)
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState
from django.db.models.functions import Lower

from tests.architecture.migration_rules import objections

ROOT = Path(__file__).resolve().parents[2]
OURS = {app.label for app in apps.get_app_configs() if Path(app.path).parent == ROOT}

# The last migration of each app that came before the first release: nobody has run a version
# before it. Raise a number only while CHANGELOG.md knows no release.
BEFORE_THE_FIRST_RELEASE = {
    "accounts": 4,
    "approvals": 2,
    "audit": 3,
    "customers": 10,
    "operations": 2,
}


def is_of_a_release(app: str, name: str) -> bool:
    return int(name[:4]) > BEFORE_THE_FIRST_RELEASE.get(app, 1)


def test_no_migration_stands_in_the_way_of_those_who_work() -> None:
    loader = MigrationLoader(None)
    later = [
        each
        for key, each in loader.disk_migrations.items()
        if key[0] in OURS and is_of_a_release(*key)
    ]

    found = [
        words
        for each in later
        for words in objections(
            each, loader.project_state((each.app_label, each.name), at_end=False)
        )
    ]

    assert found == []
    assert "customers" in OURS


# ── The rules bite ───────────────────────────────────────────────────────────────────────────


def before() -> ProjectState:
    state = ProjectState()
    fields: list[tuple[str, Any]] = [
        ("id", models.BigAutoField(primary_key=True)),
        ("name", models.CharField(max_length=20)),
    ]
    state.add_model(ModelState("shop", "Order", fields))
    return state


def judged(*operations: Operation, safe_because: str = "") -> list[str]:
    migration = migrations.Migration("0002_next", "shop")
    migration.operations = list(operations)  # type: ignore[misc]
    if safe_because:
        migration.safe_because = safe_because  # type: ignore[attr-defined]
    return objections(migration, before())


BY_NAME = models.Index(fields=["name"], name="order_name")
NAMED = models.CheckConstraint(condition=~models.Q(name=""), name="order_is_named")
TEXT: Any = models.CharField(max_length=20, default="")


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        (migrations.AddIndex("order", BY_NAME), "use AddIndexConcurrently"),
        (migrations.AddConstraint("order", NAMED), "use AddConstraintNotValid"),
        (
            migrations.AddConstraint("order", models.UniqueConstraint("name", name="order_unique")),
            "a unique index made concurrently",
        ),
        (migrations.RenameField("order", "name", "title"), "asks for the old name"),
        (migrations.RenameModel("order", "purchase"), "asks for the old name"),
        (migrations.AlterModelTable("order", "orders"), "asks for the old name"),
        (migrations.RemoveField("order", "name"), "remove it in the next"),
        (migrations.DeleteModel("order"), "remove it in the next"),
        (migrations.AddField("order", "note", TEXT), "set db_default, or null=True"),
        (
            migrations.AddField("order", "code", models.CharField(null=True, unique=True)),
            "its index stops all writing",
        ),
        (
            migrations.AddField(
                "order", "of", models.ForeignKey("order", models.CASCADE, null=True)
            ),
            "its index stops all writing",
        ),
        (
            migrations.AddField(
                "order",
                "long",
                models.GeneratedField(expression=Lower("name"), output_field=TEXT, db_persist=True),
            ),
            "writes the whole table anew",
        ),
        (
            migrations.AlterField("order", "name", models.CharField(max_length=10)),
            "Add a new one",
        ),
    ],
)
def test_what_others_would_notice_is_refused(operation: Operation, words: str) -> None:
    (found,) = judged(operation)

    assert found.startswith("shop.0002_next: ")
    assert words in found
    inside = migrations.SeparateDatabaseAndState(database_operations=[operation])
    assert judged(inside) == [found]


def test_data_changes_apart_from_tables() -> None:
    data = migrations.RunPython(migrations.RunPython.noop)
    column = migrations.AddField("order", "note", models.TextField(null=True))

    assert judged(data) == []
    assert "migrations of their own" in judged(data, column)[0]


def test_what_runs_concurrently_runs_alone() -> None:
    column = migrations.AddField("order", "note", models.TextField(null=True))

    assert "runs alone" in judged(AddIndexConcurrently("order", BY_NAME), column)[0]


@pytest.mark.parametrize(
    "operation",
    [
        AddIndexConcurrently("order", BY_NAME),
        AddConstraintNotValid("order", NAMED),
        ValidateConstraint("order", "order_is_named"),
        migrations.AddField("order", "note", models.CharField(max_length=20, db_default="")),
        migrations.AddField("order", "note", models.TextField(null=True)),
        migrations.AlterField("order", "name", models.CharField("title", max_length=20)),
        migrations.AlterModelOptions("order", {"ordering": ["name"]}),
    ],
)
def test_what_nobody_notices_is_allowed(operation: Operation) -> None:
    assert judged(operation) == []


def test_a_new_table_is_nobodys_yet() -> None:
    table = migrations.CreateModel("Line", [("id", models.BigAutoField(primary_key=True))])
    index = migrations.AddIndex("line", models.Index(fields=["id"], name="line_id"))

    assert judged(table, index) == []


def test_a_reason_is_accepted_and_a_word_is_none() -> None:
    removal = migrations.RemoveField("order", "name")

    assert judged(removal, safe_because="ok") != []
    assert judged(removal, safe_because="Not used since release 0.3.") == []
