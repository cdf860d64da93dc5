"""People who read and write all the time, through whatever stands in front of the web servers."""

import http.client
import itertools
import threading
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlencode

from tests.upgrades.installation import Process, name_of

_CSRF = "c" * 32
_CREATE = "/console/customers/create/"
_PATHS = ("/", "/console/customers/", "/console/", _CREATE)
_FORM = {"content-type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Visit:
    """One request and its answer. `status` is 0 where there was none."""

    path: str
    host: str
    status: int
    at: float
    seconds: float
    # Whether the page names the reseller of its host.
    is_at_home: bool = True

    @property
    def is_right(self) -> bool:
        return self.status == (HTTPStatus.FOUND if self.path == _CREATE else HTTPStatus.OK)


@dataclass
class Visitors:
    """Some people at every reseller, each on a thread."""

    sessions: dict[str, str]
    in_rotation: list[Process]
    number: int = 4
    visits: list[Visit] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _names: "itertools.count[int]" = field(default_factory=itertools.count)

    def start(self) -> None:
        for number in range(self.number):
            thread = threading.Thread(target=self._visit_all, args=[number])
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def rotate(self, processes: list[Process]) -> None:
        """What a load balancer does: new requests go to these only."""
        self.in_rotation = processes
        time.sleep(0.5)  # who has chosen an old one already is through by then

    @property
    def failures(self) -> list[Visit]:
        return [visit for visit in self.visits if not visit.is_right]

    @property
    def strangers(self) -> list[Visit]:
        """Pages of another reseller than that of the host."""
        return [visit for visit in self.visits if not visit.is_at_home]

    @property
    def created(self) -> int:
        return sum(visit.path == _CREATE and visit.is_right for visit in self.visits)

    def between(self, begin: float, end: float) -> list[Visit]:
        return [visit for visit in self.visits if begin <= visit.at <= end]

    def _visit_all(self, number: int) -> None:
        hosts = itertools.cycle(sorted(self.sessions))
        for _ in range(number):
            next(hosts)
        for path in itertools.cycle(_PATHS):
            if self._stop.is_set():
                return
            host, web = next(hosts), self.in_rotation[number % len(self.in_rotation)]
            begun = time.monotonic()
            status, page = self.visit(web, host, path)
            is_at_home = status != HTTPStatus.OK or name_of(host).encode() in page
            seconds = time.monotonic() - begun
            self.visits.append(Visit(path, host, status, begun, seconds, is_at_home))

    def visit(self, web: Process, host: str, path: str) -> tuple[int, bytes]:
        """One request: its answer's status and page, or 0 and nothing."""
        connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=60)
        headers = {"host": host, "cookie": f"session={self.sessions[host]}; csrf={_CSRF}"}
        try:
            if path == _CREATE:
                connection.request("POST", path, self._new_customer(), headers | _FORM)
            else:
                connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            connection.close()

    def _new_customer(self) -> str:
        name = f"Customer {next(self._names)}"
        typed = {"organization_name": name, "contact_name": "Anna", "country": "DE"}
        # All have one mailbox: the page would ask whether it is one company.
        asked = {"despite": "on", "csrfmiddlewaretoken": _CSRF}
        return urlencode(typed | asked | {"contact_email": "anna@example.com"})
