"""The counts of the whole installation, kept in Valkey.

Web servers and workers are many processes, on one machine or on several. A number that one of them
keeps for itself says nothing; so each adds to the same hash, and any of them can tell it. What is
counted is sent once a second, by a thread of its own: no request waits for it. While the server is
away, the numbers wait here: there are only so many series.
"""

import atexit
import functools
import logging
import os
import threading
import time
from collections import defaultdict

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from telemetry.metrics import Amounts

logger = logging.getLogger(__name__)

KEY = "portal:metrics"  # one field for each series
SECONDS_BETWEEN = 1.0
SECONDS_TO_WAIT = 2.0
PAUSE_SECONDS = 20.0


class Tally:
    """What this process has counted and not sent yet."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._amounts: defaultdict[str, float] = defaultdict(float)
        self._sender: threading.Thread | None = None
        self._is_needed = threading.Event()
        self._paused_until = 0.0

    def add(self, amounts: Amounts) -> None:
        """Add to the counts; they are sent soon."""
        with self._lock:
            for name, amount in amounts:
                self._amounts[name] += amount
            if self._sender is None:
                self._sender = threading.Thread(target=self._send_forever, daemon=True)
                self._sender.start()
        self._is_needed.set()

    def send(self) -> None:
        """Send what there is, in one message to the server."""
        if time.monotonic() < self._paused_until:
            return
        with self._lock:
            amounts, self._amounts = self._amounts, defaultdict(float)
        if not amounts:
            return
        pipeline = client().pipeline(transaction=False)
        for name, amount in amounts.items():
            pipeline.hincrbyfloat(KEY, name, amount)
        try:
            pipeline.execute()
        except redis.ConnectionError as error:
            self.add(list(amounts.items()))
            self._pause(error)
        except redis.RedisError as error:
            # Whether it counted them nobody knows: better too few than twice.
            self._pause(error)

    def _pause(self, error: redis.RedisError) -> None:
        self._paused_until = time.monotonic() + PAUSE_SECONDS
        logger.warning("No counts are sent for a while: %s", type(error).__name__)

    def _send_forever(self) -> None:
        while self._is_needed.wait():
            time.sleep(SECONDS_BETWEEN)
            self._is_needed.clear()
            self.send()


_tally = Tally()


def add(amounts: Amounts) -> None:
    """Count something. It is sent within a second or two."""
    _tally.add(amounts)


def send() -> None:
    """Send now what this process has counted: for those that may be ended at any moment."""
    _tally.send()


def read() -> dict[str, float]:
    """Every series with its number. Raises redis.RedisError."""
    send()
    kept: dict[bytes, bytes] = client().hgetall(KEY)  # type: ignore[assignment]
    return {name.decode(): float(number) for name, number in kept.items()}


@functools.cache
def client() -> redis.Redis:
    """The server that also keeps the cache, asked without much patience."""
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=SECONDS_TO_WAIT,
        socket_connect_timeout=SECONDS_TO_WAIT,
        retry=Retry(NoBackoff(), 0),
    )


def _begin_anew() -> None:
    """A forked process has no thread that sends, and what it found was its parent's."""
    global _tally  # noqa: PLW0603 - one tally for the process
    _tally = Tally()


os.register_at_fork(after_in_child=_begin_anew)
atexit.register(send)
