"""A database for each benchmark: a copy of the prepared one, gone afterwards."""

import contextlib
from collections.abc import Iterator

from django.conf import settings
from django.db import connections
from psycopg2.sql import SQL, Identifier
from redis import Redis

from embedded.postgres import DATABASE
from resellers import hosts
from resellers.schemas import connection
from tests.harness.database import administrator


@contextlib.contextmanager
def copied(name: str) -> Iterator[str]:
    """Have an installation without resellers and without tasks, and point this process at it."""
    create(name)
    empty_broker()
    try:
        with used(name):
            yield name
    finally:
        _run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def empty_broker() -> None:
    """Forget every task."""
    url = settings.CELERY_BROKER_URL.replace("redis+socket", "unix").replace("virtual_host", "db")
    with Redis.from_url(url) as broker:
        broker.flushdb()


def create(name: str) -> None:
    connections.close_all()
    _run("CREATE DATABASE {} TEMPLATE {}", name, DATABASE)


@contextlib.contextmanager
def used(name: str) -> Iterator[None]:
    """Point this process at a database."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    hosts.forget()
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def _run(statement: str, *names: str) -> None:
    with administrator() as cursor:
        cursor.execute(SQL(statement).format(*map(Identifier, names)))
