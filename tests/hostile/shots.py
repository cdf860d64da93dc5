"""One request as it goes over the wire, made of bytes that no honest browser would send."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

FORM = "application/x-www-form-urlencoded"
Pairs = Iterable[tuple[str, str | bytes]]


@dataclass(frozen=True)
class Shot:
    """What to send. `about` says in words what is odd about it."""

    method: str
    path: str  # as in the address bar, percent-encoded
    about: str
    query: bytes = b""
    body: bytes = b""
    content_type: str = FORM
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)
    # Readable text by the field into which it was typed: the answer must hold it still.
    typed: Mapping[str, str] = field(default_factory=dict)
    # Which kind of field meets which class of payload here.
    meetings: frozenset[tuple[str, str]] = frozenset()
    is_foreign: bool = False  # names somebody else's records: has to be refused

    def with_headers(self, **headers: str) -> "Shot":
        return replace(self, headers={**self.headers, **headers})

    @property
    def must_change_nothing(self) -> bool:
        return self.method not in {"POST", "PUT", "PATCH", "DELETE"}

    @property
    def sent_bytes(self) -> int:
        return len(self.path) + len(self.query) + len(self.body)


def encoded(pairs: Pairs) -> bytes:
    """The pairs as a form sends them. Texts may hold halves of characters."""
    raw = [(name, _bytes(value)) for name, value in pairs]
    return urlencode(raw).encode()


def get(path: str, about: str, query: Pairs = ()) -> Shot:
    return Shot("GET", path, about, query=encoded(query))


def post(path: str, about: str, body: Pairs, typed: Mapping[str, str] | None = None) -> Shot:
    return Shot("POST", path, about, body=encoded(body), typed=typed or {})


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
