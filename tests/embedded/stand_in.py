"""A product of a few lines with the same commands, so that the supervisor is tested for itself."""

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from embedded import places

PACKAGE = Path(places.__file__).parent
FILES = {
    "manage.py": """
import os, signal, sys
from pathlib import Path
with Path(os.environ["STATIC_ROOT"]).with_name("commands").open("a") as file:
    print(sys.argv[1], file=file)
if sys.argv[1] == "demo_logins":
    print("North  http://north.localhost:" + os.environ["PUBLIC_PORT"] + "/  owner@north.example")
if sys.argv[1] == os.environ.get("STAND_IN_FAILS_AT"):
    sys.exit("It does not want to.")
if sys.argv[1] == "demo_aws":
    Path(os.environ["STATIC_ROOT"]).with_name("aws").write_text(" ".join(sys.argv[2:]))
    signal.pause()
""",
    "config/__init__.py": """
import os
from celery import Celery
celery_app = app = Celery("stand_in", broker=os.environ["CELERY_BROKER_URL"])
app.conf.broker_connection_retry_on_startup = True
""",
    "config/wsgi.py": """
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"here"]
""",
    "config/settings.py": "",
    "requirements/runtime.txt": "",
}


@dataclass
class StandIn:
    """A checkout with the stand-in product, in a path with a space in it."""

    checkout: Path
    port: int = field(
        default_factory=lambda: free_port()  # noqa: PLW0108 - defined below
    )
    started: list["subprocess.Popen[str]"] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Write the checkout."""
        for name, text in FILES.items():
            path = self.checkout / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(PACKAGE, self.checkout / "embedded", ignore=ignore)

    @property
    def places(self) -> places.Places:
        """Where its data is."""
        return places.of_checkout(self.checkout)

    def start(self, *options: str, **variables: str) -> "subprocess.Popen[str]":
        """Start the supervisor."""
        server = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "embedded.server", "--port", str(self.port), *options],
            cwd=self.checkout,
            env=clean_environment() | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.started.append(server)
        return server

    def start_and_wait(self, *options: str) -> "subprocess.Popen[str]":
        """Start it and read until it says that it is ready."""
        server = self.start(*options)
        self.heard = []
        assert server.stdout
        for line in server.stdout:
            self.heard.append(line)
            if line.startswith("ready"):
                return server
        raise AssertionError(self.heard)

    def get(self, path: str) -> str:
        """A page's text."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        connection.request("GET", path)
        text = connection.getresponse().read().decode()
        connection.close()
        return text

    def commands(self) -> list[str]:
        """The manage.py commands that ran so far."""
        return (self.places.state / "commands").read_text().split()

    def processes(self) -> list[int]:
        """Everything that runs for this checkout."""
        marks = {str(self.checkout), str(self.places.state), str(self.places.sockets)}
        return [pid for pid in running() if any(mark in known_of(pid) for mark in marks)]

    def wait_until_gone(self) -> list[int]:
        """What still runs after a while; the kernel's signals take a moment."""
        deadline = time.monotonic() + 60
        while (left := self.processes()) and time.monotonic() < deadline:
            time.sleep(0.05)
        return left

    def clean_up(self) -> None:
        """Stop what a failed test left, and remove what is not in the test's own folder."""
        for server in self.started:
            if server.poll() is None:
                server.send_signal(signal.SIGTERM)
                server.communicate()
            if server.stdout:
                server.stdout.close()
        where = self.places
        shutil.rmtree(where.state, ignore_errors=True)
        shutil.rmtree(where.sockets, ignore_errors=True)


def running() -> list[int]:
    """All processes but this one."""
    return [int(p.name) for p in Path("/proc").iterdir() if re.fullmatch(r"\d+", p.name)]


def known_of(pid: int) -> str:
    """A process's folder and command; nothing once it has ended."""
    try:
        folder = Path(f"/proc/{pid}/cwd").readlink()
        return f"{folder}/ {Path(f'/proc/{pid}/cmdline').read_text()}"
    except OSError:
        return ""


def clean_environment() -> dict[str, str]:
    """Without the variables that this test run set for Django."""
    wanted = ("PATH", "HOME", "LANG", "TMPDIR")
    return {name: os.environ[name] for name in wanted if name in os.environ}


def free_port() -> int:
    """A port that nobody uses right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
