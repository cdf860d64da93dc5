"""A schema that is being restored: marked as such until its reseller's row says that it is ready.

It belongs to whoever holds its lock. One that nobody holds was left by a process that died, and may
be torn down by anybody.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error, connection, transaction
from django_tenants.utils import quote_schema_name

from resellers import migrating, schema_template
from resellers.backups.manifest import Manifest
from resellers.locks import advisory_lock, lock_if_free
from resellers.models import new_schema_name

logger = logging.getLogger(__name__)

_MARK = "being restored from a backup"


@contextmanager
def building_site() -> Iterator[str]:
    """The name of a new schema that is torn down unless it was finished in the end."""
    name = new_schema_name()
    with advisory_lock(_lock_of(name)):
        try:
            yield name
        finally:
            _leave(name)


def build(name: str, manifest: Manifest) -> None:
    """Make the schema, empty and marked, as the manifest's migrations leave one."""
    if set(manifest.migrations) == set(migrating.expected()):
        template = schema_template.current_unless_superseded()
        with transaction.atomic():
            schema_template.replay(template, name)
            _mark(name, _MARK)
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {quote_schema_name(name)}")
        _mark(name, _MARK)
    migrating.migrate_to(name, manifest.migrations)


def finish(name: str) -> None:
    """Take the mark away: in the transaction that makes the reseller ready."""
    _mark(name, None)


def clear_abandoned() -> list[str]:
    """Tear down what dead processes left. Returns the names."""
    return [name for name in _marked() if _cleared(name)]


def _leave(name: str) -> None:
    try:
        if name in _marked():
            _tear_down(name)
    except Error as error:
        # Whatever ended the work may have ended the connection, too.
        logger.warning("The schema %s is left to the next restore: %s", name, error)


def _cleared(name: str) -> bool:
    with lock_if_free(_lock_of(name)) as is_ours:
        if is_ours and name in _marked():
            _tear_down(name)
            return True
        return False


def _marked() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nspname FROM pg_namespace WHERE obj_description(oid, 'pg_namespace') = %s",
            [_MARK],
        )
        return [name for (name,) in cursor.fetchall()]


def _mark(name: str, words: str | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"COMMENT ON SCHEMA {quote_schema_name(name)} IS %s", [words])


def _tear_down(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA {quote_schema_name(name)} CASCADE")


def _lock_of(name: str) -> str:
    return f"restoring {name}"
