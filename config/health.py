"""Answers for load balancers and supervisors, on every host and before anything else.

`/healthz`: the process lives. `/readyz`: the database and the broker answer and no migration waits.
"""

import logging
import time
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.db import Error as DatabaseError
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from kombu import Connection
from kombu.exceptions import OperationalError as BrokerError

from resellers import migrating
from resellers.pooling import SharedConnectionsError, refuse_shared_connections
from resellers.schemas import connection

logger = logging.getLogger(__name__)

BROKER_TIMEOUT_SECONDS = 2
POOLER_SECONDS = 60.0
OK = "ok"

Ask = Callable[[], str]


class HealthMiddleware:
    """Stands first: it needs no reseller, no session and no encrypted connection."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep what comes next."""
        self.get_response = get_response
        self.database = DatabaseCheck()
        self.migrations = MigrationsCheck()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the two addresses; let everything else pass."""
        if request.path_info not in {"/healthz", "/readyz"}:
            return self.get_response(request)
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if request.path_info == "/healthz":
            return _answer({})
        return _answer(
            {
                "database": _ask(self.database),
                "broker": _ask(broker),
                "migrations": _ask(self.migrations),
            }
        )


def broker() -> str:
    """Whether the broker answers in time.

    A connection of its own, so that a stuck one cannot hide it.
    """
    limits = dict.fromkeys(("socket_connect_timeout", "socket_timeout"), BROKER_TIMEOUT_SECONDS)
    with Connection(settings.CELERY_BROKER_URL, transport_options=limits) as attempt:
        attempt.ensure_connection(max_retries=1, timeout=BROKER_TIMEOUT_SECONDS)
    return OK


class DatabaseCheck:
    """Whether the database answers, and answers us alone.

    A pooler may be put in between, or set up anew, while we run: it is looked for now and then.
    """

    def __init__(self) -> None:
        """Nothing is known at first."""
        self._looked_at = -POOLER_SECONDS

    def __call__(self) -> str:
        """Ask a question; ask about a pooler, too, when the last time is a while ago."""
        connection.set_schema_to_public()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if time.monotonic() - self._looked_at < POOLER_SECONDS:
            return OK
        try:
            refuse_shared_connections()
        except SharedConnectionsError as error:
            logger.error("%s", error)  # noqa: TRY400 - where it was found says nothing
            return "is pooled by transaction"
        self._looked_at = time.monotonic()
        return OK


class MigrationsCheck:
    """Whether public and every reseller's schema have all migrations of this code.

    New code is not ready before that. Old code stays ready on a newer database: what it needs is
    there, and migrations take nothing away that the version before needs. Code never changes under
    a running process: one good answer is enough.
    """

    def __init__(self) -> None:
        """Nothing is known at first."""
        self._all_applied = False

    def __call__(self) -> str:
        """Compare the code's migrations with those the database has."""
        if not self._all_applied:
            connection.set_schema_to_public()
            executor = MigrationExecutor(connection)
            waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
            self._all_applied = not waiting and not migrating.behind(migrating.reseller_schemas())
        return OK if self._all_applied else "waiting to be applied"


def _ask(question: Ask) -> str:
    """The reason stays in the log: addresses and passwords do not belong on a public page."""
    try:
        return question()
    except (DatabaseError, BrokerError, OSError):
        return "does not answer"


def _answer(parts: dict[str, str]) -> HttpResponse:
    ready = all(state == OK for state in parts.values())
    status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
    response = JsonResponse({"status": OK if ready else "unavailable", **parts}, status=status)
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"  # we answer before who says so elsewhere
    return response
