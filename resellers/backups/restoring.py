"""Restoring a backup: as a new reseller, or in place of the schema that a reseller has.

A schema of its own is built, filled, compared table by table with the checksums of the file, and
migrated to this code. Only then one transaction makes a reseller of it. Whatever happens before,
nothing is there but a marked schema that the next restore tears down.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone
from django_tenants.utils import quote_schema_name, schema_context, tenant_context

from audit import trail
from resellers import hooks, hosts, migrating
from resellers.backups import keys
from resellers.backups.archive import BrokenBackupError
from resellers.backups.building_site import build, building_site, clear_abandoned, finish
from resellers.backups.making import PORTABLE, Contents
from resellers.backups.manifest import Manifest, Seal
from resellers.backups.reading import BackupReader, TableReader
from resellers.backups.tables import Schema, first_line
from resellers.models import Domain, Reseller
from resellers.schema_template import SupersededError
from resellers.schemas import PUBLIC

State = Reseller.State
_NAMED = 3  # so many migrations are named in a refusal


class CannotRestoreError(Exception):
    """Nothing was restored. The message is fit for operators."""


@dataclass(frozen=True)
class Wishes:
    """How a backup is to be restored."""

    # Another host than the one it had.
    host: str = ""
    # Put the rows into the reseller that the backup was made of, in place of those it has.
    replace: bool = False
    # The original is gone: mails on their way are sent, links in mails stay valid.
    takes_over: bool = False
    # Restore although the key that signed the file is not known here.
    without_key: bool = False


@dataclass(frozen=True)
class Restored:
    """What came of it, with sentences for the operator."""

    reseller: Reseller
    contents: Contents
    told: list[str]


def restore(reader: BackupReader, wishes: Wishes) -> Restored:
    """Restore what the reader reads. Must run in public, outside of any transaction.

    Raises BrokenBackupError for a file that is not whole, CannotRestoreError for one that does not
    fit; nothing is left behind then.
    """
    plan = Plan(reader.manifest, wishes)
    plan.require_possible()
    clear_abandoned()
    with building_site() as schema_name:
        try:
            build(schema_name, reader.manifest)
            contents = Contents(reader.manifest, _filled(schema_name, reader))
            if migrating.behind([schema_name]):
                migrating.migrate(schema_name)
            return _made_ready(plan, schema_name, contents)
        except SupersededError as error:
            raise CannotRestoreError(
                "The database was prepared for another version. Restore with that one."
            ) from error
        except DatabaseError as error:
            raise CannotRestoreError(f"The database refused: {first_line(error)}") from error


class Plan:
    """What is to become of a backup in this installation."""

    def __init__(self, manifest: Manifest, wishes: Wishes) -> None:
        self.manifest = manifest
        self.wishes = wishes
        self.reseller = _reseller_of(manifest, wishes)

    def require_possible(self) -> None:
        """Raises CannotRestoreError, or BrokenBackupError for what no backup of ours says."""
        _require_known_migrations(self.manifest)
        if migrating.behind([PUBLIC]):
            raise CannotRestoreError(
                "This installation is not prepared. Run `manage.py prepare` first."
            )
        self._require_key()
        if self.reseller.is_demo and settings.IS_PRODUCTION:
            raise CannotRestoreError(
                "It is a demo reseller, whose passwords are public: production refuses to start "
                "with one."
            )
        if self.wishes.replace:
            self.require_replaceable()
        else:
            self._require_place()

    def require_replaceable(self) -> Reseller:
        """The row whose schema is replaced; locked where the caller is in a transaction."""
        rows = Reseller.objects.filter(pk=self.manifest.reseller["id"])
        if connection.in_atomic_block:
            rows = rows.select_for_update()
        row = rows.first()
        if row is None:
            raise CannotRestoreError(
                "This installation has no reseller that the backup was made of, so there is "
                "nothing to replace. Restore it as a new one."
            )
        if not row.is_suspended:
            raise CannotRestoreError(
                f"{row.name} is in service. Suspend it first, so that nobody works in what is "
                "replaced; then give it ten seconds."
            )
        return row

    def _require_key(self) -> None:
        if keys.knows(self.manifest.keys[0]) or self.wishes.without_key:
            return
        raise CannotRestoreError(
            f"It was signed with a key that this installation does not know "
            f"(fingerprint {self.manifest.keys[0]}). Add the SECRET_KEY of the installation that "
            "made it to SECRET_KEY_FALLBACKS: then it can be proven that nobody changed the file, "
            "and the second factors in it can be read. Or restore it --without-key."
        )

    def _require_place(self) -> None:
        try:
            self.reseller.full_clean()
        except ValidationError as error:
            raise CannotRestoreError(_sentences(error)) from error
        taken = Domain.objects.filter(domain__in=self.domains()).order_by("domain").first()
        if taken:
            raise CannotRestoreError(
                f"The host {taken.domain} belongs to another reseller. "
                "--host restores it under another one."
            )

    def domains(self) -> list[str]:
        """The hosts that lead to the restored reseller, the first one first."""
        others = [] if self.wishes.host else self.manifest.domains
        return list(dict.fromkeys([self.reseller.host, *others]))


def _reseller_of(manifest: Manifest, wishes: Wishes) -> Reseller:
    """The row as it will be. It keeps its key where nobody else has it."""
    values = {}
    try:
        for name, value in manifest.reseller.items():
            values[name] = _field(name).to_python(value)
        former, _name, _host = values.pop("id"), values["name"], values["host"]
    except (ValidationError, LookupError, TypeError, ValueError) as error:
        raise BrokenBackupError("Its manifest describes no reseller.") from error
    if wishes.host:
        values["host"] = wishes.host.lower()
    is_free = not Reseller.objects.filter(pk=former).exists()
    return Reseller(
        id=former if is_free else uuid.uuid4(),
        **values,
        state=State.READY,
        state_changed_at=timezone.now(),
    )


def _field(name: str) -> Any:
    if name not in {"id", *PORTABLE}:
        raise LookupError(name)
    return Reseller._meta.get_field(name)  # noqa: SLF001 - Django's public way to a model's fields


def _sentences(error: ValidationError) -> str:
    found = error.message_dict
    told = [
        words if field == NON_FIELD_ERRORS else f"{field}: {words}"
        for field in found
        for words in found[field]
    ]
    if {"host", NON_FIELD_ERRORS} & found.keys():
        told.append("--host restores it under another one.")
    return " ".join(told)


def _require_known_migrations(manifest: Manifest) -> None:
    unknown = sorted(set(manifest.migrations) - set(migrating.expected()))
    if unknown:
        names = ", ".join(".".join(each) for each in unknown[:_NAMED])
        raise CannotRestoreError(
            f"It was made by version {manifest.product_version}, which has migrations that this "
            f"installation (version {settings.VERSION}) does not know: {names}. Upgrade this "
            "installation first."
        )
    if not manifest.migrations or migrating.lacking(manifest.migrations):
        raise BrokenBackupError("Its migrations are not whole.")


def _filled(schema_name: str, reader: BackupReader) -> Seal:
    """Put the rows in and compare them. All of it is one transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        schema = Schema(schema_name, cursor)
        if schema.tables() != reader.manifest.tables:
            raise BrokenBackupError("Its tables are not those that its migrations make.")
        schema.settle_text()
        schema.empty()
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table in reader.tables():
            _copy_in(schema, table)
        seal = reader.seal()
        if schema.sequences().keys() != seal.sequences.keys():
            raise BrokenBackupError("Its sequences are not those that its migrations make.")
        schema.set_sequences(seal.sequences)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        _require_same(schema, reader.manifest, seal)
        return seal


