"""What a migration must not do while the version before still serves people.

An upgrade runs in three steps: widen the tables, replace the processes, narrow the tables in a
later release. So a migration takes nothing away that the code of the release before asks for,
demands nothing that this code does not give, and keeps nobody from a large table for longer than a
moment.

A migration that knows better says so in `safe_because = "…"`.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    RemoveIndexConcurrently,
)
from django.db import models
from django.db.migrations import Migration, operations
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

SHORTEST_REASON = 20
_CONCURRENT = (AddIndexConcurrently, RemoveIndexConcurrently)
_DATA = (operations.RunPython, operations.RunSQL)

Judge = Callable[[Operation, ProjectState, str], str]


def objections(migration: Migration, before: ProjectState) -> list[str]:
    """What is wrong with it. `before` is the state that it begins with; it is not changed."""
    if len(getattr(migration, "safe_because", "")) >= SHORTEST_REASON:
        return []
    state, made_here, found = before.clone(), set(), list(_on_the_whole(migration))
    for operation in _flat(migration.operations):
        if isinstance(operation, operations.CreateModel):
            made_here.add(operation.name_lower)
        elif getattr(operation, "model_name", "").lower() not in made_here:
            found += [
                words
                for judge in _JUDGES
                if (words := judge(operation, state, migration.app_label))
            ]
        operation.state_forwards(migration.app_label, state)
    name = f"{migration.app_label}.{migration.name}"
    return [f"{name}: {words}" for words in found]


def _on_the_whole(migration: Migration) -> Iterator[str]:
    kinds = list(_flat(migration.operations))
    if any(isinstance(each, _DATA) for each in kinds) and len(kinds) > 1:
        yield "Data and tables change in migrations of their own: one would lock the other's rows."
    if any(isinstance(each, _CONCURRENT) for each in kinds) and len(kinds) > 1:
        yield "What runs concurrently runs alone: what fails in between could not be undone."


def _flat(given: Iterable[Operation]) -> Iterator[Operation]:
    for operation in given:
        if isinstance(operation, operations.SeparateDatabaseAndState):
            yield from _flat(operation.database_operations)
        else:
            yield operation


def _index(operation: Operation, _state: ProjectState, _app: str) -> str:
    if isinstance(operation, operations.AddIndex) and not isinstance(operation, _CONCURRENT):
        return f"{operation.index.name}: use AddIndexConcurrently; a plain index stops all writing."
    return ""


def _constraint(operation: Operation, _state: ProjectState, _app: str) -> str:
    if isinstance(operation, operations.AddConstraint) and not isinstance(
        operation, AddConstraintNotValid
    ):
        return (
            f"{operation.describe()}: use AddConstraintNotValid, then ValidateConstraint in the "
            "next migration; for uniqueness, a unique index made concurrently."
        )
    return ""


def _renaming(operation: Operation, _state: ProjectState, _app: str) -> str:
    kinds = (operations.RenameField, operations.RenameModel, operations.AlterModelTable)
    if isinstance(operation, kinds):
        return f"{operation.describe()}: the version before asks for the old name."
    return ""


def _removing(operation: Operation, _state: ProjectState, _app: str) -> str:
    if isinstance(operation, operations.RemoveField | operations.DeleteModel):
        return (
            f"{operation.describe()}: the version before asks for it. Stop using it in one "
            "release, remove it in the next, and name that release in `safe_because`."
        )
    return ""


def _new_field(operation: Operation, _state: ProjectState, _app: str) -> str:
    if not isinstance(operation, operations.AddField):
        return ""
    field: Any = operation.field
    name = f"{operation.model_name}.{operation.name}"
    if isinstance(field, models.ManyToManyField):
        return ""
    if isinstance(field, models.GeneratedField):
        return f"{name}: a generated column writes the whole table anew."
    if not field.null and field.db_default is models.NOT_PROVIDED:
        return f"{name}: the version before gives it no value; set db_default, or null=True."
    if field.unique or field.db_index:
        return (
            f"{name}: its index stops all writing; add it in a migration of its own, concurrently."
        )
    return ""


def _changed_field(operation: Operation, state: ProjectState, app: str) -> str:
    if not isinstance(operation, operations.AlterField):
        return ""
    before = state.models[app, operation.model_name_lower].fields[operation.name]
    if _in_the_database(before) == _in_the_database(operation.field):
        return ""
    return (
        f"{operation.model_name}.{operation.name}: changing a column may write the table anew, or "
        "refuse what the version before writes. Add a new one."
    )


def _in_the_database(field: Any) -> object:
    _name, path, words, options = field.deconstruct()
    # Django knows which options the database never hears of.
    return (
        path,
        words,
        {key: each for key, each in options.items() if key not in field.non_db_attrs},
    )


_JUDGES: tuple[Judge, ...] = (_index, _constraint, _renaming, _removing, _new_field, _changed_field)
