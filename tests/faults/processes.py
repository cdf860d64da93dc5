"""Workers and beat as processes of their own that start in a moment.

Python's fork server has loaded the product once; each process is a fork of it that leads its own
session, so that a kill takes a worker with all its children.
"""

import contextlib
import ctypes
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from typing import Any

from django.conf import settings

from config.celery import app
from tests.faults.stage import LOG

_PR_SET_PDEATHSIG = 1
_QUIET = ("-l", "warning", "--without-gossip", "--without-mingle", "--without-heartbeat")
SOLO = ("worker", "-P", "solo", *_QUIET)
PREFORK = ("worker", "-P", "prefork", "-c", "2", *_QUIET)

_libc = ctypes.CDLL(None, use_errno=True)
_context = multiprocessing.get_context("forkserver")


@dataclass(frozen=True)
class Order:
    """What a process is to do."""

    arguments: tuple[str, ...]  # of the command celery
    # Called in the new process before Celery begins; must be a function of a module.
    prepare: Callable[..., None] | None = None
    given: tuple[Any, ...] = ()
    # What to do in place of running Celery.
    act: Callable[[], None] | None = None
    # Settings whose only job is to make time pass faster.
    settings: dict[str, object] = field(default_factory=dict)
    seconds_between: dict[str, float] = field(default_factory=dict)  # of beat's entries, by name


@dataclass
class Running:
    """A process that was started."""

    process: BaseProcess

    @property
    def pid(self) -> int:
        assert self.process.pid
        return self.process.pid

    @property
    def runs(self) -> bool:
        return self.process.is_alive()

    def kill(self) -> None:
        """SIGKILL to it and to whatever it started, and wait for the end."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.process.kill()  # it may not have had the time to lead a session
        self.process.join()

    def wait(self, seconds: float) -> bool:
        """Whether it ends in time."""
        self.process.join(seconds)
        return not self.process.is_alive()


_all: list[Running] = []


@contextlib.contextmanager
def ready() -> Iterator[None]:
    """Load the product into the fork server at the first start; leave no process behind."""
    _context.set_forkserver_preload(["tests.faults.warm"])
    try:
        yield
    finally:
        while _all:
            _all.pop().kill()


def start(order: Order) -> Running:
    """Start a process."""
    process = _context.Process(target=_become, args=(order,))
    process.start()
    running = Running(process)
    _all.append(running)
    return running


@contextlib.contextmanager
def started(order: Order) -> Iterator[Running]:
    """A process that is killed at the end of the block."""
    running = start(order)
    try:
        yield running
    finally:
        running.kill()
        _all.remove(running)


def wait_until(holds: Callable[[], bool], seconds: float = 20.0, pause: float = 0.01) -> bool:
    """Whether it comes true in time."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True


def _become(order: Order) -> None:
    os.setsid()
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    log = os.open(LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    for name, value in order.settings.items():
        setattr(settings, name, value)
    for name, seconds in order.seconds_between.items():
        settings.CELERY_BEAT_SCHEDULE[name]["schedule"] = seconds
    if order.prepare:
        order.prepare(*order.given)
    if order.act:
        order.act()
    else:
        app.start(list(order.arguments))
