"""`script/server`: everything the product needs, under one supervisor.

Starts PostgreSQL and Valkey, prepares the database, then runs the web server, the Celery workers
and beat until Ctrl-C. When one of them dies, all are stopped.
"""

import argparse
import contextlib
import errno
import http.client
import re
import shutil
import signal
import socket
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from embedded import environment, places
from embedded.errors import CannotStartError
from embedded.instance import Instance, only_one
from embedded.places import Places
from embedded.processes import Child, Program
from embedded.static_files import StaticFiles

CHECKOUT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
_OF_INSTANCE = (
    "postgres",
    "valkey",
    "mail",
    "static",
    "secret_key",
    "beat",
    "static.stamp",
    "aws_port",
)
# Short tasks and jobs that take minutes: none of the former waits behind the latter.
WORKERS = {"worker": "-Q celery -c 2", "jobs": "-Q jobs -c 1 -n jobs@%h"}
_SELDOM_HEARD = {
    "postgres",
    "valkey",
    "aws",
}  # chatty and rarely of use; shown when something fails
_HIGHEST_PORT = 65535


class Stopped(Exception):  # noqa: N818 - not an error: somebody pressed Ctrl-C while we were starting
    """The person wants to stop."""


@dataclass
class Supervisor:
    """Starts the parts in order, watches them, stops them in reverse."""

    places: Places
    port: int
    instance: Instance = field(init=False)
    variables: Mapping[str, str] = field(init=False)
    plays_aws: bool = field(init=False)
    aws_port: int = field(init=False)
    wants_to_stop: threading.Event = field(default_factory=threading.Event)
    wants_to_kill: threading.Event = field(default_factory=threading.Event)
    _kept: deque[str] = field(default_factory=lambda: deque(maxlen=40))

    def __post_init__(self) -> None:
        """Decide on the environment once, before anything starts."""
        self.plays_aws = not environment.Wishes.read().own_aws
        self.aws_port = environment.choose_aws_port(self.places) if self.plays_aws else 0
        self.variables = environment.of_product(self.places, port=self.port)
        self.instance = Instance(self.places, self.hear)

    def run(self) -> int:
        """Everything from start to end. Returns the exit code."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        try:
            self.start_servers()
            logins = self.prepare()
            self.start_product()
            self.announce(logins)
            return self.watch()
        except Stopped:
            return 0
        except CannotStartError as error:
            self._repeat_kept()
            say(f"server   | {error}")
            return 1
        finally:
            self.stop()

    def start_servers(self) -> None:
        """PostgreSQL and Valkey, unless the environment names others."""
        wishes = environment.Wishes.read()
        if wishes.own_database:
            say("server   | Using the database that DATABASE_URL names.")
        else:
            self.instance.start_postgres()
            self._respect_wish()
        if wishes.own_redis:
            say("server   | Using the server that REDIS_URL names.")
        else:
            self.instance.start_valkey()
            self._respect_wish()

    def prepare(self) -> list[str]:
        """Bring the database and the static files up to date.

        Returns the lines about the demo's log-ins.
        """
        say("server   | Preparing the database; the first time takes up to a minute.")
        self.manage("prepare")
        self.manage("load_demo")
        static_files = StaticFiles(CHECKOUT, self.places.state)
        if not static_files.are_current():
            self.manage("collectstatic", "--noinput", "--clear", "--verbosity", "0")
            static_files.note()
        logins: list[str] = []
        self.manage("demo_logins", keep=logins)
        return logins

    def manage(self, *words: str, keep: list[str] | None = None) -> None:
        """Run one `manage.py` command to its end. With `keep`, its lines go there."""
        child = Child(
            self._program("prepare", "manage.py", *words),
            self.instance.records,
            self.hear if keep is None else lambda _name, line: keep.append(line),
        )
        self.instance.children.append(child)
        child.start()
        while not child.wait(0.1):
            self._respect_wish()
        self.instance.children.remove(child)
        child.tidy_up()
        if child.exit_code:
            for line in keep or []:
                say(line)
            raise CannotStartError(f"manage.py {words[0]} failed.")

    def start_product(self) -> None:
        """AWS's stand-in, workers, beat, web server."""
        if self.plays_aws:
            serve = ["demo_aws", "serve", "--at", str(self.aws_port)]
            self.instance.start(self._program("aws", "manage.py", *serve))
        celery = ["-W", "ignore:::celery.platforms", "-m", "celery", "-q", "-A", "config"]
        for name, options in WORKERS.items():
            words = ["worker", "-l", "warning", "--without-gossip", "--without-mingle"]
            worker = self._program(name, *celery, *words, *options.split(), seconds_to_stop=120)
            self.instance.start(worker)
        schedule = places.private_folder(self.places.state / "beat", None) / "schedule"
        beat = ["beat", "-l", "warning", "-s", str(schedule), "--pidfile="]
        self.instance.start(self._program("beat", *celery, *beat))
        options = (
            f"--interface wsgi --host {HOST} --port {self.port} --workers 2 --blocking-threads 2"
        )
        quiet = ["--no-ws", "--log-level", "warning", "--workers-kill-timeout", "10"]
        web = self._program(
            "web", "-m", "granian", "config.wsgi:application", *options.split(), *quiet
        )
        self.instance.start(web, is_ready=self._web_is_ready, is_unwanted=self.wants_to_stop.is_set)
        self._respect_wish()

    def announce(self, logins: list[str]) -> None:
        """The log-ins, and the one line that says it is all there."""
        for line in logins:
            say(line)
        found = re.findall(r"https?://[^\s/,;)]+", "\n".join(logins))
        addresses = dict.fromkeys([f"http://localhost:{self.port}", *found])
        say(f"ready    {'  '.join(addresses)}")

    def watch(self) -> int:
        """Wait for Ctrl-C, or for one of the children to die."""
        while not self.wants_to_stop.wait(0.3):
            for child in self.instance.children:
                if not child.runs:
                    child.tidy_up()
                    name, code = child.program.name, child.exit_code
                    self._repeat_kept(name)
                    say(f"server   | {name} ended by itself (exit code {code}). Stopping the rest.")
                    return 1
        return 0

    def stop(self) -> None:
        """Stop the last started first; a second Ctrl-C kills."""
        children = list(reversed(self.instance.children))
        if children:
            say(
                "server   | Stopping; running tasks are finished first. Press Ctrl-C again to kill."
            )
        self.wants_to_kill.clear()
        for child in children:
            child.ask_to_stop()
            deadline = time.monotonic() + child.program.seconds_to_stop
            while not child.wait(0.1):
                if self.wants_to_kill.is_set() or time.monotonic() > deadline:
                    break
            child.tidy_up()
        self.instance.children.clear()

    def hear(self, name: str, line: str) -> None:
        """Show a child's line behind its name."""
        if name in _SELDOM_HEARD:
            self._kept.append(f"{name:9}| {line}")
        elif line:
            say(f"{name:9}| {line}")

    def _repeat_kept(self, name: str = "") -> None:
        for line in self._kept:
            if line.startswith(name):
                say(line)

    def _program(self, name: str, *words: str, seconds_to_stop: float = 20) -> Program:
        return Program(
            name=name,
            command=[sys.executable, *words],
            environment=self.variables,
            folder=CHECKOUT,
            seconds_to_stop=seconds_to_stop,
        )

    def _web_is_ready(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _respect_wish(self) -> None:
        if self.wants_to_stop.is_set():
            raise Stopped

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self.wants_to_stop.is_set():
            self.wants_to_kill.set()
        self.wants_to_stop.set()


def say(line: str) -> None:
    """Print a line at once; a terminal that has gone away is no reason to fail."""
    with contextlib.suppress(OSError):
        print(line, flush=True)


def refuse_taken_port(port: int) -> None:
    """Find out before anything starts, because a web server may silently share a port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno == errno.EACCES:
                reason = f"Port {port} needs rights that you do not have"
            else:
                reason = f"Port {port} is taken by another program"
            raise CannotStartError(
                f"{reason}. Choose another one, for example: script/server --port {port + 1000}"
            ) from error


def start_over(state: Path) -> None:
    """Remove the data of this checkout's instance, and nothing else."""
    for name in _OF_INSTANCE:
        path = state / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def port_number(text: str) -> int:
    """A port as people may write it."""
    if not text.isdecimal() or not 0 < int(text) <= _HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"a port is a number from 1 to {_HIGHEST_PORT}")
    return int(text)


def serve(port: int, *, fresh: bool) -> int:
    """Run this checkout's one instance."""
    where = places.of_checkout(CHECKOUT)
    with only_one(where) as ours:
        if not ours:
            raise CannotStartError("This checkout's server is already running. Stop it first.")
        refuse_taken_port(port)
        if fresh:
            start_over(where.state)
        return Supervisor(where, port).run()


def main() -> int:
    """Read the options and run."""
    parser = argparse.ArgumentParser(prog="script/server", description="Run the portal.")
    parser.add_argument("--port", type=port_number, default=8000, help="of the web server (8000)")
    parser.add_argument(
        "--fresh", action="store_true", help="start over: delete this checkout's data first"
    )
    options = parser.parse_args()
    try:
        return serve(options.port, fresh=options.fresh)
    except CannotStartError as error:
        print(f"script/server: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
