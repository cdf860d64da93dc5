"""A database with two ready resellers for each test process, copied from a template.

Migrating takes seconds, copying a template less than a tenth of one. So the first process migrates
a template, and a test that really commits simply gets a new copy afterwards: emptying tables would
empty only those of one schema.
"""

import contextlib
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connections, transaction
from django_tenants.utils import get_public_schema_name, schema_context, tenant_context
from psycopg2.sql import SQL, Identifier

from resellers import schema_template
from resellers.models import Domain, Reseller
from resellers.schemas import connection

RESELLERS = ("alpha", "bravo")
_ONE_AT_A_TIME = 20_251  # the number of an advisory lock


def make_tenants() -> None:
    """Make the two resellers that tests use, from the product's own template.

    Seeds are not run: nobody is in the house yet, so that tests can count exactly.
    """
    template = schema_template.current()
    for name in RESELLERS:
        reseller = Reseller(
            schema_name=name,
            name=f"{name.title()} Cloud",
            host=host_of(name),
            owner_email=f"owner@{name}.example",
            providers=["aws"],
            state=Reseller.State.READY,
        )
        reseller.save()
        with transaction.atomic():
            schema_template.replay(template, name)
        Domain.objects.create(domain=host_of(name), tenant=reseller, is_primary=True)


def host_of(name: str) -> str:
    """The host of a test reseller."""
    return f"{name}.localhost"


def create() -> None:
    """Make this process's database; make the template first where it is missing."""
    template, mine = template_name(), settings.DATABASES["default"]["NAME"]
    with administrator() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_ONE_AT_A_TIME])
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s AND datistemplate", [template])
        if not cursor.fetchone():
            _make_template(cursor, template)
        cursor.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(mine)))
        copy = SQL("CREATE DATABASE {} TEMPLATE {}")
        cursor.execute(copy.format(Identifier(mine), Identifier(template)))
        cursor.execute("SELECT pg_advisory_unlock(%s)", [_ONE_AT_A_TIME])
    connection.set_schema_to_public()


def drop() -> None:
    """Drop this process's database."""
    connections.close_all()
    mine = Identifier(settings.DATABASES["default"]["NAME"])
    with administrator() as cursor:
        cursor.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(mine))


def renew() -> None:
    """A fresh copy of the template, after a test that committed."""
    connections.close_all()
    create()


@contextlib.contextmanager
def another_installation() -> Iterator[None]:
    """Work on a database of its own, with resellers alpha and bravo, as if on other machines."""
    name = f"{settings.DATABASES['default']['NAME']}_elsewhere"
    drop_it = SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name))
    copy = SQL("CREATE DATABASE {} TEMPLATE {}")
    with administrator() as cursor:
        cursor.execute(drop_it)
        cursor.execute(copy.format(Identifier(name), Identifier(template_name())))
    try:
        with _connected_to(name):
            yield
    finally:
        with administrator() as cursor:
            cursor.execute(drop_it)


def template_name() -> str:
    """Changes with every migration and with the code that makes resellers."""
    digest = hashlib.sha256()
    folders = [Path(app.path) / "migrations" for app in apps.get_app_configs()]
    folders += [Path(app.path) for app in apps.get_app_configs() if app.label == "resellers"]
    files = [path for folder in folders for path in sorted(folder.rglob("*.py"))]
    for path in [*files, Path(__file__)]:
        digest.update(path.as_posix().encode() + path.read_bytes())
    return f"template_{digest.hexdigest()[:12]}"


@contextlib.contextmanager
def administrator() -> Iterator[Any]:
    """A cursor outside of Django, connected to the server's own database."""
    to = settings.DATABASES["default"]
    login = psycopg2.connect(
        host=to["HOST"],
        port=to["PORT"] or None,
        user=to["USER"],
        password=to["PASSWORD"],
        dbname="postgres",
    )
    login.autocommit = True
    try:
        with login.cursor() as cursor:
            yield cursor
    finally:
        login.close()


def _make_template(cursor: Any, template: str) -> None:
    cursor.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(template)))
    cursor.execute(SQL("CREATE DATABASE {}").format(Identifier(template)))
    with _connected_to(template):
        call_command("prepare", verbosity=0)
        make_tenants()
    cursor.execute(SQL("ALTER DATABASE {} IS_TEMPLATE true").format(Identifier(template)))


@contextlib.contextmanager
def _connected_to(name: str) -> Iterator[None]:
    """Point Django's connection at another database for a while."""
    mine = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = mine


@contextlib.contextmanager
def in_public() -> Iterator[None]:
    """Run in the public schema."""
    with schema_context(get_public_schema_name()):
        yield


@contextlib.contextmanager
def inside(reseller: Reseller) -> Iterator[Reseller]:
    """Run in a reseller's schema."""
    with tenant_context(reseller):
        yield reseller
