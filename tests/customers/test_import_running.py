"""Imports under hard conditions: killed workers, two at once, little memory."""

import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from audit.models import AuditEntry
from customers.flows import customers as customer_flows
from customers.flows.customers import CREATED
from customers.imports import running
from customers.imports.customer_rows import CustomerTaker
from customers.models import Contact, Customer, Import
from jobs.models import Job
from resellers.models import Reseller
from tests.customers.importing import CONTACTS, begin, finish, outcomes, take_over, try_out
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.races import overlap

ROWS = 25
HEAD = "Name,Code,Contact name,E-mail"


class WorkerKilledError(BaseException):
    """Nothing catches it, as nothing catches the end of a process."""


def lines(codes: bool = True) -> str:
    made = [f"Company {n},{f'C{n}' if codes else ''},Anna,a{n}@c{n}.example" for n in range(ROWS)]
    return "\n".join([HEAD, *made])


@pytest.fixture(autouse=True)
def chunks_of_ten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "CHUNK", 10)


def kill_at(
    monkeypatch: pytest.MonkeyPatch, chunk: int, *, before: bool
) -> Callable[[Import], None]:
    """Kill the worker in a chunk, before or after its rows are written."""
    take, seen = CustomerTaker.take, 0

    def killing(self: CustomerTaker, plans: Any, *, by: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == chunk and before:
            raise WorkerKilledError
        take(self, plans, by=by)
        if seen == chunk:
            raise WorkerKilledError

    def run(source: Import) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(CustomerTaker, "take", killing)
            with pytest.raises(WorkerKilledError):
                finish(source)
        assert source.run_id
        Job.objects.filter(pk=source.run_id).update(next_run_at=timezone.now())

    return run


@pytest.mark.usefixtures("alpha")
@pytest.mark.parametrize("codes", [True, False])
@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("chunk", [1, 2, 3])
def test_a_killed_worker_s_import_goes_on_and_no_row_comes_twice(
    monkeypatch: pytest.MonkeyPatch, chunk: int, before: bool, codes: bool
) -> None:
    source = begin(try_out(lines(codes)))
    kill_at(monkeypatch, chunk, before=before)(source)
    assert Customer.objects.count() == (chunk - 1) * 10

    source = finish(source)

    assert source.run
    assert (source.run.state, source.run.done) == (Job.State.DONE, ROWS)
    assert source.run.result == {"added": ROWS}
    assert Customer.objects.count() == ROWS
    assert AuditEntry.objects.filter(action=CREATED).count() == ROWS


@pytest.mark.usefixtures("alpha")
def test_a_row_that_repeats_one_before_the_kill_is_still_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    CustomerFactory(code="OLD", organization_name="Old", contact_email="o@o.example")
    content = (
        f"{HEAD},City\nOld,OLD,,,Köln\n{lines().partition(chr(10))[2]}\nOld,,,o@o.example,Bonn\n"
    )
    source = begin(try_out(content))
    kill_at(monkeypatch, 2, before=False)(source)

    source = finish(source)

    assert outcomes(source)[-1] == "refused"
    assert Customer.objects.get(code="OLD").city == "Köln"


@pytest.mark.usefixtures("alpha")
def test_a_cancelled_import_says_how_far_it_came(monkeypatch: pytest.MonkeyPatch) -> None:
    source = begin(try_out(lines()))
    take = CustomerTaker.take

    def cancel_then_take(self: CustomerTaker, plans: Any, *, by: Any) -> None:
        assert source.run_id
        Job.objects.filter(pk=source.run_id).update(cancel_requested_at=timezone.now())
        take(self, plans, by=by)

    monkeypatch.setattr(CustomerTaker, "take", cancel_then_take)
    source = finish(source)

    assert source.run
    assert (source.run.state, source.run.done, source.run.total) == ("cancelled", 10, ROWS)
    assert Customer.objects.count() == 10
    note = AuditEntry.objects.get(action=running.ENDED).note
    assert note == "Cancelled. 10 added, 0 changed, 0 unchanged, 0 refused"


@pytest.mark.usefixtures("alpha")
def test_somebody_who_takes_a_code_in_the_same_moment_is_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The chunk is planned again, and the row is about the customer that is there now."""
    source = begin(try_out(f"{HEAD}\nAcme,ACME,Anna,a@a.example\n"))
    plan = CustomerTaker.plan

    def plan_and_be_overtaken(self: CustomerTaker, rows: Any, *, to_take: bool) -> Any:
        plans = plan(self, rows, to_take=to_take)
        if not Customer.objects.exists():
            monkeypatch.setattr(CustomerTaker, "plan", plan)
            raise IntegrityError("customer_code_unique")
        return plans

    monkeypatch.setattr(CustomerTaker, "plan", plan_and_be_overtaken)
    source = finish(source)

    assert outcomes(source) == ["added"]
    assert Customer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    @pytest.mark.parametrize("codes", [True, False])
    def test_the_same_file_twice_makes_each_customer_once(
        self, alpha: Reseller, monkeypatch: pytest.MonkeyPatch, codes: bool
    ) -> None:
        monkeypatch.setattr(running, "CHUNK", ROWS)
        first, second = begin(try_out(lines(codes))), begin(try_out(lines(codes)))

        early, late = overlap(alpha, lambda: finish(first), lambda: finish(second))

        assert (early.error, late.error) == (None, None)
        assert Customer.objects.count() == ROWS
        second.refresh_from_db()
        assert second.run
        assert second.run.result == {"unchanged": ROWS}

    def test_a_form_that_takes_the_same_code_comes_first_or_second(self, alpha: Reseller) -> None:
        source, by = begin(try_out(f"{HEAD}\nAcme,ACME,Anna,a@a.example\n")), UserFactory()
        details: Any = {
            "organization_name": "Acme",
            "code": "ACME",
            "contact_name": "Anna",
            "contact_email": "b@b.example",
        }

        early, late = overlap(
            alpha, lambda: customer_flows.create(details, by=by), lambda: finish(source)
        )

        assert (early.error, late.error) == (None, None)
        assert Customer.objects.get().contact_email == "a@a.example"
        assert outcomes(source) == ["changed"]

    def test_of_two_files_of_first_contacts_one_contact_is_primary(self, alpha: Reseller) -> None:
        CustomerFactory(code="ACME")
        head = "Customer code,First name,Last name,E-mail"
        sources = [
            begin(try_out(f"{head}\nACME,{name},X,{name}@a.example\n", CONTACTS))
            for name in ("anna", "ben")
        ]

        early, late = overlap(alpha, lambda: finish(sources[0]), lambda: finish(sources[1]))

        assert (early.error, late.error) == (None, None)
        assert Contact.objects.count() == 2
        assert Contact.objects.primary().count() == 1


@pytest.mark.usefixtures("alpha")
@pytest.mark.parametrize("attempt", range(5))
def test_any_file_taken_over_twice_is_unchanged_the_second_time(attempt: int) -> None:
    """Codes, names and e-mails that meet each other in every way."""
    luck = random.Random(attempt)  # noqa: S311 - the same each time
    rows = [
        f"{luck.choice('ABc')},{luck.choice(['', 'X', 'Y', 'z'])},Anna,"
        f"{luck.choice(['a@a.example', 'A@a.example', 'b@b.example', 'no'])}"
        for _row in range(ROWS)
    ]
    content = "\n".join([HEAD, *rows])
    first = take_over(content)
    before = list(Customer.objects.order_by("pk").values())

    second = take_over(content)

    assert list(Customer.objects.order_by("pk").values()) == before
    refused = [each == "refused" for each in outcomes(first)]
    assert [each == "refused" for each in outcomes(second)] == refused


MEMORY = """
import io, resource, sys, tracemalloc
sys.path.insert(0, {root!r})
from django.conf import settings
settings.configure(USE_I18N=False)
from formats.tables import open_table
from tests.formats import xlsx
def strings():
    yield from (f"<t>Company {{number}} of many</t>" for number in range({rows} * 4))
cells = lambda row: "".join(f'<c t="s"><v>{{row * 4 + each}}</v></c>' for each in range(4))
content = xlsx.book({{
    "xl/sharedStrings.xml": xlsx.shared(*strings()),
    "xl/worksheets/sheet2.xml": xlsx.sheet(
        "".join(f"<row>{{cells(row)}}</row>" for row in range({rows}))),
}}) if {kind!r} == "xlsx" else b"Name,Code\\n" + b"Company,CODE-0123456789\\n" * ({rows} * 4)
file = io.BytesIO(content)
tracemalloc.start()
count = sum(1 for _row in open_table(file).rows())
print(count, tracemalloc.get_traced_memory()[1])
"""


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_long_file_is_read_in_little_memory(kind: str) -> None:
    """Sixteen times as many rows may not take four times the memory."""
    peaks = []
    for rows in (2_000, 32_000):
        root = str(Path(__file__).resolve().parents[2])
        program = MEMORY.format(root=root, rows=rows, kind=kind)
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-c", program], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        count, peak = map(int, done.stdout.split())
        assert count >= rows
        peaks.append(peak)

    assert peaks[1] < 12_000_000, peaks
    assert peaks[1] < peaks[0] * 4, peaks
