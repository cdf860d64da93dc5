"""What the installation's state is just now, part by part: where no answer comes, numbers are
missing and `portal_up` says so."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import redis
from django.conf import settings
from django.db import Error as DatabaseError
from kombu import Connection
from kombu.exceptions import OperationalError as BrokerError

from config.health import BROKER_TIMEOUT_SECONDS
from operations import figures
from resellers import tasking

T = TypeVar("T")


@dataclass(frozen=True)
class Gauge:
    """A number that goes up and down, for each value of its labels."""

    name: str
    help: str
    values: dict[tuple[str, ...], float]
    labels: tuple[str, ...] = ()


OF_ALL_RESELLERS = {
    "mails_oldest_due_seconds": "How long the mail that waits longest is overdue",
    "requests_waiting": "Requests that wait for a decision",
    "requests_oldest_seconds": "How long the oldest request waits",
    "schemas_behind": "Schemas, public among them, that lack a migration",
    "gathering_seconds": "How long it took to ask all schemas",
    "gathered_timestamp_seconds": "When all schemas were asked last",
}


def gauges() -> Iterator[Gauge]:
    """One after the other."""
    yield Gauge("portal_build_info", "The running version", {(settings.VERSION,): 1}, ("version",))
    resellers = _attempt(figures.of_resellers)
    queued, waiting = _attempt(queue_lengths), _attempt(figures.kept)
    parts = {"database": resellers, "broker": queued, "counts": waiting}
    up = {part: answer is not None for part, answer in parts.items()}
    told = "Whether this part of the installation answered"
    yield Gauge("portal_up", told, labelled(up), ("part",))
    if resellers is not None:
        told = "Resellers by state; suspended ones are ready, too"
        yield Gauge("portal_resellers", told, labelled(resellers), ("state",))
    if queued is not None:
        told = "Tasks that no worker has taken yet"
        yield Gauge("portal_queue_length", told, labelled(queued), ("queue",))
    if waiting:
        yield from _of_all_resellers(waiting)


def _of_all_resellers(waiting: figures.Figures) -> Iterator[Gauge]:
    mails = {state: waiting[f"mails:{state}"] for state in ("queued", "sending", "failed")}
    told = "Mails on their way, and those that failed within two weeks"
    yield Gauge("portal_mails", told, labelled(mails), ("state",))
    for name, help_ in OF_ALL_RESELLERS.items():
        yield Gauge(f"portal_{name}", help_, {(): waiting[name]})


def labelled(numbers: Mapping[str, float]) -> dict[tuple[str, ...], float]:
    """Numbers by the value of their one label."""
    return {(value,): float(number) for value, number in numbers.items()}


def queue_lengths() -> dict[str, float]:
    """Ask the broker, queue by queue. Raises BrokerError or OSError."""
    limits = dict.fromkeys(("socket_connect_timeout", "socket_timeout"), BROKER_TIMEOUT_SECONDS)
    with Connection(settings.CELERY_BROKER_URL, transport_options=limits) as broker:
        broker.ensure_connection(max_retries=1, timeout=BROKER_TIMEOUT_SECONDS)
        channel: Any = broker.default_channel
        return {queue: float(channel.client.llen(queue)) for queue in tasking.queues()}


def _attempt(ask: Callable[[], T]) -> T | None:
    try:
        return ask()
    except (DatabaseError, BrokerError, redis.RedisError, OSError):
        return None
