"""A replayed schema is a migrated schema."""

import re

import pytest
from django.db import connection, transaction
from django_tenants.utils import schema_context

from resellers import migrating, schema_template

CATALOGUE = {
    "tables": """
        SELECT relname, relkind, relpersistence, relreplident, relrowsecurity
        FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind <> 'i'""",
    "columns": """
        SELECT relname, attname, rank() OVER (PARTITION BY attrelid ORDER BY attnum),
            format_type(atttypid, atttypmod), attnotnull, attidentity,
            attgenerated, attcollation, pg_get_expr(adbin, adrelid)
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        WHERE relnamespace = %s::regnamespace AND relkind IN ('r', 'v') AND attnum > 0
            AND NOT attisdropped""",
    "constraints": """
        SELECT conrelid::regclass, conname, contype, condeferrable, condeferred, convalidated,
            pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = %s::regnamespace""",
    "indexes": """
        SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = %s""",
    "sequences": """
        SELECT sequencename, data_type, start_value, min_value, max_value, increment_by, cycle
        FROM pg_sequences WHERE schemaname = %s""",
    "owned sequences": """
        SELECT sequence.relname, owner.relname, attname, pg_depend.deptype
        FROM pg_depend JOIN pg_class sequence ON sequence.oid = objid AND sequence.relkind = 'S'
        JOIN pg_class owner ON owner.oid = refobjid
        JOIN pg_attribute ON attrelid = owner.oid AND attnum = refobjsubid
        WHERE sequence.relnamespace = %s::regnamespace""",
    "triggers": """
        SELECT tgrelid::regclass, tgname, pg_get_triggerdef(pg_trigger.oid)
        FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
        WHERE relnamespace = %s::regnamespace AND NOT tgisinternal""",
    "functions": """
        SELECT proname, pg_get_functiondef(oid) FROM pg_proc
        WHERE pronamespace = %s::regnamespace""",
}


AT_LEAST = {"tables": 20, "columns": 100, "constraints": 50, "indexes": 50, "sequences": 10}
# PostgreSQL writes down the cast of a list as a list of casts once it has read its own text.
CASTS = re.compile(r"::(text|character varying)(\[\])?|[()]")


def catalogue(kind: str, schema_name: str) -> set[tuple[object, ...]]:
    """What PostgreSQL knows about a schema, without its name."""
    with connection.cursor() as cursor:
        cursor.execute(CATALOGUE[kind], [schema_name])
        return {
            tuple(CASTS.sub("", str(value).replace(f"{schema_name}.", "")) for value in row)
            for row in cursor.fetchall()
        }


def rows(schema_name: str) -> dict[str, list[str]]:
    """Every row of every table, and where each sequence goes on."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema_name])
        found = {}
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{schema_name}"."{table}" t ORDER BY 1')  # noqa: S608
            found[table] = [row for (row,) in cursor.fetchall()]
        cursor.execute(
            "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = %s ORDER BY 1",
            [schema_name],
        )
        found["sequences"] = [str(row) for row in cursor.fetchall()]
        return found


@pytest.fixture
def replayed(db: None) -> str:
    with transaction.atomic():
        schema_template.replay(schema_template.current(), "reseller_replayed")
    return "reseller_replayed"


@pytest.mark.parametrize("kind", CATALOGUE)
def test_a_replayed_schema_has_what_a_migrated_one_has(kind: str, replayed: str) -> None:
    assert catalogue(kind, replayed) == catalogue(kind, schema_template.SCHEMA)


@pytest.mark.parametrize(("kind", "number"), AT_LEAST.items())
def test_the_comparison_sees_something(kind: str, number: int, db: None) -> None:
    assert len(catalogue(kind, schema_template.SCHEMA)) >= number


def test_a_replayed_schema_holds_the_same_rows(replayed: str) -> None:
    copied = rows(replayed)

    assert copied == rows(schema_template.SCHEMA)
    assert copied["django_migrations"]
    assert copied["django_content_type"]


def test_a_replayed_schema_refers_to_no_other_schema(replayed: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT conname FROM pg_constraint JOIN pg_class ON pg_class.oid = confrelid
            WHERE connamespace = %s::regnamespace AND relnamespace <> connamespace""",
            [replayed],
        )
        assert cursor.fetchall() == []


def test_a_replayed_schema_needs_no_migration(replayed: str) -> None:
    assert migrating.behind([replayed]) == []


def test_new_rows_get_numbers_of_their_own(replayed: str) -> None:
    with schema_context(replayed), connection.cursor() as cursor:
        cursor.execute("INSERT INTO auth_group (name) VALUES ('one'), ('two') RETURNING id")
        assert cursor.fetchall() == [(1,), (2,)]


def test_the_text_changes_no_setting_of_the_session(db: None) -> None:
    settings = "SELECT name, setting FROM pg_settings ORDER BY name"
    with connection.cursor() as cursor:
        cursor.execute(settings)
        before = cursor.fetchall()

        with transaction.atomic():
            schema_template.replay(schema_template.current(), "reseller_replayed")
            cursor.execute("SET LOCAL check_function_bodies = on")

        cursor.execute(settings)
        assert cursor.fetchall() == before
