"""An installation of several processes, in which an old and a new version of the code can meet."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2.sql import SQL, Identifier

from tests.harness import database, environment
from tests.harness.environment import CHECKOUT

PATIENCE = 120
RESELLERS = int(os.environ.get("UPGRADE_RESELLERS", "4"))
_LEFT_OUT = shutil.ignore_patterns(
    ".*", "__pycache__", "tests", "docs", "node_modules", "var", "staticfiles"
)
_MIGRATION = """
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

class Migration(migrations.Migration):
    {options}
    dependencies = [("customers", "{before}")]
    operations = [{operation}]
"""
_FIELD = 'loyalty = models.CharField(max_length=20, default="", db_default="", blank=True)'
_ADD_FIELD = """migrations.AddField("customer", "loyalty",
    models.CharField(max_length=20, default="", db_default="", blank=True))"""
_ADD_INDEX = """AddIndexConcurrently("customer",
    models.Index(fields=["loyalty"], name="customer_loyalty"))"""
_MAKE = """
from resellers import flows, provisioning
from resellers.models import Reseller
for each in range({number}):
    host = f"reseller{{each}}.example.com"
    new = Reseller(name=f"Reseller {{each}}", host=host, owner_email="owner@example.com")
    provisioning.provision(flows.create(new, by=None).pk)

"""
# Somebody of each reseller's team who is logged in: host → session.
_LOG_IN = """
import json
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from accounts.sessions import SessionStore
from django_tenants.utils import tenant_context
from django.conf import settings
from accounts.models import StaffMember, User
from resellers.models import Reseller
sessions = {}
for reseller in Reseller.objects.in_service():
    with tenant_context(reseller):
        user = User.objects.filter(email="load@example.com").first()
        if user is None:
            user = User.objects.create_user("load@example.com", status="active")
            StaffMember.objects.create(user=user, role="owner")
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        sessions[reseller.host] = session.session_key
print("SESSIONS", json.dumps(sessions))
"""


def next_version(folder: Path) -> Path:
    """This code with one column and one index more for every customer."""
    checkout = folder / "next version"
    shutil.copytree(CHECKOUT, checkout, ignore=_LEFT_OUT)
    models = checkout / "customers" / "models" / "customers.py"
    source = models.read_text()
    before_meta = source.index("    class Meta:", source.index("class Customer("))
    models.write_text(f"{source[:before_meta]}    {_FIELD}\n\n{source[before_meta:]}")
    migrations = checkout / "customers" / "migrations"
    last = max(path.stem for path in migrations.glob("0*.py"))
    for name, options, operation in (
        ("0998_loyalty", "", _ADD_FIELD),
        ("0999_loyalty_index", "atomic = False", _ADD_INDEX),
    ):
        text = _MIGRATION.format(options=options, before=last, operation=operation)
        (migrations / f"{name}.py").write_text(text)
        last = name
    return checkout


@dataclass
class Process:
    """One process of the installation."""

    popen: "subprocess.Popen[bytes]"
    port: int = 0

    def ask_to_stop(self) -> None:
        self.popen.send_signal(signal.SIGTERM)

    def stop(self) -> int:
        self.ask_to_stop()
        return self.popen.wait(PATIENCE)


@dataclass
class Installation:
    """One database and one broker; processes of any version."""

    state: Path
    environment: dict[str, str]
    started: list[Process] = field(default_factory=list)

    def manage(self, version: Path, *words: str, given: str = "") -> str:
        """Run a command to its end. Returns what it said."""
        done = subprocess.run(  # noqa: S603
            [sys.executable, "manage.py", *words],
            cwd=version,
            env=self.environment,
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def make_resellers(self, version: Path, number: int) -> None:
        self.manage(version, "shell", "--no-imports", given=_MAKE.format(number=number))

    def log_in(self, version: Path) -> dict[str, str]:
        """A session at each reseller, by host."""
        said = self.manage(version, "shell", "--no-imports", given=_LOG_IN)
        (line,) = [line for line in said.splitlines() if "SESSIONS" in line]
        sessions: dict[str, str] = json.loads(line.partition("SESSIONS ")[2])
        return sessions

    def web(self, version: Path) -> Process:
        """A web server, started as docs/operations.md says."""
        port = _free_port()
        options = f"--interface wsgi --host 127.0.0.1 --port {port} --workers 1"
        more = "--blocking-threads 2 --no-ws --log-level warning --workers-kill-timeout 30"
        command = ["-m", "granian", "config.wsgi:application", *options.split(), *more.split()]
        return self._start(version, f"web{port}", command, port)

    def worker(self, version: Path, *options: str) -> Process:
        quiet = ["--without-gossip", "--without-mingle", "-n", f"{len(self.started)}@%h"]
        command = ["worker", "-l", "warning", "-c", "1", *quiet, *options]
        return self._celery(version, f"worker{len(self.started)}", command)

    def beat(self, version: Path) -> Process:
        command = ["beat", "-l", "warning", "-s", str(self.state / "schedule"), "--pidfile="]
        return self._celery(version, f"beat{len(self.started)}", command)

    def stop(self) -> None:
        for process in self.started:
            # Each is the first of a group: a web server that was killed leaves its workers behind.
            with suppress(ProcessLookupError):
                os.killpg(process.popen.pid, signal.SIGKILL)
            process.popen.wait()

    def log(self) -> str:
        """What the processes said."""
        return "\n".join(
            f"── {path.name}\n{path.read_text()}" for path in sorted(self.state.glob("*.log"))
        )

    def forget_logs(self) -> None:
        for path in self.state.glob("*.log"):
            path.unlink()

    def _celery(self, version: Path, name: str, words: list[str]) -> Process:
        command = ["-W", "ignore:::celery.platforms", "-m", "celery", "-q", "-A", "config", *words]
        return self._start(version, name, command)

    def _start(self, version: Path, name: str, words: list[str], port: int = 0) -> Process:
        with (self.state / f"{name}.log").open("wb") as log:
            popen = subprocess.Popen(  # noqa: S603
                [sys.executable, *words],
                cwd=version,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        process = Process(popen, port)
        self.started.append(process)
        return process


def host_of(number: int) -> str:
    return f"reseller{number}.example.com"


def name_of(host: str) -> str:
    """What `make_resellers` calls the reseller of a host."""
    return host.partition(".")[0].replace("reseller", "Reseller ")


def is_ready(web: Process) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=10)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def wait_for(condition: Callable[[], object], *, what: str, seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not in {seconds:g} seconds"
        time.sleep(0.1)


@contextmanager
def installation(folder: Path, static_files: Path) -> Iterator[Installation]:
    """On the test run's servers, with a database and a part of Valkey to itself."""
    name = f"upgrade_{os.getpid()}"
    with _database(name):
        there = Installation(folder, _environment(name, folder, static_files))
        try:
            yield there
        finally:
            there.stop()


