"""Which schemas need migrations, and how they get them while others work.

Which ones is asked in one question: visiting each costs a good hundred queries, so that two hundred
schemas that need nothing took most of a minute.

A migration that changes a table waits until nobody uses it, and whoever comes later waits behind
the migration. So it waits for a moment only, gives up, lets the others pass, and tries again.
"""

import logging
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.commands.migrate import Command as Migrate
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django_tenants.utils import quote_schema_name, schema_context

from resellers.models import Reseller

logger = logging.getLogger(__name__)

# How long a statement of a migration may keep others waiting behind it.
LOCK_SECONDS = 1.0
# Between two attempts the others go on. The first pause; each is half as long again, up to the
# longest.
PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 10.0
# A schema that is in use without a break, by a backup for example, gets this long.
PATIENCE_SECONDS = 30 * 60.0
_IN_THE_WAY = {"55P03", "40P01"}  # lock_not_available, deadlock_detected
# Each schema in a question takes locks; PostgreSQL's default allows several thousand.
SCHEMAS_PER_QUESTION = 200


def expected() -> list[tuple[str, str]]:
    """Every migration of the code, as app and name, in a settled order.

    Each schema records all of them: those of apps that do not live there run without effect.
    """
    return sorted(MigrationLoader(None).graph.nodes)


def reseller_schemas() -> list[str]:
    """The schemas of resellers that exist. A reseller that was only asked for has none yet."""
    question = """
        SELECT namespace.nspname FROM pg_namespace namespace
        JOIN pg_class ON pg_class.relnamespace = namespace.oid
            AND pg_class.relname = 'django_migrations'
        JOIN resellers_reseller ON resellers_reseller.schema_name = namespace.nspname
        ORDER BY namespace.nspname
    """
    with schema_context("public"), connection.cursor() as cursor:
        cursor.execute(question)
        return [name for (name,) in cursor.fetchall()]


def behind(schemas: Sequence[str]) -> list[str]:
    """Those of the schemas that lack a migration. They must exist."""
    found: list[str] = []
    for start in range(0, len(schemas), SCHEMAS_PER_QUESTION):
        found += _behind(schemas[start : start + SCHEMAS_PER_QUESTION])
    return found


def migrate(schema_name: str) -> None:
    """Bring one schema up to date, over the usual connection, while others use it.

    Must not run inside a transaction. Raises OperationalError when others were in the way for all
    of PATIENCE_SECONDS; what was applied so far stays, and the next call goes on from there.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    pause = PAUSE_SECONDS
    while True:
        try:
            _migrate_once(schema_name)
        except OperationalError as error:
            if not _is_in_the_way(error) or time.monotonic() + pause > deadline:
                raise
            logger.info("%s is in use; tried again in %s s.", schema_name, pause)
            time.sleep(pause)
            pause = min(pause * 1.5, LONGEST_PAUSE_SECONDS)
        else:
            return


def migrate_to(schema_name: str, migrations: Iterable[tuple[str, str]]) -> None:
    """Apply exactly these migrations to an empty schema. `lacking` of them must be empty."""
    with schema_context(schema_name):
        executor = MigrationExecutor(connection)
        wanted = set(migrations)
        last = [key for key in wanted if not wanted & _children(executor.loader, key)]
        executor.migrate(last)


def is_newer() -> bool:
    """Whether the database was prepared by a later version: it knows migrations of ours that this
    code does not have."""
    ours = [app.label for app in apps.get_app_configs() if _is_ours(Path(app.path))]
    applied = MigrationRecorder(connection).applied_migrations()
    return any(app in ours for app, _name in set(applied) - set(expected()))


def lacking(migrations: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """What these migrations of the code build on without holding it."""
    loader = MigrationLoader(None)
    wanted = set(migrations)
    parents = {parent.key for key in wanted for parent in loader.graph.node_map[key].parents}
    return sorted(parents - wanted)


def without_schema() -> list[Reseller]:
    """Resellers that should have a schema and have none: dropped by hand, or a partial restore."""
    there = reseller_schemas()
    with schema_context("public"):
        return list(Reseller.objects.ready().exclude(schema_name__in=there))


def _migrate_once(schema_name: str) -> None:
    with schema_context(schema_name), connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = %s", [f"{LOCK_SECONDS * 1000:.0f}ms"])
        try:
            _drop_unfinished_indexes(schema_name)
            call_command(Migrate(), interactive=False, verbosity=0)
        finally:
            # Migrating may have closed the connection: then this is another one.
            with connection.cursor() as again:
                again.execute("RESET lock_timeout")


def _drop_unfinished_indexes(schema_name: str) -> None:
    """An index that was made concurrently and not to its end is in the way of the next attempt."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexrelid::regclass::text FROM pg_index"
            " JOIN pg_class ON pg_class.oid = indexrelid"
            " WHERE relnamespace = to_regnamespace(%s) AND NOT indisvalid",
            [schema_name],
        )
        for (index,) in cursor.fetchall():
            cursor.execute(f"DROP INDEX {index}")


def _is_in_the_way(error: OperationalError) -> bool:
    return getattr(error.__cause__, "pgcode", None) in _IN_THE_WAY


def _is_ours(app: Path) -> bool:
    return app.is_relative_to(settings.BASE_DIR) and not app.is_relative_to(Path(sys.prefix))


def _children(loader: MigrationLoader, key: tuple[str, str]) -> set[tuple[str, str]]:
    return {child.key for child in loader.graph.node_map[key].children}


def _behind(schemas: Sequence[str]) -> list[str]:
    wanted = expected()
    # The names come from the database's own catalogue and are quoted.
    counts = [
        f"SELECT %s, count(*) FROM {quote_schema_name(name)}.django_migrations"  # noqa: S608
        " JOIN expected USING (app, name)"
        for name in schemas
    ]
    question = (
        "WITH expected AS (SELECT * FROM unnest(%s, %s) AS e (app, name)) "  # noqa: S608
        + " UNION ALL ".join(counts)
    )
    apps, names = [app for app, _name in wanted], [name for _app, name in wanted]
    with connection.cursor() as cursor:
        cursor.execute(question, [apps, names, *schemas])
        applied: dict[str, int] = dict(cursor.fetchall())
    return [name for name in schemas if applied[name] < len(wanted)]
