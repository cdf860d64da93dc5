"""What waits at all resellers together: mails, requests, schemas that lack a migration.

It lies in every reseller's schema. A task asks once a minute, in a few questions over many schemas
each, and keeps the answer for whoever wants to know: looking at it costs the database nothing.
"""

import datetime as dt
import json
import time
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django_tenants.utils import quote_schema_name, schema_context

from resellers import migrating
from resellers.models import Reseller
from resellers.schemas import PUBLIC
from telemetry import counts

KEY = "portal:figures"
KEPT_FOR_SECONDS = 24 * 60 * 60  # their own time tells when they are too old
FAILED_WITHIN = dt.timedelta(days=14)  # as long as the resellers' home pages show them
# A question locks each table and index that it names: 15 in a schema, of 6,400 that PostgreSQL has
# room for by default.
SCHEMAS_PER_QUESTION = 50
SECONDS_PER_QUESTION = 10

Figures = dict[str, float]


def gather() -> Figures:
    """Ask every schema and keep the answer. Raises DatabaseError or redis.RedisError."""
    begun = time.perf_counter()
    with schema_context(PUBLIC):
        there = migrating.reseller_schemas()
        figures = _waiting(_in_service(there))
        behind = migrating.behind([PUBLIC, *there])
    figures |= {
        "schemas_behind": len(behind),
        "gathering_seconds": round(time.perf_counter() - begun, 3),
        "gathered_timestamp_seconds": round(time.time()),
    }
    counts.client().set(KEY, json.dumps(figures), ex=KEPT_FOR_SECONDS)
    return figures


def kept() -> Figures:
    """What was gathered last; nothing before the first time. Raises redis.RedisError."""
    found: bytes | None = counts.client().get(KEY)  # type: ignore[assignment]
    figures: Figures = json.loads(found) if found else {}
    return figures


def of_resellers() -> dict[str, int]:
    """How many resellers are in each state. Suspended ones are ready, too."""
    states = dict.fromkeys([*Reseller.State.values, "suspended"], 0)
    with schema_context(PUBLIC):
        for state, suspended_at in Reseller.objects.values_list("state", "suspended_at"):
            states[state] += 1
            states["suspended"] += suspended_at is not None
    return states


def _in_service(there: list[str]) -> list[str]:
    in_service = set(Reseller.objects.in_service().values_list("schema_name", flat=True))
    return [name for name in there if name in in_service]


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
        self.queued += int(queued)
        self.sending += int(sending)
        self.failed += int(failed)
        self.pending += int(pending)
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


def _waiting(schemas: list[str]) -> Figures:
    now, total = timezone.now(), _Sum()
    for start in range(0, len(schemas), SCHEMAS_PER_QUESTION):
        total.add(_ask(schemas[start : start + SCHEMAS_PER_QUESTION], now))
    return {
        "mails:queued": total.queued,
        "mails:sending": total.sending,
        "mails:failed": total.failed,
        "mails_oldest_due_seconds": _age(total.due_at, now),
        "requests_waiting": total.pending,
        "requests_oldest_seconds": _age(total.since, now),
    }


def _ask(schemas: list[str], now: dt.datetime) -> tuple[Any, ...]:
    # The names come from the database's own catalogue and are quoted.
    parts = [_OF_ONE_SCHEMA.format(schema=quote_schema_name(name)) for name in schemas]
    question = f"{_TOGETHER} ({' UNION ALL '.join(parts)}) every"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = '{SECONDS_PER_QUESTION}s'")
        cursor.execute(question, {"failed_since": now - FAILED_WITHIN})
        row: tuple[Any, ...] = cursor.fetchone()
        cursor.execute("RESET statement_timeout")  # inside of a longer transaction it would stay
    return row


def _age(moment: dt.datetime | None, now: dt.datetime) -> float:
    return max((now - moment).total_seconds(), 0.0) if moment else 0.0
