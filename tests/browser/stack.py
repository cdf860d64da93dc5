"""The product as `script/server` runs it, for tests that click."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECONDS_TO_START = 240
SECONDS_TO_STOP = 60
# The test process's own settings point to test servers; the stack brings its own.
_NEUTRAL = ("HOME", "PATH", "LANG", "TMPDIR", "USER")


@dataclass(frozen=True)
class Stack:
    """Where the running product answers, and where the stand-in for AWS does."""

    port: int
    aws_port: int

    def url(self, path: str = "/", *, host: str = "localhost") -> str:
        """The address of a page on one of its hosts."""
        return f"http://{host}:{self.port}{path}"


@contextmanager
def running() -> Iterator[Stack]:
    """Start it, wait for its `ready` line, stop it. A start that fails shows its output.

    RUNNING_STACK=<port> uses a `script/server --fresh` that runs already, while writing tests;
    RUNNING_AWS is then the port of its stand-in for AWS.
    """
    if port_of_another := os.environ.get("RUNNING_STACK"):
        yield Stack(int(port_of_another), int(os.environ.get("RUNNING_AWS", "0")))
        return
    port = _free_port()
    environment = {name: os.environ[name] for name in _NEUTRAL if name in os.environ}
    with tempfile.NamedTemporaryFile("w") as output:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "tests.browser.run_stack", str(port)],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            said = _wait_until_ready(process, Path(output.name))
            (aws_port,) = re.findall(r"^aws_port (\d+)$", said, re.MULTILINE)
            yield Stack(port, int(aws_port))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(SECONDS_TO_STOP)


def _wait_until_ready(process: subprocess.Popen[bytes], output: Path) -> str:
    """Returns what it said."""
    deadline = time.monotonic() + SECONDS_TO_START
    while True:
        said = output.read_text(errors="replace")
        if any(line.startswith("ready") for line in said.splitlines()):
            return said
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"The product did not start:\n{said}")
        time.sleep(0.2)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
