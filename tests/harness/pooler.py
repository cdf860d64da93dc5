"""Tests marked `pooler` put Debian's PgBouncer between the product and the test run's PostgreSQL.

Without it they are left out, loudly.
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

import pytest

from embedded import places

HOW_TO_GET_IT = "Debian and Ubuntu: apt-get install pgbouncer"
_REASON = f"no PgBouncer on this machine. {HOW_TO_GET_IT}"
_SECONDS_TO_START = 10
_CONFIGURATION = """
[databases]
* = host={server} port={server_port} user={user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = {mode}
default_pool_size = 20
max_client_conn = 200
ignore_startup_parameters = extra_float_digits,options
logfile =
syslog = 0
pidfile =
"""


def find_pgbouncer() -> str | None:
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextmanager
def pooler(mode: str, folder: Path, *, port: int | None = None) -> Iterator[str]:
    """The address of the test run's server through a PgBouncer in this mode."""
    server, port = urlsplit(os.environ["TEST_DATABASE_URL"]), port or _free_port()
    configuration = folder / f"{mode}.ini"
    configuration.write_text(
        _CONFIGURATION.format(
            server=unquote(server.netloc.rpartition("@")[2]),
            server_port=5432,
            user=server.username,
            port=port,
            mode=mode,
        )
    )
    program = find_pgbouncer()
    assert program
    # It does not run as root, and the folder of the server's socket is open to one user only.
    account = places.system_account() if os.geteuid() == 0 else None
    as_whom = {"user": account.uid, "group": account.gid} if account else {}
    with configuration.open("rb") as words:
        process = subprocess.Popen(  # type: ignore[call-overload]  # noqa: S603
            [program, "-q", "/dev/stdin"], stdin=words, **as_whom
        )
    try:
        _wait_for(port)
        yield urlunsplit(server._replace(netloc=f"{server.username}@127.0.0.1:{port}"))
    finally:
        process.kill()
        process.wait()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError("PgBouncer did not start.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Ask for it before a marked test's fixtures are made."""
    if item.get_closest_marker("pooler") and find_pgbouncer() is None:
        pytest.skip(_REASON)


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the very end what was left out."""
    skipped = terminalreporter.stats.get("skipped", [])
    count = sum(_REASON in str(report.longrepr) for report in skipped)
    if count:
        terminalreporter.section("NOT TESTED", sep="!", red=True, bold=True)
        terminalreporter.line(f"{count} tests with a pooler were left out: {_REASON}")
