"""Where trials play: a PostgreSQL, a Valkey and a prepared database of their own, in one place.

`describe_to_django()` comes before anything that imports a model; `running()` starts the servers.
"""

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import django
from django.core.management import call_command

from embedded import places
from embedded.instance import Instance, only_one
from embedded.places import Places
from embedded.postgres import Postgres
from embedded.valkey import Valkey

CHECKOUT = Path(__file__).resolve().parents[2]
PLATFORM_HOST = "localhost"


@dataclass
class Stage:
    """The servers of this run. They keep what was committed over a kill, as the product's do."""

    places: Places
    instance: Instance

    @property
    def postgres(self) -> Postgres:
        return Postgres(self.places)

    @property
    def valkey(self) -> Valkey:
        return Valkey(self.places)


_stage: Stage | None = None


def describe_to_django() -> None:
    """Decide on addresses and load the settings. Nothing is started yet."""
    global _stage  # noqa: PLW0603 - one run, one stage
    where = places.temporary()
    _stage = Stage(where, Instance(where, hear=lambda _name, _line: None))
    static_root = where.state / "static"
    static_root.mkdir()
    os.environ.update(
        DJANGO_SETTINGS_MODULE="config.settings",
        PORTAL_MODE="test",
        SECRET_KEY=secrets.token_urlsafe(48),
        PLATFORM_HOST=PLATFORM_HOST,
        PUBLIC_SCHEME="http",
        PUBLIC_PORT="0",
        LOG_LEVEL="WARNING",
        DATABASE_URL=_stage.postgres.url,
        REDIS_URL=_stage.valkey.cache_url(),
        CELERY_BROKER_URL=_stage.valkey.broker_url(),
        STATIC_ROOT=str(static_root),
        PYTHONUNBUFFERED="1",
    )
    os.environ.pop("INBOX_DIRECTORY", None)
    django.setup()


def current() -> Stage:
    """The stage of this run."""
    if _stage is None:
        raise RuntimeError("There is no stage. Trials are started by script/faults.")
    return _stage


@contextlib.contextmanager
def running() -> Iterator[Stage]:
    """Start the servers and prepare the database; leave nothing behind."""
    stage = current()
    try:
        with only_one(stage.places):
            stage.instance.start_postgres()
            stage.instance.start_valkey()
            call_command("prepare", verbosity=0)
            try:
                yield stage
            finally:
                stage.instance.stop()
    finally:
        shutil.rmtree(stage.places.state, ignore_errors=True)
