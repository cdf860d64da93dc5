"""Taking the list of customers away as a file, through the product as it is served.

Rows a second against what is promised, and memory over idle against its bound.
"""

import datetime as dt
import http.client
import re
import time
import uuid
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode

from django.utils import timezone
from django_tenants.utils import tenant_context

from customers.models import Export
from jobs.models import Job
from resellers.schemas import connection
from tests.benchmarks import crowd, databases, memory
from tests.benchmarks.crowd import House
from tests.benchmarks.findings import AtLeast, AtMost, Finding, Scale
from tests.benchmarks.stage import LOOPBACK, Stage
from tests.benchmarks.visits import UnexpectedAnswerError

TARGET = 20_000  # rows a second
BOUND = 150 * 1024 * 1024  # bytes over idle
PAGE = "/console/customers/export/"
DAYS = 34  # customers of the crowd come one a minute: these days hold 48,960 at most
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
_PIECE = 1 << 16
_LONGEST = 600  # seconds


@dataclass(frozen=True)
class Taken:
    """A file that somebody got."""

    size: int  # bytes
    rows: int
    seconds: float  # from the form's sending to the file's end

    @property
    def speed(self) -> float:
        return self.rows / self.seconds


@dataclass(frozen=True)
class Staff:
    """Somebody of the reseller's team, signed in."""

    port: int
    house: House

    def take(self, query: dict[str, str], **told: str) -> Taken:
        """Export, and get the file: at once, or when a worker has written it."""
        address = f"{PAGE}?{urlencode(query)}"
        page, cookie = self._page(address)
        found = _TOKEN.search(page)
        if not found:
            raise UnexpectedAnswerError(f"{address}: no form on {page}")
        body = urlencode({"csrfmiddlewaretoken": found[1], "delimiter": ",", **told})
        begun = time.perf_counter()
        answer = self._ask("POST", address, body, cookie)
        if answer.status == HTTPStatus.FOUND:
            answer.read()
            key = uuid.UUID(answer.headers["Location"].rstrip("/")[-36:])
            rows = self._wait(key)
            answer = self._ask("GET", f"/console/customers/exports/{key}/file/", "", "")
            size, _lines = _read(answer)
        else:
            size, rows = _read(answer)
        return Taken(size, rows, time.perf_counter() - begun)

    def _wait(self, key: uuid.UUID) -> int:
        with tenant_context(self.house.reseller):
            ends = time.monotonic() + _LONGEST
            while time.monotonic() < ends:
                export = Export.objects.select_related("job").get(pk=key)
                if export.job and export.job.state == Job.State.DONE:
                    return export.rows
                if export.job and not export.job.is_under_way:
                    break
                time.sleep(0.05)
        raise UnexpectedAnswerError(f"The export ended as {export.job and export.job.state}.")

    def _page(self, address: str) -> tuple[str, str]:
        answer = self._ask("GET", address, "", "")
        cookies = answer.headers.get_all("Set-Cookie", [])
        return answer.read().decode(), "; ".join(each.partition(";")[0] for each in cookies)

    def _ask(self, method: str, path: str, body: str, cookie: str) -> http.client.HTTPResponse:
        server = http.client.HTTPConnection(LOOPBACK, self.port, timeout=_LONGEST)
        headers = {
            "Host": self.house.host,
            "Origin": f"https://{self.house.host}",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": "192.0.2.1",
            "Cookie": f"__Host-session={self.house.session}; {cookie}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Connection": "close",
        }
        server.request(method, path, body, headers)
        return server.getresponse()


def run(stage: Stage, scale: Scale) -> list[Finding]:
    with databases.copied("exports") as database:
        house = crowd.open_house("exports", customers=scale.list_length)
        connection.close()
        with stage.web(database) as web, stage.worker(database) as worker:
            staff = Staff(web.port, house)
            newest = {"created.from": (timezone.now() - dt.timedelta(DAYS)).date().isoformat()}
            for _process in range(4):  # each has exported before, and so holds what it needs
                staff.take({"q": crowd.RARE}, format="csv", columns="all")
            staff.take({"q": crowd.RARE}, format="xlsx", columns="all")
            with memory.watched(web.child.pid) as web_peak:
                shown = staff.take(newest, format="csv", columns="shown")
                everything = staff.take(newest, format="csv", columns="all")
            with memory.watched(worker.pid) as worker_peak:
                csv = staff.take({}, format="csv", columns="shown")
                all_csv = staff.take({}, format="csv", columns="all")
                xlsx = staff.take({}, format="xlsx", columns="shown")
                all_xlsx = staff.take({}, format="xlsx", columns="all")
        connection.close()
    _check(scale, csv, all_csv, xlsx, all_xlsx)
    return [
        _speed("export.stream", "as streamed, in the columns of the list", shown),
        _speed("export.stream-all", "as streamed, in all columns", everything),
        _speed("export.csv", "of the whole list by a worker, in the columns of the list", csv),
        _speed("export.csv-all", "of the whole list by a worker, in all columns", all_csv),
        _longer("export.xlsx", "in the columns of the list", xlsx, csv),
        _longer("export.xlsx-all", "in all columns", all_xlsx, all_csv),
        _memory("export.memory-web", "the web server's", web_peak),
        _memory("export.memory-worker", "the worker's", worker_peak),
    ]


def _read(answer: http.client.HTTPResponse) -> tuple[int, int]:
    """Size, and rows of a CSV without breaks in its cells, while it arrives."""
    if answer.status != HTTPStatus.OK or "attachment" not in answer.headers.get(
        "Content-Disposition", ""
    ):
        raise UnexpectedAnswerError(f"No file but {answer.status}: {answer.read()[:2000]!r}")
    size = lines = 0
    while piece := answer.read(_PIECE):
        size += len(piece)
        lines += piece.count(b"\n")
    return size, lines - 1


def _check(scale: Scale, *files: Taken) -> None:
    for each in files:
        if each.rows < scale.list_length:
            raise UnexpectedAnswerError(f"Only {each.rows} of {scale.list_length} were exported.")


def _speed(name: str, what: str, taken: Taken) -> Finding:
    return Finding(
        name=name,
        sentence=f"CSV {what}, rows a second against {TARGET:,}",
        ratio=taken.speed / TARGET,
        target=AtLeast(1),
        figures={"rows": taken.rows, "rows a second": taken.speed, "bytes": taken.size},
    )


def _longer(name: str, what: str, xlsx: Taken, csv: Taken) -> Finding:
    return Finding(
        name=name,
        sentence=f"XLSX {what}, against the same rows as CSV",
        ratio=xlsx.seconds / csv.seconds,
        figures={"rows": xlsx.rows, "rows a second": xlsx.speed, "bytes": xlsx.size},
    )


def _memory(name: str, whose: str, peak: memory.Peak) -> Finding:
    return Finding(
        name=name,
        sentence=f"{whose} memory over idle while it exports, against 150 MB",
        ratio=max(peak.over_idle, 4096) / BOUND,
        target=AtMost(1),
        figures={"MB over idle": peak.over_idle / 1024 / 1024},
    )
