"""Looks, inside of a shot's transaction, at rows that no shot may touch.

Every shot is taken back, so that a look afterwards would always find everything as it was.
"""

from typing import Any

from django.db import connection

# Counts what this transaction wrote, what it took back included: so it only ever grows.
_WRITTEN = """
    SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)
    FROM pg_stat_xact_user_tables WHERE schemaname = %s
"""
_ABOUT_A_CUSTOMER = """
    SELECT table_name FROM information_schema.columns
    WHERE table_schema = %s AND column_name = 'customer_id' ORDER BY table_name
"""


class OtherCustomer:
    """All rows of another customer of the same reseller."""

    def __init__(self, schema: str, key: Any) -> None:
        """Find out where such rows are."""
        self._key = key
        with connection.cursor() as cursor:
            cursor.execute(_ABOUT_A_CUSTOMER, [schema])
            tables = [("customers_customer", "id")]
            tables += [(name, "customer_id") for (name,) in cursor.fetchall()]
        self._lines = " UNION ALL ".join(
            f"SELECT '{table}' || to_jsonb(t)::text AS line "  # noqa: S608 - names from the catalogue
            f'FROM "{schema}"."{table}" t WHERE "{column}" = %(key)s'
            for table, column in tables
        )

    def fingerprint(self) -> str:
        """A checksum of the customer's row and of all that hang on it."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT md5(string_agg(line, '|' ORDER BY line)) FROM ({self._lines}) lines",  # noqa: S608
                {"key": self._key},
            )
            return str(cursor.fetchone()[0])


class Watch:
    """What a shot at one host must leave alone."""

    def __init__(self, other_schema: str, other_customer: OtherCustomer | None) -> None:
        """Remember how it is now."""
        self._other_schema = other_schema
        self._written = self._count()
        self._other_customer = other_customer
        self._before = other_customer.fingerprint() if other_customer else ""

    def problems(self) -> list[str]:
        """What was touched since the last look."""
        found = []
        written = self._count()
        if written != self._written:
            self._written = written
            found.append("wrote into another reseller's schema")
        if self._other_customer and self._other_customer.fingerprint() != self._before:
            found.append("changed another customer's records")
        return found

    def _count(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute(_WRITTEN, [self._other_schema])
            return int(cursor.fetchone()[0])
