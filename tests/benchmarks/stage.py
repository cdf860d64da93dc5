"""The product as in production, on servers of its own: where benchmarks are played."""

import contextlib
import http.client
import secrets
import shutil
import socket
import sys
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.fernet import Fernet

from embedded import places
from embedded.errors import CannotStartError
from embedded.instance import Instance, only_one
from embedded.places import Places, private_folder
from embedded.postgres import DATABASE, Postgres
from embedded.processes import Child, Program
from embedded.valkey import Valkey

CHECKOUT = Path(__file__).resolve().parents[2]
LOOPBACK = "127.0.0.1"
PLATFORM_HOST = "platform.example"
SETTINGS = "tests.benchmarks.settings"
# As docs/operations.md runs it.
_WEB = "--interface wsgi --blocking-threads 2 --no-ws --log-level warning"
_WORKER = "worker -l warning --without-gossip --without-mingle"
_PROCESSES = 2  # of the web server, and of the worker


@dataclass
class Stage:
    """PostgreSQL and Valkey are running; web servers and workers come and go."""

    instance: Instance
    postgres: Child
    mail_port: int
    in_a_hurry: bool
    secret_key: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    credentials_key: str = field(default_factory=lambda: Fernet.generate_key().decode())

    def variables(self, database: str = DATABASE) -> dict[str, str]:
        """The environment of the product in production, behind a proxy that ends TLS."""
        where = self.instance.places
        return {
            "DJANGO_SETTINGS_MODULE": SETTINGS,
            "PORTAL_MODE": "production",
            "SECOND_FACTOR_FOR": "",  # whoever measures has a password only
            "SECRET_KEY": self.secret_key,
            "CREDENTIALS_KEYS": self.credentials_key,
            "PLATFORM_HOST": PLATFORM_HOST,
            "TRUSTED_PROXY_COUNT": "1",
            "DATABASE_URL": Postgres(where).url.removesuffix(DATABASE) + database,
            "REDIS_URL": Valkey(where).cache_url(),
            "CELERY_BROKER_URL": Valkey(where).broker_url(),
            "EMAIL_URL": f"smtp://{LOOPBACK}:{self.mail_port}",
            "STATIC_ROOT": str(private_folder(where.state / "static", None)),
            "LOG_LEVEL": "ERROR",
            "PATH": "/usr/bin:/bin",
            **({"BENCHMARK_IN_A_HURRY": "1"} if self.in_a_hurry else {}),
        }

    @property
    def processes(self) -> str:
        return "1" if self.in_a_hurry else str(_PROCESSES)

    @contextlib.contextmanager
    def web(self, database: str = DATABASE) -> Iterator["Web"]:
        """A web server on one database."""
        port = free_port()
        address = f"--host {LOOPBACK} --port {port}"
        words = ["-m", "granian", "config.wsgi:application", *_WEB.split(), *address.split()]
        words += ["--workers", self.processes]
        program = self.program(f"web_{database}", words, database)
        web = Web(self.instance.start(program, is_ready=lambda: answers(port)), port)
        with self._stopped(web.child):
            yield web

    @contextlib.contextmanager
    def worker(self, database: str = DATABASE) -> Iterator[Child]:
        """A Celery worker on one database."""
        words = ["-W", "ignore:::celery.platforms", "-m", "celery", "-q", "-A", "config"]
        child = self.instance.start(
            self.program(
                f"worker_{database}", [*words, *_WORKER.split(), "-c", self.processes], database
            )
        )
        with self._stopped(child):
            yield child

    @contextlib.contextmanager
    def running(self, name: str, words: list[str]) -> Iterator[Child]:
        """Any other Python program."""
        child = self.instance.start(self.program(name, words, DATABASE))
        with self._stopped(child):
            yield child

    def program(self, name: str, words: list[str], database: str) -> Program:
        """How to run a Python program in the product's environment."""
        variables: Mapping[str, str] = self.variables(database)
        return Program(name, [sys.executable, *words], variables, folder=CHECKOUT)

    @contextlib.contextmanager
    def _stopped(self, child: Child) -> Iterator[None]:
        try:
            yield
        finally:
            self.instance.children.remove(child)
            child.stop()


@dataclass(frozen=True)
class Web:
    """A running web server."""

    child: Child
    port: int


@contextlib.contextmanager
def set_up(*, in_a_hurry: bool = False) -> Iterator[Stage]:
    """Start the servers; afterwards nothing of them stays.

    PostgreSQL stands on a disk and keeps its promises as it does in production: that is what
    writing costs. In a hurry everything is smaller, and in memory.
    """
    where = places.temporary() if in_a_hurry else _on_disk()
    last_words: deque[str] = deque(maxlen=30)
    instance = Instance(where, hear=lambda name, line: last_words.append(f"{name}: {line}"))
    with only_one(where) as ours:
        if not ours:
            raise CannotStartError("Another run of script/bench uses this checkout.")
        try:
            instance.start_postgres()
            [postgres] = instance.children
            instance.start_valkey()
            yield Stage(instance, postgres, mail_port=free_port(), in_a_hurry=in_a_hurry)
        except CannotStartError as error:
            raise CannotStartError("\n".join([str(error), *last_words])) from error
        finally:
            instance.stop()
            shutil.rmtree(where.state, ignore_errors=True)


def answers(port: int) -> bool:
    """Whether a web server is ready to serve."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def _on_disk() -> Places:
    """Beside the checkout's own instance, so that both may run at once."""
    beside = private_folder(CHECKOUT / "var", None) / "benchmarks"
    return places.of_checkout(private_folder(beside, None))
