"""PostgreSQL's extensions live in a schema of their own.

Every search path holds that schema, and a reseller's never holds public.
"""

from django.core.exceptions import ImproperlyConfigured
from django.db import connection

SCHEMA = "extensions"
NEEDED = ("pg_trgm", "btree_gist")


def ensure() -> None:
    """Create what is missing.

    Raises ImproperlyConfigured where somebody made an extension elsewhere: only a superuser of the
    database may move it.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        for name in NEEDED:
            cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {name} SCHEMA {SCHEMA}")
        cursor.execute(
            "SELECT extname, nspname FROM pg_extension"
            " JOIN pg_namespace ON pg_namespace.oid = extnamespace"
            " WHERE extname = ANY(%s) AND nspname <> %s",
            [list(NEEDED), SCHEMA],
        )
        for name, elsewhere in cursor.fetchall():
            raise ImproperlyConfigured(
                f"The extension {name} is in the schema {elsewhere}. "
                f"As a superuser of this database run: ALTER EXTENSION {name} SET SCHEMA {SCHEMA};"
            )
