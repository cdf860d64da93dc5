"""The counts of the whole installation, kept in Valkey.

Web servers and workers are many processes, on one machine or on several. A number that one of them
keeps for itself says nothing; so each adds to the same hash, and any of them can tell it. Counting
never harms: without an answer it is left for a while.
"""

import functools
import logging
import threading
import time

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from telemetry.metrics import Amounts

logger = logging.getLogger(__name__)

KEY = "portal:metrics"  # one field for each series
SECONDS_TO_WAIT = 0.5
PAUSE_SECONDS = 20.0

_paused_until = 0.0
_lock = threading.Lock()


def add(amounts: Amounts) -> None:
    """Add to the counts, in one message to the server."""
    if time.monotonic() < _paused_until:
        return
    pipeline = client().pipeline(transaction=False)
    for name, amount in amounts:
        pipeline.hincrbyfloat(KEY, name, amount)
    try:
        pipeline.execute()
    except redis.RedisError as error:
        _pause(error)


def read() -> dict[str, float]:
    """Every series with its number. Raises redis.RedisError."""
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


def _pause(error: redis.RedisError) -> None:
    global _paused_until  # noqa: PLW0603 - one pause for the process
    with _lock:
        _paused_until = time.monotonic() + PAUSE_SECONDS
    logger.warning("Nothing is counted for a while: %s", type(error).__name__)
