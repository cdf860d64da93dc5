"""The state of the installation, asked of the database and the broker.

Mails and requests lie in every reseller's schema. They are asked in a few questions over many
schemas each, through partial indexes that hold only what waits, and the answer is kept for some
seconds for all processes: however many ask for it, it costs the same.
"""

import datetime as dt
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import redis
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection, transaction
from django.utils import timezone
from django_tenants.utils import quote_schema_name, schema_context
from kombu import Connection
from kombu.exceptions import OperationalError as BrokerError

from config.health import BROKER_TIMEOUT_SECONDS
from resellers import migrating
from resellers.models import Reseller
from resellers.schemas import PUBLIC
from telemetry import counts

KEPT_FOR_SECONDS = 15
FAILED_WITHIN = dt.timedelta(days=14)  # as long as the resellers' home pages show them
KEY = "portal:metrics:gathered"
# A question locks each table and index that it names: 13 in a schema, of 6,400 that PostgreSQL has
# room for by default.
SCHEMAS_PER_QUESTION = 50
SECONDS_PER_QUESTION = 5

Values = dict[tuple[str, ...], float]
Facts = dict[str, float]


@dataclass(frozen=True)
class Gauge:
    """A number that goes up and down, for each value of its labels."""

    name: str
    help: str
    values: Values
    labels: tuple[str, ...] = ()


def gauges(*, counts_are_there: bool) -> Iterator[Gauge]:
    """Everything that is asked. Where no answer came, the numbers are missing and `up` is 0."""
    facts, queue = _kept(facts_of_database), _attempt(queue_length)
    up = {"database": facts is not None, "broker": queue is not None, "counts": counts_are_there}
    yield Gauge(
        "portal_up",
        "Whether the part answered when the numbers were gathered",
        {(part,): float(answered) for part, answered in up.items()},
        ("part",),
    )
    yield Gauge("portal_build_info", "The running version", {(settings.VERSION,): 1}, ("version",))
    if queue is not None:
        yield Gauge("portal_queue_length", "Tasks that no worker has taken", {(): queue["length"]})
    if facts is not None:
        yield from _of_database(facts)


def _of_database(facts: Facts) -> Iterator[Gauge]:
    for name, label, help_ in (
        ("portal_resellers", "state", "Resellers by state; suspended ones are ready, too"),
        ("portal_mails", "state", "Mails on their way, and failed in the last two weeks"),
    ):
        found = {key.removeprefix(name + ":"): n for key, n in facts.items() if name + ":" in key}
        yield Gauge(name, help_, {(state,): number for state, number in found.items()}, (label,))
    for name, help_ in (
        ("portal_mails_oldest_due_seconds", "How long the mail that waits longest is overdue"),
        ("portal_requests_waiting", "Requests that wait for a decision"),
        ("portal_requests_oldest_seconds", "How long the oldest request waits"),
        ("portal_schemas_behind", "Schemas, public among them, that lack a migration"),
        ("portal_gathering_seconds", "How long it took to ask the database"),
        ("portal_gathered_timestamp_seconds", "When the database was asked"),
    ):
        yield Gauge(name, help_, {(): facts[name]})


def facts_of_database() -> Facts:
    """Ask every schema. Raises DatabaseError."""
    begun = time.perf_counter()
    with schema_context(PUBLIC):
        facts = {**_resellers(), **_waiting(_schemas_in_service())}
        behind = migrating.behind([PUBLIC, *migrating.reseller_schemas()])
    return {
        **facts,
        "portal_schemas_behind": len(behind),
        "portal_gathering_seconds": round(time.perf_counter() - begun, 3),
        "portal_gathered_timestamp_seconds": round(time.time()),
    }


def queue_length() -> Facts:
    """Ask the broker. Raises BrokerError or OSError."""
    limits = dict.fromkeys(("socket_connect_timeout", "socket_timeout"), BROKER_TIMEOUT_SECONDS)
    with Connection(settings.CELERY_BROKER_URL, transport_options=limits) as broker:
        broker.ensure_connection(max_retries=1, timeout=BROKER_TIMEOUT_SECONDS)
        channel: Any = broker.default_channel
        return {"length": float(channel.client.llen("celery"))}


