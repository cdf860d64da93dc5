"""Where trials play: a PostgreSQL, a Valkey and a prepared database of their own, in one place.

`describe_to_django()` comes before anything that imports a model; `running()` starts the servers.
"""

import atexit
import contextlib
import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import django
from django.core.management import call_command

from embedded import places
from embedded.errors import CannotStartError
from embedded.instance import Instance, only_one
from embedded.places import Places
from embedded.postgres import DATABASE, ROLE, Postgres
from embedded.processes import Child, Program
from embedded.valkey import Valkey
from tests.faults.mail_server import free_port
from tests.faults.visits import Site

CHECKOUT = Path(__file__).resolve().parents[2]
PLATFORM_HOST = "localhost"
_MOST_PORTS = 3
# What the processes say: on a file of one's own to find out why a trial fails.
LOG = Path(os.environ.get("FAULTS_LOG", os.devnull))


@dataclass
class Stage:
    """The servers of this run. They keep what was committed over a kill, as the product's do."""

    places: Places
    instance: Instance
    mail_port: int

    @property
    def postgres(self) -> Postgres:
        return Postgres(self.places)

    @property
    def valkey(self) -> Valkey:
        return Valkey(self.places)

    @property
    def postgres_socket(self) -> Path:
        """Where the database listens."""
        return next(
            each for each in self.places.sockets.glob(".s.PGSQL.*") if each.suffix != ".lock"
        )

    def database_url(self, port: int, connect_timeout: int) -> str:
        """The database behind a port of this machine."""
        return f"postgres://{ROLE}@127.0.0.1:{port}/{DATABASE}?connect_timeout={connect_timeout}"

    def child(self, name: str) -> Child:
        """The running program of this name."""
        return next(each for each in self.instance.children if each.program.name == name)

    def pid(self, name: str) -> int:
        """Its process."""
        process = self.child(name)._process
        assert process
        return process.pid

    def end(self, name: str, *, kill: bool = False) -> None:
        """Stop a server in order, or kill it."""
        child = self.child(name)
        if kill:
            child.tidy_up()
        else:
            child.stop()
        self.instance.children.remove(child)

    @contextlib.contextmanager
    def web(self, **environment: str) -> Iterator[Site]:
        """The web server, as `docs/operations.md` starts it."""
        site = self._start_web(environment)
        try:
            yield site
        finally:
            self.end("web", kill=True)

    def _start_web(self, environment: dict[str, str]) -> Site:
        for attempt in range(_MOST_PORTS):
            site = Site(free_port())
            try:
                self.instance.start(_web_server(site.port, environment), is_ready=site.is_ready)
            except CannotStartError:  # somebody else took the port meanwhile
                self.end("web", kill=True)
                if attempt == _MOST_PORTS - 1:
                    raise
            else:
                break
        return site


def _web_server(port: int, environment: dict[str, str]) -> Program:
    options = f"--interface wsgi --port {port} --workers 1 --blocking-threads 2 --no-ws"
    words = ["-m", "granian", "tests.faults.wsgi:application", *options.split()]
    return Program(
        name="web",
        command=[sys.executable, *words, "--log-level", "warning"],
        environment={**os.environ, **environment},
        folder=CHECKOUT,
    )


_stage: Stage | None = None


def _note(name: str, line: str) -> None:
    """Keep what a server says, where somebody asked for it."""
    with LOG.open("a") as log:
        print(f"{name}: {line}", file=log)


def describe_to_django() -> None:
    """Decide on addresses and load the settings. Nothing is started yet."""
    global _stage  # noqa: PLW0603 - one run, one stage
    where = places.temporary()
    _stage = Stage(where, Instance(where, hear=_note), free_port())
    atexit.register(shutil.rmtree, where.state, ignore_errors=True)
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
        EMAIL_URL=f"smtp://127.0.0.1:{_stage.mail_port}",
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
    with only_one(stage.places):
        try:
            stage.instance.start_postgres()
            stage.instance.start_valkey()
            call_command("prepare", verbosity=0)
            yield stage
        finally:
            stage.instance.stop()
