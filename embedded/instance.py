"""Starts PostgreSQL and Valkey of one instance and waits until they answer."""

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from embedded.errors import CannotStartError
from embedded.places import Places, private_folder
from embedded.postgres import Postgres
from embedded.processes import Child, Program, end_leftovers
from embedded.valkey import Valkey

_SECONDS_TO_START = 60


@dataclass
class Instance:
    """The processes of one instance, in the order in which they were started."""

    places: Places
    hear: Callable[[str, str], None]
    children: list[Child] = field(default_factory=list)

    @property
    def records(self) -> Path:
        """Where the processes are noted that the next start has to look for."""
        return private_folder(self.places.state / "processes", None)

    def start(
        self,
        program: Program,
        *,
        is_ready: Callable[[], bool] | None = None,
        is_unwanted: Callable[[], bool] = lambda: False,
    ) -> Child:
        """Start a program and wait until it is ready."""
        child = Child(program, self.records, self.hear)
        self.children.append(child)
        child.start()
        deadline = time.monotonic() + _SECONDS_TO_START
        while is_ready and not is_ready():
            if is_unwanted():
                break
            if not child.runs:
                raise CannotStartError(f"{program.name} stopped while starting.")
            if time.monotonic() > deadline:
                raise CannotStartError(f"{program.name} did not answer in {_SECONDS_TO_START} s.")
            time.sleep(0.03)
        return child

    def start_postgres(self, *, careless: bool = False) -> Postgres:
        """Start PostgreSQL with the product's database."""
        postgres = Postgres(self.places, careless=careless)
        self.start(postgres.program(), is_ready=postgres.is_ready)
        postgres.create_database()
        return postgres

    def start_valkey(self, *, careless: bool = False) -> Valkey:
        """Start Valkey."""
        valkey = Valkey(self.places, careless=careless)
        self.start(valkey.program(), is_ready=valkey.is_ready)
        return valkey

    def stop(self) -> None:
        """Stop everything, the last started first."""
        while self.children:
            self.children[-1].stop()
            self.children.pop()


@contextlib.contextmanager
def only_one(places: Places) -> Iterator[bool]:
    """Hold the instance's lock; False when another process holds it.

    Leftovers of a killed run are ended.
    """
    descriptor = os.open(places.state / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        end_leftovers(private_folder(places.state / "processes", None))
        yield True
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def throw_away(places: Places) -> Iterator[tuple[Postgres, Valkey]]:
    """A PostgreSQL and a Valkey for one test run: fast, careless, gone afterwards."""
    _remove_abandoned()
    with only_one(places):
        last_words: deque[str] = deque(maxlen=20)
        instance = Instance(places, hear=lambda name, line: last_words.append(f"{name}: {line}"))
        try:
            servers = instance.start_postgres(careless=True), instance.start_valkey(careless=True)
        except CannotStartError as error:
            instance.stop()
            raise CannotStartError("\n".join([str(error), *last_words])) from error
        try:
            yield servers
        finally:
            instance.stop()
            shutil.rmtree(places.state, ignore_errors=True)


def _remove_abandoned() -> None:
    """Remove what test runs left behind that were killed."""
    for parent in {Path("/dev/shm"), Path(tempfile.gettempdir())}:  # noqa: S108 - only our own are touched
        for state in parent.glob("reseller-portal-????????"):
            if not _is_abandoned(state):
                continue
            with only_one(Places(state, state / "s", None, None)) as ours:
                if ours:
                    shutil.rmtree(state, ignore_errors=True)


def _is_abandoned(state: Path) -> bool:
    """Whether it may be.

    A run that is just starting has its lock file, but does not hold it yet.
    """
    try:
        owner, age = state.lstat().st_uid, time.time() - (state / "lock").stat().st_mtime
    except OSError:
        return False
    return owner == os.geteuid() and age > _SECONDS_TO_START
