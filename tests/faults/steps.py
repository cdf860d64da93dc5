"""The steps of a task: every line of the product's code, of sending by SMTP, of the database's
transactions and of Celery's end of a task. A fault strikes between any two of them.

Steps are seen by `sys.settrace` in a worker that a trial started. The product knows nothing of it.
"""

import os
import signal
import smtplib
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, Literal

import celery.app.trace
import celery.worker.request
import django.core.mail.backends.smtp
import django.db.backends.utils
import django.db.transaction
import kombu.message
from django.db import connection

from resellers.tasking import PublicTask, ResellerTask

_CHECKOUT = Path(__file__).resolve().parents[2]
_ROOMS = ("accounts", "approvals", "audit", "customers", "jobs", "notifications", "resellers")
OURS = tuple(f"{_CHECKOUT / room}/" for room in _ROOMS)
SENDING = (smtplib.__file__, django.core.mail.backends.smtp.__file__)
STORING = (django.db.backends.utils.__file__, django.db.transaction.__file__)
ENDING = (celery.app.trace.__file__, celery.worker.request.__file__, kombu.message.__file__)
_OF_THE_PARENT = (celery.worker.request.__file__, kombu.message.__file__)
_BEGINNINGS = {ResellerTask.__call__.__code__, PublicTask.__call__.__code__}

# Who is struck: the whole worker, the one process of it that runs the task, its database session.
Blow = Literal["worker", "child", "connection"]
Trace = Callable[[FrameType, str, Any], Any]


@dataclass(frozen=True)
class Step:
    """The moment before a line is executed for the n-th time since the task began."""

    file: str
    line: int
    turn: int

    @property
    def is_of_the_parent(self) -> bool:
        """Whether a worker with child processes does this itself, not in a child."""
        return self.file in _OF_THE_PARENT

    def __str__(self) -> str:
        name = self.file.removeprefix(f"{_CHECKOUT}/").rpartition("site-packages/")[2]
        return f"{name}:{self.line}#{self.turn}"

    @classmethod
    def parse(cls, text: str) -> "Step":
        file, line, turn = text.rsplit("\t", 2)
        return cls(file, int(line), int(turn))

    def dump(self) -> str:
        return f"{self.file}\t{self.line}\t{self.turn}"


class Watch:
    """Calls `reached` before each step of the one task that carries `argument`. None: of all."""

    def __init__(self, argument: str | None, reached: Callable[[Step], None]) -> None:
        self.argument = argument
        self.reached = reached
        self.is_on = argument is None
        self.turns: Counter[tuple[str, int]] = Counter()

    def begin(self) -> None:
        """From now on, in this thread and in what it forks."""
        sys.settrace(self._enter)

    def _enter(self, frame: FrameType, _event: str, _argument: object) -> Trace | None:
        code = frame.f_code
        if code in _BEGINNINGS and self.argument:
            self.is_on = _carries(frame.f_locals.get("kwargs", {}), self.argument)
        watched = code.co_filename.startswith((*OURS, *SENDING, *STORING, *ENDING))
        return self._line if watched else None

    def _line(self, frame: FrameType, event: str, _argument: object) -> Trace:
        if event == "line" and self.is_on:
            place = (frame.f_code.co_filename, frame.f_lineno)
            self.turns[place] += 1
            self.reached(Step(*place, self.turns[place]))
        return self._line


def _carries(arguments: dict[str, object], wanted: str) -> bool:
    """Whether it is one of a task's arguments, or in a list that is one."""
    return any(
        wanted in each if isinstance(each, list) else wanted == each for each in arguments.values()
    )


def record(argument: str | None, path: Path) -> None:
    """Write each step of the task with this argument into a file, from now on."""
    file = path.open("a", buffering=1)
    Watch(argument, lambda step: print(step.dump(), file=file)).begin()


def strike(argument: str | None, at: Step, blow: Blow, once: Path) -> None:
    """Strike at one step of the task with this argument, and only once: `once` is made then."""

    def reached(step: Step) -> None:
        if step == at and _is_first(once):
            _BLOWS[blow]()

    Watch(argument, reached).begin()


def choose(known: list[Step], rounds: int, *, first: tuple[str, ...]) -> list[Step]:
    """As many steps: each line of these files or folders once, where there are rounds for it. At
    least half of the rounds are spread over the whole length of the task, so that no call of the
    database or of the mail server is left out."""
    prefixes = tuple(str(_CHECKOUT / each) for each in first)
    lines: dict[tuple[str, int], Step] = {}
    for step in known:
        if step.file.startswith(prefixes):
            lines.setdefault((step.file, step.line), step)
    count = min(len(lines), rounds // 2)
    others = [step for step in known if step not in set(lines.values())]
    return [*_spread(list(lines.values()), count), *_spread(others, rounds - count)]


def _spread(known: list[Step], rounds: int) -> list[Step]:
    """As many as there are rounds, at equal distances: a single one comes from the middle."""
    return [known[(2 * number + 1) * len(known) // (2 * rounds)] for number in range(rounds)]


def _is_first(once: Path) -> bool:
    try:
        os.close(os.open(once, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


def _kill_session() -> None:
    os.killpg(0, signal.SIGKILL)


def _kill_process() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _cut_connection() -> None:
    """As if the database had ended our session."""
    if connection.connection is None or connection.connection.closed:
        return
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid]
        )
    other.close()


_BLOWS: dict[Blow, Callable[[], None]] = {
    "worker": _kill_session,
    "child": _kill_process,
    "connection": _cut_connection,
}