@contextmanager
def cursor_of(there: Installation) -> Iterator[Any]:
    """A look into its database, past the product."""
    with closing(psycopg2.connect(there.environment["DATABASE_URL"])) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor


def schema_of(there: Installation, host: str) -> str:
    with cursor_of(there) as cursor:
        cursor.execute("SELECT schema_name FROM resellers_reseller WHERE host = %s", [host])
        return str(cursor.fetchone()[0])


def states(there: Installation) -> dict[str, str]:
    """Of each reseller, by host."""
    with cursor_of(there) as cursor:
        cursor.execute("SELECT host, state FROM resellers_reseller")
        return dict(cursor.fetchall())


def request_reseller(there: Installation, version: Path, number: int) -> None:
    words = ["--name", f"New {number}", "--host", host_of(number), "--owner-email", "o@example.com"]
    there.manage(version, "create_reseller", *words)


@contextmanager
def _database(name: str) -> Iterator[None]:
    drop = SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name))
    with database.administrator() as cursor:
        cursor.execute(drop)
        cursor.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
    try:
        yield
    finally:
        with database.administrator() as cursor:
            cursor.execute(drop)


def _environment(name: str, folder: Path, static_files: Path) -> dict[str, str]:
    server = urlsplit(os.environ["TEST_DATABASE_URL"])
    (folder / "mail").mkdir()
    return {
        **{each: os.environ[each] for each in ("PATH", "HOME") if each in os.environ},
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PORTAL_MODE": "test",
        "SECRET_KEY": "only for this upgrade",
        "PLATFORM_HOST": "platform.example.com",
        "PUBLIC_SCHEME": "http",
        "PYTHONUNBUFFERED": "1",
        "DATABASE_URL": urlunsplit(server._replace(path=name)),
        **environment.valkey(beside=True),
        "STATIC_ROOT": str(static_files),
        "INBOX_DIRECTORY": str(folder / "mail"),
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