def _copy_in(schema: Schema, reader: TableReader) -> None:
    try:
        schema.copy_in(reader.table, reader)
    except DatabaseError as error:
        if reader.trouble:
            raise reader.trouble from error
        raise CannotRestoreError(
            f"The database refused the rows of {reader.table.name}: {first_line(error)}"
        ) from error


def _require_same(schema: Schema, manifest: Manifest, seal: Seal) -> None:
    """What the database has now is what was backed up."""
    for table in manifest.tables:
        if schema.sums(table) != seal.tables[table.name]:
            raise CannotRestoreError(
                f"The rows of {table.name} in the database are not those of the backup."
            )


def _made_ready(plan: Plan, schema_name: str, contents: Contents) -> Restored:
    """Make a reseller of the schema, or the schema that of its reseller."""
    settle: Callable[[Plan, str], Reseller] = _replaced if plan.wishes.replace else _added
    # What a hook sends on commit must leave from inside the schema: so the transaction ends there.
    with tenant_context(Reseller(schema_name=schema_name)), transaction.atomic():
        with schema_context(PUBLIC):
            reseller = settle(plan, schema_name)
            finish(schema_name)
            trail.record("reseller.restored", subject=reseller, actor=None, note=_origin(contents))
        with tenant_context(reseller):
            told = hooks.run_after_restore(
                hooks.Restoration(reseller, plan.manifest.reseller["host"], plan.wishes.takes_over)
            )
        transaction.on_commit(hosts.forget)
    return Restored(reseller, contents, told)


def _added(plan: Plan, schema_name: str) -> Reseller:
    reseller = plan.reseller
    reseller.schema_name = schema_name
    try:
        with transaction.atomic():
            reseller.save(force_insert=True)
            for number, domain in enumerate(plan.domains()):
                Domain.objects.create(domain=domain, tenant=reseller, is_primary=number == 0)
    except IntegrityError as error:
        raise CannotRestoreError("Another reseller has this host, or is this one.") from error
    return reseller


def _replaced(plan: Plan, schema_name: str) -> Reseller:
    """The row stays as it is, suspended. Only its schema is another one."""
    reseller = plan.require_replaceable()
    former = reseller.schema_name
    reseller.schema_name = schema_name
    reseller.save(update_fields=["schema_name"])
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {quote_schema_name(former)} CASCADE")
    return reseller


def _origin(contents: Contents) -> str:
    manifest = contents.manifest
    return (
        f"from the backup of {manifest.reseller['host']} of {manifest.made_at:%Y-%m-%d %H:%M} UTC, "
        f"version {manifest.product_version}, {contents.rows} rows"
    )
