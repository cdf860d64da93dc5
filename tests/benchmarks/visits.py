"""A visitor that costs next to nothing itself: one kept connection, one prepared request."""

import contextlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus

from tests.benchmarks.stage import LOOPBACK

_LARGEST = 1 << 16
_CLIENT = "192.0.2.1"


class UnexpectedAnswerError(AssertionError):
    """A page did not answer as it should: what was measured would be something else."""


@dataclass
class Visit:
    """One page as one person asks for it."""

    host: str
    path: str
    session: str = ""
    expects: str = ""  # stands on the page, so that no log-in page is measured by mistake

    def request(self) -> bytes:
        lines = [
            f"GET {self.path} HTTP/1.1",
            f"Host: {self.host}",
            "X-Forwarded-Proto: https",
            f"X-Forwarded-For: {_CLIENT}",
            *([f"Cookie: __Host-session={self.session}"] if self.session else []),
        ]
        return "\r\n".join([*lines, "", ""]).encode()


@dataclass
class Visitor:
    """Makes one visit again and again."""

    visit: Visit
    connection: socket.socket
    _request: bytes = field(init=False)

    def __post_init__(self) -> None:
        self._request = self.visit.request()

    @classmethod
    @contextlib.contextmanager
    def at(cls, port: int, visit: Visit) -> Iterator["Visitor"]:
        with socket.create_connection((LOOPBACK, port), timeout=60) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            yield cls(visit, connection)

    def go(self) -> str:
        """Ask, and read the page to its end."""
        self.connection.sendall(self._request)
        head, _end, body = self._read_until(b"\r\n\r\n")
        length = _length(head)
        while len(body) < length:
            body += self._receive()
        return body.decode()

    def check(self) -> str:
        """Visit once and look at the page."""
        page = self.go()
        if self.visit.expects not in page:
            raise UnexpectedAnswerError(
                f"{self.visit.path}: {self.visit.expects!r} is not in {page}"
            )
        return page

    def _read_until(self, mark: bytes) -> tuple[bytes, bytes, bytes]:
        received = b""
        while mark not in received:
            received += self._receive()
        return received.partition(mark)

    def _receive(self) -> bytes:
        received = self.connection.recv(_LARGEST)
        if not received:
            raise UnexpectedAnswerError(f"{self.visit.path}: the server hung up.")
        return received


def _length(head: bytes) -> int:
    first, *lines = head.decode("latin-1").split("\r\n")
    if int(first.split()[1]) != HTTPStatus.OK:
        raise UnexpectedAnswerError(f"The server answered {first}")
    for line in lines:
        name, _colon, value = line.partition(":")
        if name.lower() == "content-length":
            return int(value)
    raise UnexpectedAnswerError("The answer does not tell its length.")
