"""Taking a file of customers over: rows a second, against the target and against bare INSERTs."""

import time
import uuid
from collections.abc import Iterator

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
from tests.benchmarks.stage import Stage
from tests.benchmarks.visits import UnexpectedAnswerError

TARGET = 2_000  # rows a second
_HEAD = "Organization name;Code;Contact name;E-mail;Website;Street;Postal code;City;Country;Phone"


def run(_stage: Stage, scale: Scale) -> list[Finding]:
    """The work of the importing task, inside of one process, without the start of Python."""
    with databases.copied("imports"):
        house = crowd.open_house("imports")
        with tenant_context(house.reseller):
            bare = _bare(scale.imported)
            source = _uploaded("\n".join([_HEAD, *_rows(scale.imported)]))
            _work(source.trial_id)
            flows.start(source, by=_owner())
            source.refresh_from_db()
            first = _work(source.run_id)
            again = _uploaded("\n".join([_HEAD, *_rows(scale.imported)]))
            repeated = _work(again.trial_id)
        connection.close()
    rows = scale.imported
    return [
        Finding(
            name="import.target",
            sentence=f"importing customers, rows a second against {TARGET:,}",
            ratio=rows / first / TARGET,
            target=AtLeast(1),
            figures={"rows a second": rows / first, "tried again, a second": rows / repeated},
        ),
        Finding(
            name="import.bare",
            sentence="importing customers (checks, look-ups, timeline, the fate of each row),"
            " against inserting as many one by one in one transaction",
            ratio=first / bare,
            target=AtMost(1),
        ),
    ]


def _rows(number: int) -> Iterator[str]:
    return (
        f"Imported Company {n} GmbH;IMP-{n};Dana Miller;office@imp{n}.example;"
        f"https://www.imp{n}.example;Weg {n};10115;Berlin;DE;+49 30 9{n:06d}"
        for n in range(number)
    )


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


def _uploaded(content: str) -> Import:
    file = SimpleUploadedFile("customers.csv", content.encode())
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
