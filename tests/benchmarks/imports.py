"""Taking a file of customers over: rows a second against bare INSERTs, and the task's memory."""

import json
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django_tenants.utils import tenant_context

from accounts.models import User
from accounts.roles import StaffRole
from customers.flows import imports as flows
from customers.models import Customer, Import
from jobs import running
from jobs.models import Job
from resellers.schemas import connection
from tests.benchmarks import crowd, databases
from tests.benchmarks.findings import AtLeast, AtMost, Finding, Scale
from tests.benchmarks.stage import CHECKOUT, Stage
from tests.benchmarks.visits import UnexpectedAnswerError
from tests.formats import xlsx

TARGET = 2_000  # rows a second
MOST_MEMORY = 150  # megabytes above what the worker holds while it waits
_HEAD = "Organization name;Code;Contact name;E-mail;Website;Street;Postal code;City;Country;Phone"


def run(stage: Stage, scale: Scale) -> list[Finding]:
    """The work of the importing task, inside of one process, without the start of Python."""
    rows = scale.imported
    with databases.copied("imports") as database:
        house = crowd.open_house("imports")
        with tenant_context(house.reseller):
            seconds = _seconds(rows)
            variables = stage.variables(database)
            memory = [
                _memory(kind, content, variables)
                for kind, content in {"CSV": _csv(rows, "M"), "XLSX": _xlsx(rows, "X")}.items()
            ]
        connection.close()
    return [*_of_speed(rows, seconds), *memory]


@dataclass(frozen=True)
class Seconds:
    """What each part took for all rows."""

    bare: float
    trial: float
    first: float
    again: float


def _seconds(rows: int) -> Seconds:
    bare = _bare(rows)
    source = _uploaded(_csv(rows, "S"))
    trial = _work(source.trial_id)
    first = _work(_started(source))
    again = _uploaded(_csv(rows, "S"))
    return Seconds(bare, trial, first, _work(again.trial_id))


def _of_speed(rows: int, seconds: Seconds) -> list[Finding]:
    return [
        Finding(
            name="import.target",
            sentence=f"importing customers, rows a second against {TARGET:,}",
            ratio=rows / seconds.first / TARGET,
            target=AtLeast(1),
            figures={
                "rows a second": rows / seconds.first,
                "tried, a second": rows / seconds.trial,
                "tried again, a second": rows / seconds.again,
            },
        ),
        Finding(
            name="import.bare",
            sentence="importing customers (checks, look-ups, timeline, the fate of each row),"
            " against inserting as many one by one in one transaction",
            ratio=seconds.first / seconds.bare,
            target=AtMost(1),
        ),
        Finding(
            name="import.trial",
            sentence="its trial run, which also looks for customers that look the same, against the"
            " same bare inserting",
            ratio=seconds.trial / seconds.bare,
        ),
    ]


def _memory(kind: str, content: bytes, variables: Mapping[str, str]) -> Finding:
    """The more hungry one of trial run and import, each in a process of its own."""
    source = _uploaded(content)
    taken = [_megabytes(source.trial_id, variables), _megabytes(_started(source), variables)]
    return Finding(
        name=f"import.memory-{kind.lower()}",
        sentence=f"most memory that an importing worker takes for a {kind} above what it holds"
        f" while it waits, against {MOST_MEMORY} MB",
        ratio=max(taken) / MOST_MEMORY,
        target=AtMost(1),
        figures={"trial run, MB": taken[0], "import, MB": taken[1]},
    )


def _megabytes(job_id: uuid.UUID | None, variables: Mapping[str, str]) -> float:
    words = ["-m", "tests.benchmarks.memory_of_job", str(connection.schema_name), str(job_id)]
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, *words],
        cwd=CHECKOUT,
        env=dict(variables),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise UnexpectedAnswerError(done.stderr)
    told = json.loads(done.stdout)
    if told["state"] != Job.State.DONE or told["result"].get("refused"):
        raise UnexpectedAnswerError(f"The job ended so: {told}")
    return max(float(told["peak"] - told["idle"]), 0.1)


def _rows(number: int, name: str) -> Iterator[list[str]]:
    return (
        [
            f"Imported {name} Company {n} GmbH",
            f"{name}-{n}",
            "Dana Miller",
            f"office@{name.lower()}{n}.example",
            f"https://www.{name.lower()}{n}.example",
            f"Weg {n}",
            "10115",
            "Berlin",
            "DE",
            f"+49 30 9{n:06d}",
        ]
        for n in range(number)
    )


def _csv(number: int, name: str) -> bytes:
    return "\n".join([_HEAD, *map(";".join, _rows(number, name))]).encode()


def _xlsx(number: int, name: str) -> bytes:
    """As spreadsheets write them: each text once, in a list that all cells refer to."""
    texts: dict[str, int] = {}
    rows = []
    for row in ([*_HEAD.split(";")], *_rows(number, name)):
        numbers = [texts.setdefault(text, len(texts)) for text in row]
        cells = "".join(f'<c t="s"><v>{each}</v></c>' for each in numbers)
        rows.append(f"<row>{cells}</row>")
    parts: dict[str, str | bytes] = {
        "xl/sharedStrings.xml": xlsx.shared(*(f"<t>{text}</t>" for text in texts)),
        "xl/worksheets/sheet2.xml": xlsx.sheet("".join(rows)),
    }
    return xlsx.book(parts)


def _bare(number: int) -> float:
    """Seconds for as many customers without anything around them. They are not kept."""
    begun = time.perf_counter()
    with transaction.atomic():
        for n in range(number):
            Customer.objects.create(
                organization_name=f"Bare Company {n} GmbH",
                code=f"BARE-{n}",
                contact_name="Dana Miller",
                contact_email=f"office@bare{n}.example",
                website=f"https://www.bare{n}.example",
                city="Berlin",
                country="DE",
            )
        took = time.perf_counter() - begun
        transaction.set_rollback(True)
    return took


def _owner() -> User:
    return User.objects.filter(staff_member__role=StaffRole.OWNER).earliest("created_at")


def _started(source: Import) -> uuid.UUID | None:
    flows.start(source, by=_owner())
    source.refresh_from_db()
    return source.run_id


def _uploaded(content: bytes) -> Import:
    file = SimpleUploadedFile("customers", content)
    owner = _owner()
    source = flows.upload(Import.What.CUSTOMERS, file, by=owner, key=uuid.uuid4())
    flows.try_out(source, source.columns, takes_odd_addresses=False, by=owner)
    source.refresh_from_db()
    return source


def _work(job_id: uuid.UUID | None) -> float:
    """Seconds in which a worker does it."""
    assert job_id
    begun = time.perf_counter()
    running.run(job_id)
    took = time.perf_counter() - begun
    job = Job.objects.get(pk=job_id)
    if job.state != Job.State.DONE or job.result.get("refused"):
        raise UnexpectedAnswerError(f"The import ended as {job.state}: {job.sentence} {job.result}")
    return took
