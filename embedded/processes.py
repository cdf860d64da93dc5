"""Child processes that never outlive us.

Each child leads a session of its own, so Ctrl-C in the terminal reaches only the supervisor, which
stops its children in order. When the supervisor itself is killed, the kernel signals the children
(PR_SET_PDEATHSIG). What even that leaves behind is named in a record and ended by the next start.
"""

import contextlib
import ctypes
import functools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from embedded.places import Account

_PR_SET_PDEATHSIG = 1
_START_TIME_FIELD = 19  # of /proc/<pid>/stat, counted after the name in parentheses
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Program:
    """What to run, as whom, and how to stop it."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    account: Account | None = None
    folder: Path = Path("/")
    stop_signal: signal.Signals = signal.SIGTERM
    seconds_to_stop: float = 20


@dataclass
class Child:
    """A running program whose lines are handed to `hear`."""

    program: Program
    records: Path
    hear: Callable[[str, str], None]
    _process: subprocess.Popen[str] | None = None
    _listener: threading.Thread | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start it.

        Call this from the main thread: the kernel ties a child to the thread that made it.
        """
        program, account = self.program, self.program.account
        as_whom: dict[str, int | list[int]] = {}
        if account:
            as_whom = {"user": account.uid, "group": account.gid, "extra_groups": []}
        self._process = subprocess.Popen(  # type: ignore[call-overload]
            program.command,
            env=program.environment,
            cwd=program.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            # It runs after the change of user, which would clear what it sets; it only makes system
            # calls.
            preexec_fn=functools.partial(  # noqa: PLW1509
                _die_with, os.getpid(), program.stop_signal
            ),
            **as_whom,
        )
        self._write_record()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._process.poll() if self._process else None

    @property
    def pid(self) -> int | None:
        """Its number, once it was started."""
        return self._process.pid if self._process else None

    @property
    def runs(self) -> bool:
        """True from start to end."""
        return self._process is not None and self._process.poll() is None

    def ask_to_stop(self) -> None:
        """Send its stop signal, and return at once."""
        if self._process and self.runs:
            self._process.send_signal(self.program.stop_signal)

    def kill(self) -> None:
        """End the whole session now: the child and whatever it started."""
        if self._process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def wait(self, seconds: float) -> bool:
        """Wait for the end; False when it still runs."""
        if self._process is None:
            return True
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        return not self.runs

    def tidy_up(self) -> None:
        """After the end.

        Nothing of its session stays, its last words are heard, its record goes.
        """
        self.kill()
        if self._process:
            self._process.wait()
        if self._listener:
            self._listener.join(5)
        self._record.unlink(missing_ok=True)

    def stop(self) -> None:
        """Ask, wait for as long as it may take, then kill."""
        self.ask_to_stop()
        self.wait(self.program.seconds_to_stop)
        self.tidy_up()

    @property
    def _record(self) -> Path:
        return self.records / f"{self.program.name}.process"

    def _write_record(self) -> None:
        if self._process:
            pid, stop_signal = self._process.pid, self.program.stop_signal
            self._record.write_text(f"{pid} {_start_time(pid)} {stop_signal.value}")

    def _listen(self) -> None:
        assert self._process is not None  # noqa: S101 - started just before
        assert self._process.stdout is not None  # noqa: S101
        with self._process.stdout as lines:
            for line in lines:
                self.hear(self.program.name, line.rstrip())


def end_leftovers(records: Path, *, seconds: float = 20) -> list[str]:
    """End the recorded processes of a run that was itself killed.

    Returns the names of those found running.
    """
    found = []
    for record in sorted(records.glob("*.process")):
        with contextlib.suppress(ValueError):
            pid, start_time, stop_signal = (int(word) for word in record.read_text().split())
            if _is_running(pid, start_time):
                found.append(record.stem)
                _end(pid, start_time, signal.Signals(stop_signal), seconds)
        record.unlink(missing_ok=True)
    return found


def _end(pid: int, start_time: int, stop_signal: signal.Signals, seconds: float) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, stop_signal)
    deadline = time.monotonic() + seconds
    while _is_running(pid, start_time):
        if time.monotonic() > deadline:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
            deadline += seconds
        time.sleep(0.05)


def _is_running(pid: int, start_time: int) -> bool:
    """Whether it is still that process: numbers are used again, start times are not."""
    return start_time != 0 and _start_time(pid) == start_time


def _start_time(pid: int) -> int:
    """0 when there is no such process, or only its remains."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return 0 if fields[0] == "Z" else int(fields[_START_TIME_FIELD])


def _die_with(parent: int, stop_signal: signal.Signals) -> None:
    if sys.platform == "linux":
        _libc.prctl(_PR_SET_PDEATHSIG, int(stop_signal))
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)
