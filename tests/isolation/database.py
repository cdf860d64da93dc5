"""Fingerprints of everything a schema holds: whether a request changed anything at all."""

from django.db import connection

# Logging in touches these (and `last_login`), in every test.
_OF_THE_VISIT = {"accounts_session"}


def fingerprint(schema: str) -> dict[str, str]:
    """A checksum of every table of one schema, by the table's name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables "
            "WHERE table_schema = %s AND table_type = 'BASE TABLE'",
            [schema],
        )
        tables = sorted({name for (name,) in cursor.fetchall()} - _OF_THE_VISIT)
        query = " UNION ALL ".join(
            f"SELECT '{table}', md5(coalesce(string_agg(line, '|' ORDER BY line), '')) "  # noqa: S608
            f"FROM (SELECT (to_jsonb(t) - 'last_login')::text AS line "
            f'FROM "{schema}"."{table}" t) lines'
            for table in tables
        )
        cursor.execute(query)
        return dict(cursor.fetchall())


def differences(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """The tables whose rows changed."""
    return [table for table in before if before[table] != after[table]]
