"""On whose behalf a thread works just now: one request or one task.

Its id goes into every log line and along with every task that is sent, so that all that came of
one click is found by one word.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Work:
    """A request, or a task that one caused."""

    id: str
    # What else a log line tells of it. Asked when a line is written: who somebody is, turns out
    # only on the way.
    marks: Callable[[], dict[str, str]] = dict


_current: ContextVar[Work | None] = ContextVar("work", default=None)


def new_id() -> str:
    return uuid.uuid4().hex


def current_id() -> str:
    """The id of the work in hand; empty where there is none, as in a command."""
    work = _current.get()
    return work.id if work else ""


def marks() -> dict[str, str]:
    """Everything that a log line tells of the work in hand."""
    work = _current.get()
    return {"request_id": work.id, **work.marks()} if work else {}


@contextmanager
def working(work: Work) -> Iterator[None]:
    """Work on this until the block ends; then go on with what was before."""
    token = _current.set(work)
    try:
        yield
    finally:
        _current.reset(token)