def _kept(ask: Callable[[], Facts]) -> Facts | None:
    """What was asked some seconds ago by any process, or else the answer now."""
    try:
        if kept := counts.client().get(KEY):
            found: Facts = json.loads(kept)
            return found
    except redis.RedisError:
        return _attempt(ask)
    if (facts := _attempt(ask)) is not None:
        _keep(facts)
    return facts


def _keep(facts: Facts) -> None:
    try:
        counts.client().set(KEY, json.dumps(facts), ex=KEPT_FOR_SECONDS)
    except redis.RedisError:
        return  # asked anew next time


def _attempt(ask: Callable[[], Facts]) -> Facts | None:
    try:
        return ask()
    except (DatabaseError, BrokerError, redis.RedisError, OSError):
        return None


def _resellers() -> Facts:
    states = dict.fromkeys([*Reseller.State.values, "suspended"], 0)
    for state, suspended_at in Reseller.objects.values_list("state", "suspended_at"):
        states[state] += 1
        states["suspended"] += suspended_at is not None
    return {f"portal_resellers:{state}": number for state, number in states.items()}


def _schemas_in_service() -> list[str]:
    there = set(migrating.reseller_schemas())
    names = Reseller.objects.in_service().order_by("pk").values_list("schema_name", flat=True)
    return [name for name in names if name in there]


@dataclass
class _Sum:
    """What waits at some resellers, taken together."""

    queued: int = 0
    sending: int = 0
    failed: int = 0
    pending: int = 0
    due_at: dt.datetime | None = None
    since: dt.datetime | None = None

    def add(self, row: tuple[Any, ...]) -> None:
        queued, sending, due_at, failed, pending, since = row
        self.queued += int(queued or 0)
        self.sending += int(sending or 0)
        self.failed += int(failed or 0)
        self.pending += int(pending or 0)
        self.due_at = min(filter(None, (self.due_at, due_at)), default=None)
        self.since = min(filter(None, (self.since, since)), default=None)


# Each part walks an index that holds only what waits, or begins with it: what is done is not read.
_OF_ONE_SCHEMA = """
    SELECT * FROM
    (SELECT count(*) FILTER (WHERE state = 'queued') AS queued,
        count(*) FILTER (WHERE state = 'sending') AS sending, min(next_attempt_at) AS due_at
        FROM {schema}.notifications_outgoingmail WHERE state IN ('queued', 'sending')) mails,
    (SELECT count(*) AS failed FROM {schema}.notifications_outgoingmail
        WHERE state = 'failed' AND created_at >= %(failed_since)s) failures,
    (SELECT count(*) AS pending, min(submitted_at) AS since
        FROM {schema}.approvals_approvalrequest WHERE status = 'pending') requests
"""
_TOGETHER = (
    "SELECT sum(queued), sum(sending), min(due_at), sum(failed), sum(pending), min(since) FROM "
)


def _waiting(schemas: list[str]) -> Facts:
    now, total = timezone.now(), _Sum()
    for start in range(0, len(schemas), SCHEMAS_PER_QUESTION):
        total.add(_ask(schemas[start : start + SCHEMAS_PER_QUESTION], now))
    return {
        "portal_mails:queued": total.queued,
        "portal_mails:sending": total.sending,
        "portal_mails:failed": total.failed,
        "portal_mails_oldest_due_seconds": _age(total.due_at, now),
        "portal_requests_waiting": total.pending,
        "portal_requests_oldest_seconds": _age(total.since, now),
    }


def _ask(schemas: list[str], now: dt.datetime) -> tuple[Any, ...]:
    # The names come from the database's own catalogue and are quoted.
    parts = [_OF_ONE_SCHEMA.format(schema=quote_schema_name(name)) for name in schemas]
    question = f"{_TOGETHER} ({' UNION ALL '.join(parts)}) every"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = '{SECONDS_PER_QUESTION}s'")
        cursor.execute(question, {"failed_since": now - FAILED_WITHIN})
        row: tuple[Any, ...] = cursor.fetchone()
    return row


def _age(moment: dt.datetime | None, now: dt.datetime) -> float:
    return max((now - moment).total_seconds(), 0.0) if moment else 0.0
