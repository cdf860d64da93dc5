"""Fixtures for every test: the database, the resellers alpha and bravo, clients on their hosts."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import TransactionTestCase
from pytest_django.plugin import DjangoDbBlocker
from pytest_socket import socket_allow_hosts

from resellers import hosts
from resellers.models import Reseller
from resellers.schemas import connection
from telemetry import counts
from tests.harness import database
from tests.harness.clients import HostClient

# Queries are counted: a host must not be looked up anew in the middle of a slow test.
hosts.SECONDS_TO_KEEP = 3600.0
# What is counted is sent when a test looks, not in the middle of the next one.
counts.SECONDS_BETWEEN = 3600.0


@pytest.hookimpl(trylast=True)
def pytest_runtest_setup() -> None:
    """Nothing outside of this machine is reached from a test."""
    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """This process's database, in place of pytest-django's."""
    with django_db_blocker.unblock():
        database.create()
    # Django would empty the tables of whichever schema is in use: resellers gone, or one of them
    # half empty.
    TransactionTestCase._fixture_teardown = lambda _self: database.renew()  # type: ignore[attr-defined]
    yield
    with django_db_blocker.unblock():
        database.drop()


@pytest.fixture(autouse=True)
def leave_nothing_behind() -> Iterator[None]:
    """What one test cached, counted or entered, the next one does not meet."""
    yield
    counts._tally._paused_until = 0.0
    counts.send()
    cache.clear()
    hosts.forget()
    connection.set_schema_to_public()


@pytest.fixture
def alpha(db: None) -> Iterator[Reseller]:
    """The reseller alpha; the test runs in its schema."""
    connection.set_schema_to_public()
    with database.inside(Reseller.objects.get(schema_name="alpha")) as reseller:
        yield reseller


@pytest.fixture
def bravo(db: None) -> Reseller:
    """Another reseller. The test does not run in its schema: enter with `tenant_context(bravo)`."""
    with database.in_public():
        return Reseller.objects.get(schema_name="bravo")


@pytest.fixture
def alpha_client(alpha: Reseller) -> HostClient:
    """A browser on alpha's host."""
    return HostClient(alpha.host, alpha)


@pytest.fixture
def bravo_client(bravo: Reseller) -> HostClient:
    """A browser on bravo's host."""
    return HostClient(bravo.host, bravo)


@pytest.fixture
def platform_client(db: None) -> HostClient:
    """A browser on the platform operators' host."""
    return HostClient(settings.PLATFORM_HOST)
