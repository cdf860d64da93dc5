"""Making a backup: one snapshot of one reseller's schema, written as it is read."""

import datetime as dt
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import IO, Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django_tenants.utils import schema_context

from audit import trail
from resellers.backups import keys
from resellers.backups.archive import LARGEST_MEMBER, ArchiveWriter
from resellers.backups.manifest import Manifest, Seal, Table, sha256
from resellers.backups.tables import Schema, Summing, first_line
from resellers.models import Domain, Reseller
from resellers.schemas import PUBLIC

MANIFEST, SEAL = "manifest.json", "seal.json"
# What a reseller's row keeps wherever it goes. Host, key and schema are settled on arrival.
PORTABLE = (
    "name",
    "host",
    "currency",
    "time_zone",
    "language",
    "providers",
    "owner_email",
    "owner_name",
    "brand_color",
    "support_email",
    "support_phone",
    "is_demo",
    "suspended_at",
    "suspension_reason",
    "created_at",
)
_LOCK_SECONDS = 30


class CannotBackUpError(Exception):
    """No backup was made. The message is fit for operators."""


@dataclass(frozen=True)
class Contents:
    """What a whole, unchanged backup holds."""

    manifest: Manifest
    seal: Seal

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.seal.tables.values())


def member_of(table: str, number: int) -> str:
    """What a part of a table is called in the file."""
    return f"tables/{table}.{number:06d}"


def back_up(reseller: Reseller, target: IO[bytes]) -> Contents:
    """Write the reseller as it is at one moment. Others go on working meanwhile.

    Raises CannotBackUpError.
    """
    if reseller.state != Reseller.State.READY:
        raise CannotBackUpError(
            f"{reseller.name} is not ready ({reseller.get_state_display()}): there is no whole "
            "schema to back up."
        )
    try:
        with _snapshot(reseller.schema_name) as (schema, tables):
            return _written(_manifest(reseller, schema, tables), schema, ArchiveWriter(target))
    except DatabaseError as error:
        raise CannotBackUpError(f"The database refused: {first_line(error)}") from error


@transaction.atomic
def note(reseller: Reseller, contents: Contents) -> None:
    """Write into the trail that a backup was made."""
    about = f"{len(contents.manifest.tables)} tables, {contents.rows} rows"
    trail.record("reseller.backed_up", subject=reseller, actor=None, note=about)


@contextmanager
def _snapshot(schema_name: str) -> Iterator[tuple[Schema, list[Table]]]:
    """The schema as it is at one moment, on a connection of its own.

    The tables are locked before the moment is chosen: a migration that rewrites a table in between
    would leave it empty in there.
    """
    with closing(connection.copy()) as ours, ours.cursor() as cursor:
        schema = Schema(schema_name, cursor)
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute(f"SET LOCAL lock_timeout = '{_LOCK_SECONDS}s'")
        locked = _tables_now(schema_name)
        schema.lock(locked)
        tables = schema.tables()
        if tables != locked:
            raise CannotBackUpError("The schema is being migrated. Try again when that is done.")
        schema.settle_text()
        yield schema, tables
        cursor.execute("COMMIT")


def _tables_now(schema_name: str) -> list[Table]:
    with connection.cursor() as cursor:
        tables = Schema(schema_name, cursor).tables()
    if not tables:
        raise CannotBackUpError(f"There is no schema {schema_name}.")
    return tables


def _manifest(reseller: Reseller, schema: Schema, tables: list[Table]) -> Manifest:
    domains = Domain.objects.filter(tenant=reseller).order_by("-is_primary", "domain")
    return Manifest(
        made_at=timezone.now(),
        product_version=settings.VERSION,
        postgres_version=_postgres_version(),
        keys=keys.fingerprints(),
        reseller={
            "id": str(reseller.pk),
            **{name: _plain(getattr(reseller, name)) for name in PORTABLE},
        },
        domains=list(domains.values_list("domain", flat=True)),
        schema_name=reseller.schema_name,
        migrations=schema.migrations(),
        tables=tables,
    )


def _written(manifest: Manifest, schema: Schema, archive: ArchiveWriter) -> Contents:
    content = manifest.to_json()
    archive.add(MANIFEST, content)
    seal = Seal(sha256(content), sequences=schema.sequences())
    for table in manifest.tables:
        parts = _Parts(archive, table.name)
        schema.copy_out(table, parts)
        parts.flush()
        seal.tables[table.name] = parts.summing.sums()
    archive.add(SEAL, seal.to_json())
    archive.close()
    return Contents(manifest, seal)


class _Parts:
    """Cuts the rows of a table into members."""

    def __init__(self, archive: ArchiveWriter, table: str) -> None:
        self.summing = Summing()
        self._archive, self._table = archive, table
        self._number = 0
        self._waiting = bytearray()

    def write(self, data: bytes) -> None:
        self.summing.write(data)
        self._waiting += data
        while len(self._waiting) > LARGEST_MEMBER:
            self._add(LARGEST_MEMBER)

    def flush(self) -> None:
        if self._waiting:
            self._add(len(self._waiting))

    def _add(self, size: int) -> None:
        name = member_of(self._table, self._number)
        self._archive.add(name, bytes(self._waiting[:size]))
        del self._waiting[:size]
        self._number += 1


def _postgres_version() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (version,) = cursor.fetchone()
        return str(version)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.datetime) else value


def find(host_or_schema: str) -> Reseller:
    """The reseller of a host or a schema's name. Raises CannotBackUpError."""
    with schema_context(PUBLIC):
        by_schema = Reseller.objects.filter(schema_name=host_or_schema)
        by_host = Reseller.objects.filter(host=host_or_schema.lower())
        found = by_schema.first() or by_host.first()
    if found is None:
        raise CannotBackUpError(f"There is no reseller with the host or schema {host_or_schema}.")
    return found
