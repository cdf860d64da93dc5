"""The outermost layer of every request: its id, its log line, its counts."""

import logging
import re
import time
from collections.abc import Callable
from functools import partial
from http import HTTPStatus

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from telemetry import context, counts, statements
from telemetry.context import Work
from telemetry.metrics import REQUEST_SECONDS, REQUESTS

logger = logging.getLogger("portal.requests")

HEADER = "X-Request-ID"
LONGEST_PATH = 500
# Asked all the time, and nobody's visit.
UNHEARD = ("/healthz", "/readyz", "/metrics", settings.STATIC_URL)
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

_WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{8,64}")


class RequestMiddleware:
    """Gives each request an id, which the answer, every log line and every task carry."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep what comes next."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, then tell how it went."""
        work = Work(id_of(request), partial(marks_of, request))
        begun = time.perf_counter()
        with context.working(work), statements.counted() as asked:
            response = self.get_response(request)
            response[HEADER] = work.id
            if not request.path_info.startswith(UNHEARD):
                _tell(request, response, asked, time.perf_counter() - begun)
        return response


def id_of(request: HttpRequest) -> str:
    """The id that a proxy of ours gave the request, or a new one."""
    given = request.headers.get(HEADER, "")
    if settings.ALLAUTH_TRUSTED_PROXY_COUNT and _WELL_FORMED.fullmatch(given):
        return given
    return context.new_id()


def marks_of(request: HttpRequest) -> dict[str, str]:
    """The reseller and the person, as far as they are known by now. Asks nothing."""
    marks: dict[str, str] = {}
    reseller = getattr(request, "tenant", None)
    if reseller:
        marks |= {"tenant": reseller.schema_name, "host": reseller.host}
    session: SessionBase | None = getattr(request, "session", None)
    # A session that could not be read counts as accessed: to ask it again would be to wait for an
    # absent database again, with every line that tells of it.
    if (
        session is not None
        and hasattr(session, "_session_cache")
        and (user := session.get(SESSION_KEY))
    ):
        marks["user"] = str(user)
    return marks


def route_of(request: HttpRequest) -> str:
    """The page's name on the map: unlike addresses, there are only so many."""
    match = request.resolver_match
    return match.view_name if match and match.view_name else "none"


def path_of(request: HttpRequest) -> str:
    """The path as one printable word. What was asked for behind the question mark stays out."""
    return request.path[:LONGEST_PATH].encode("unicode_escape").decode()


def _tell(
    request: HttpRequest, response: HttpResponseBase, asked: statements.Asked, seconds: float
) -> None:
    status, route = response.status_code, route_of(request)
    method = request.method if request.method in METHODS else "other"
    fields = {
        "method": method,
        "path": path_of(request),
        "route": route,
        "status": status,
        "duration_ms": round(seconds * 1000, 1),
        "queries": asked.number,
        "database_ms": round(asked.seconds * 1000, 1),
    }
    level = logging.WARNING if status >= HTTPStatus.INTERNAL_SERVER_ERROR else logging.INFO
    logger.log(level, "%s %s %s", method, fields["path"], status, extra={"fields": fields})
    counts.add(
        [
            *REQUESTS.one(route, method, f"{status // 100}xx"),
            *REQUEST_SECONDS.took(seconds, route, method),
        ]
    )
