"""Requests to the running web server, as browsers send them."""

import http.client
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlencode

from django.conf import settings

PATIENCE = 60.0  # seconds until a visitor of a trial leaves; whoever waited so long was hung up on
# What an answer cost the web server: `tests.faults.wsgi` says so.
PROCESSOR_TIME, STATEMENTS = "x-trial-processor-time", "x-trial-statements"
_CSRF_SECRET = "x" * 32


@dataclass(frozen=True)
class Answer:
    """What came back, and how long it took. Status 0: the connection broke."""

    status: int
    seconds: float
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def processor_seconds(self) -> float:
        """How long the web server computed for it."""
        return float(self.headers[PROCESSOR_TIME])

    @property
    def statements(self) -> int:
        """How often it asked the database."""
        return int(self.headers[STATEMENTS])


@dataclass(frozen=True)
class Site:
    """A web server on a port of this machine."""

    port: int

    def is_ready(self) -> bool:
        return self.get("/readyz", host="localhost").status == HTTPStatus.OK

    def get(self, path: str, *, host: str, session: str = "") -> Answer:
        """Open a page."""
        return self._ask("GET", path, {"Host": host, **_cookies(session)})

    def post(self, path: str, data: Mapping[str, object], *, host: str, session: str) -> Answer:
        """Send a form."""
        headers = {
            "Host": host,
            "Content-Type": "application/x-www-form-urlencoded",
            "X-CSRFToken": _CSRF_SECRET,
            **_cookies(session),
        }
        return self._ask("POST", path, headers, urlencode(data))

    def _ask(
        self, method: str, path: str, headers: Mapping[str, str], body: str | None = None
    ) -> Answer:
        begun = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, dict(headers))
            response = connection.getresponse()
            text = response.read().decode(errors="replace")
        except (OSError, http.client.HTTPException):
            return Answer(0, time.monotonic() - begun)
        finally:
            connection.close()
        taken = time.monotonic() - begun
        return Answer(response.status, taken, text, dict(response.getheaders()))


def _cookies(session: str) -> dict[str, str]:
    pairs = {settings.CSRF_COOKIE_NAME: _CSRF_SECRET, settings.SESSION_COOKIE_NAME: session}
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in pairs.items() if value)}
