"""Values are saved against definitions that stand still, and definitions change between savings.

Both locks end with the transaction. Take them before the lock on a record: definitions are the
parents of values.
"""

from django.db import connection

_DEFINITIONS = 7_251  # the number of these locks; the second one is the reseller's schema


def hold_definitions_still() -> None:
    """For whoever saves values: many at a time, but nobody changes definitions meanwhile."""
    _lock("pg_advisory_xact_lock_shared")


def claim_definitions() -> None:
    """For whoever changes definitions: nobody else does, and nobody saves values meanwhile."""
    _lock("pg_advisory_xact_lock")


def _lock(function: str) -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("This lock ends with the transaction: open one first.")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, hashtext(current_schema()))", [_DEFINITIONS])
