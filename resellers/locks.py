"""Locks that several processes share, kept by PostgreSQL.

Those that last for a block belong to a connection of their own, because commands that migrate close
the usual one. They end with the block, or with the process.
"""

import hashlib
from collections.abc import Iterator
from contextlib import closing, contextmanager

from django.db import connection


@contextmanager
def advisory_lock(name: str) -> Iterator[None]:
    """Hold the lock called `name`; others wait."""
    with closing(connection.copy()) as holder:
        with holder.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_key(name)])
        yield


@contextmanager
def lock_if_free(name: str) -> Iterator[bool]:
    """Hold the lock unless somebody else does: whether it is held."""
    with closing(connection.copy()) as holder:
        with holder.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [_key(name)])
            (is_ours,) = cursor.fetchone()
        yield is_ours


def share_until_commit(name: str) -> None:
    """Hold the lock together with others who share it, until this transaction ends.

    Whoever wants it alone by `advisory_lock` waits for all of them.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_key(name)])


def _key(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
