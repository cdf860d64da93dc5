"""Real workers: processes of the product in the environment of this test run."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

import psycopg2
from django.db import connection

from tests.harness.environment import CHECKOUT

_CELERY = "-W ignore:::celery.platforms -m celery -q -A config worker -l info"
_QUIET = "--without-gossip --without-mingle"
PATIENCE = 90.0  # seconds: a process that starts on a busy machine has time


@contextlib.contextmanager
def worker(options: str, folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A Celery worker with these options, in a session of its own. Its mails land in `folder`."""
    words = [*_CELERY.split(), *_QUIET.split(), *options.split()]
    with (folder / "worker.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - our own words
            [sys.executable, *words],
            cwd=CHECKOUT,
            env={**os.environ, "INBOX_DIRECTORY": str(folder / "mails")},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        kill(process)


def kill(process: "subprocess.Popen[bytes]") -> None:
    """SIGKILL to it and to every child, and wait for the end."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_until(is_so: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Ask again and again."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


class Barrier:
    """A connection of its own that holds a lock until the block ends: who wants it stands still."""

    def __init__(self, statement: str) -> None:
        self.statement = statement

    def __enter__(self) -> Self:
        parameters = connection.get_connection_params()
        parameters.pop("cursor_factory", None)
        self._connection = psycopg2.connect(**parameters)
        with self._connection.cursor() as cursor:
            cursor.execute(self.statement)
        return self

    def __exit__(self, *_error: object) -> None:
        self._connection.close()

    def waiting(self) -> set[int]:
        """The database processes that wait for us."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pid FROM pg_stat_activity WHERE %s = ANY(pg_blocking_pids(pid))",
                [self._connection.info.backend_pid],
            )
            return {pid for (pid,) in cursor.fetchall()}
