"""PostgreSQL's extensions live in a schema of their own:

every search path holds it, none holds public.
"""

from django.db import connection

SCHEMA = "extensions"
NEEDED = ("pg_trgm", "btree_gist")


def ensure() -> None:
    """Create what is missing, and move what somebody created elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        for name in NEEDED:
            cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {name} SCHEMA {SCHEMA}")
        cursor.execute(
            "SELECT extname FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace"
            " WHERE extname = ANY(%s) AND nspname <> %s",
            [list(NEEDED), SCHEMA],
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"ALTER EXTENSION {name} SET SCHEMA {SCHEMA}")
