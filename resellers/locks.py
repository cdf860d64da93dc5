"""Locks that several processes share, kept by PostgreSQL."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def advisory_lock(name: str) -> Iterator[None]:
    """Hold the lock called `name`; others wait. It ends with the block, or with the process.

    The lock belongs to a connection of its own, because commands that migrate close the usual one.
    """
    key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
    holder = connection.copy()
    try:
        with holder.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [key])
        yield
    finally:
        holder.close()
