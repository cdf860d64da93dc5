"""A streamed export on the wire: whose rows it reads, of which moment, and what it leaves behind.

A body is made after its request has left the middleware, in tests like this one while others come
and go on the same connection.
"""

from typing import Any

import pytest
from django_tenants.utils import tenant_context

from accounts.roles import StaffRole
from console.exports import reading
from customers.models import Customer
from resellers.models import Reseller
from resellers.schemas import connection
from tests.console.exporting import ask, names, page_of, rows
from tests.console.staff import log_in
from tests.factories.customers import CustomerFactory
from tests.harness.clients import HostClient

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = 9


@pytest.fixture(autouse=True)
def _chunks_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "CHUNK", 2)


@pytest.fixture
def clients(
    alpha: Reseller, bravo: Reseller, alpha_client: HostClient, bravo_client: HostClient
) -> tuple[HostClient, HostClient]:
    """Somebody at each of two resellers that have customers with the same codes."""
    for reseller, client in ((alpha, alpha_client), (bravo, bravo_client)):
        with tenant_context(reseller):
            log_in(client, StaffRole.OWNER)
            for number in range(NUMBER):
                name = f"{reseller.schema_name} {number}"
                CustomerFactory(organization_name=name, code=f"C{number}")
    return alpha_client, bravo_client


def open_cursors() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_cursors WHERE is_holdable")
        (number,) = cursor.fetchone()
    return int(number)


def begun(client: HostClient, columns: str = "shown") -> tuple[Any, list[bytes]]:
    """A body of which the mark, the header and the first rows are read."""
    parts = iter(ask(client, columns=columns))
    return parts, [next(parts), next(parts)]


@pytest.mark.parametrize("columns", ["shown", "all"])
def test_no_request_in_between_brings_another_resellers_rows(
    clients: tuple[HostClient, HostClient], bravo: Reseller, columns: str
) -> None:
    ours, theirs = clients
    parts, raw = begun(ours, columns)
    other, other_raw = begun(theirs, columns)
    for _each in range(NUMBER):
        theirs.get(page_of("new"))
        connection.set_tenant(bravo)
        raw.append(next(parts, b""))
        connection.set_schema_to_public()
        other_raw.append(next(other, b""))

    assert names(rows(b"".join(raw))) == [f"alpha {number}" for number in range(NUMBER)]
    assert names(rows(b"".join(other_raw))) == [f"bravo {number}" for number in range(NUMBER)]
    assert open_cursors() == 0


def test_a_body_that_begins_late_is_read_in_its_own_schema(
    clients: tuple[HostClient, HostClient], bravo: Reseller
) -> None:
    ours, theirs = clients
    response = ask(ours)
    b"".join(ask(theirs))
    connection.set_tenant(bravo)

    assert names(rows(b"".join(response)))[0] == "alpha 0"


def test_all_rows_are_of_the_moment_when_it_began(
    clients: tuple[HostClient, HostClient], alpha: Reseller
) -> None:
    response = ask(clients[0])
    with tenant_context(alpha):
        Customer.objects.filter(code__in=["C7", "C8"]).delete()
        Customer.objects.update(organization_name="Renamed")
        CustomerFactory(organization_name="alpha 99")

    assert names(rows(b"".join(response))) == [f"alpha {number}" for number in range(NUMBER)]


def test_whoever_goes_away_leaves_no_cursor_behind(
    clients: tuple[HostClient, HostClient],
) -> None:
    response = ask(clients[0])
    parts = response._iterator
    next(parts)
    assert open_cursors() == 1

    parts.close()

    assert open_cursors() == 0
    assert connection.schema_name == "public"


def test_whoever_never_reads_leaves_no_cursor_behind(
    clients: tuple[HostClient, HostClient],
) -> None:
    response = ask(clients[0])
    assert open_cursors() == 1

    for close in response._resource_closers:
        close()
    del response

    assert open_cursors() == 0
