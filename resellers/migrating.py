"""Which schemas need migrations: asked in one question, instead of visiting each.

Visiting costs a good hundred queries a schema: two hundred schemas that need nothing took most of a
minute.
"""

from collections.abc import Iterable, Sequence

from django.core.management import call_command
from django.core.management.commands.migrate import Command as Migrate
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django_tenants.utils import quote_schema_name, schema_context

from resellers.models import Reseller

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
    """Bring one schema up to date, over the usual connection and without a word."""
    with schema_context(schema_name):
        call_command(Migrate(), interactive=False, verbosity=0)


def migrate_to(schema_name: str, migrations: Iterable[tuple[str, str]]) -> None:
    """Apply exactly these migrations to an empty schema. `lacking` of them must be empty."""
    with schema_context(schema_name):
        executor = MigrationExecutor(connection)
        wanted = set(migrations)
        last = [key for key in wanted if not wanted & _children(executor.loader, key)]
        executor.migrate(last)


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
