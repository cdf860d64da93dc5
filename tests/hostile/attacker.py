"""Fires shots at one host as one visitor, each in a transaction that is taken back."""

import itertools
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote_to_bytes, urlsplit

from django.core.cache import cache
from django.db import transaction

from notifications.models import OutgoingMail
from resellers.schemas import PUBLIC, connection
from tests.hostile.payloads import MARK
from tests.hostile.reading import PageReader
from tests.hostile.scene import Visitor
from tests.hostile.shots import FORM, Shot, get
from tests.hostile.verdicts import Answer, of_page, problems

_WRITES = re.compile(
    r"\s*(?:INSERT INTO|UPDATE|DELETE FROM|TRUNCATE|DROP|ALTER)\s+(\S+)", re.IGNORECASE
)
_OF_THE_VISIT = {'"accounts_session"'}
_READ_BACK = 200_000  # bytes; what is longer is one field anyway
_REDIRECTS = {301, 302, 303, 307, 308}


@dataclass
class Attacker:
    """A visitor who fires, and what came of it."""

    visitor: Visitor
    problems: list[str] = field(default_factory=list)
    shots: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    # What was reached: method and name of each page, fields sent to each address, which kind of
    # field met which class of payload.
    reached: set[tuple[str, str]] = field(default_factory=set)
    sent: dict[tuple[str, str], list[frozenset[str]]] = field(default_factory=dict)
    meetings: set[tuple[str, str]] = field(default_factory=set)
    _addresses: Any = field(default_factory=lambda: itertools.count(1))

    def fire_all(self, shots: Iterable[Shot]) -> None:
        for shot in shots:
            self.fire(shot)

    def fire(self, shot: Shot) -> Answer:
        """Send it, follow where it leads, judge, and take everything back."""
        jar: Any = self.visitor.client.cookies.copy()
        with transaction.atomic():
            answer = self._send(shot)
            self._judge(shot, answer)
            transaction.set_rollback(True)
        self._note(shot)
        cache.clear()  # what limits the rate of attempts, too: here each shot is the first
        self.visitor.client.cookies = jar
        return answer

    def _note(self, shot: Shot) -> None:
        self.meetings |= shot.meetings
        pairs = shot.query if shot.method == "GET" else shot.body
        if shot.content_type == FORM and len(pairs) < _READ_BACK:
            names = parse_qs(pairs.decode("latin-1"), keep_blank_values=True)
            self.sent.setdefault((shot.method, shot.path), []).append(frozenset(names))

    def _judge(self, shot: Shot, answer: Answer) -> None:
        host, secrets = self.visitor.host, self.visitor.secrets
        host = shot.headers.get("Host", host).partition(":")[0] or host
        self.problems += [
            f"{self.visitor.name}: {each}"
            for each in problems(shot, answer, host=host, secrets=secrets)
        ]
        if answer.changed:
            where = f"{self.visitor.name}: {shot.method} {shot.path[:120]} ({shot.about})"
            self.problems += [f"{where}: {each}" for each in self.visitor.watch.problems()]
            self.problems += [f"{self.visitor.name}: {each}" for each in self._in_mails(shot)]
        following = answer.headers.get("Location", "")
        if answer.status in _REDIRECTS and shot.body and following.startswith("/"):
            parts = urlsplit(following)
            page = get(parts.path, f"after {shot.method} {shot.path} with {shot.about}")
            self._judge(page, self._send(page))

    def _in_mails(self, shot: Shot) -> list[str]:
        """Mails that the shot queued: nothing typed runs there, and no header has two lines."""
        if connection.schema_name == PUBLIC:
            return []
        found = []
        for mail in OutgoingMail.objects.order_by("-created_at")[:5]:
            heads = f"{mail.subject}{mail.recipient_name}{mail.recipient_email}"
            if "\n" in heads or "\r" in heads:
                found.append(f"{shot.path} ({shot.about}): two lines in a header of a mail")
            if MARK in mail.html_body:
                escaped = of_page(PageReader.of(mail.html_body))
                found += [f"{shot.path} ({shot.about}): mail: {each}" for each in escaped]
        return found

    def _send(self, shot: Shot) -> Answer:
        client = self.visitor.client
        for name, value in shot.cookies.items():
            client.cookies[name] = value
        written: list[str] = []
        self.shots += 1
        started = time.process_time()
        with connection.execute_wrapper(_note_writes(written)):
            response = client.generic(
                shot.method, "/", shot.body, content_type=shot.content_type, **self._environ(shot)
            )
            body = b"".join(response) if response.streaming else response.content
        seconds = time.process_time() - started
        self.statuses[response.status_code] += 1
        if match := response.wsgi_request.resolver_match:
            self.reached.add((shot.method, match.view_name))
        return Answer(
            response.status_code,
            {**dict(response.headers), **_cookie_headers(response)},
            body,
            seconds,
            tuple(dict.fromkeys(written)),
            _error(response),
        )

    def _environ(self, shot: Shot) -> dict[str, Any]:
        number = next(self._addresses)
        environ = {
            "PATH_INFO": unquote_to_bytes(shot.path).decode("latin-1"),
            "QUERY_STRING": shot.query.decode("latin-1"),
            # Limits per address are not what is tested here.
            "REMOTE_ADDR": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
        }
        for name, value in shot.headers.items():
            environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
        return environ


def _note_writes(written: list[str]) -> Callable[..., Any]:
    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found = _WRITES.match(sql)
        if found and found.group(1) not in _OF_THE_VISIT and '"last_login"' not in sql:
            written.append(found.group(1))
        return execute(sql, params, many, context)

    return note


def _cookie_headers(response: Any) -> dict[str, str]:
    return {
        f"Set-Cookie-{name}": cookie.OutputString() for name, cookie in response.cookies.items()
    }


def _error(response: Any) -> str:
    info = getattr(response, "exc_info", None)
    return f"{info[0].__name__}: {str(info[1])[:300]}" if info else ""
