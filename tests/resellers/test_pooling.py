"""How a pooler is found; tests/upgrades/test_poolers.py asks a real one."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError
from django.test import Client

from resellers import checks, pooling
from tests.resellers.questions import questions

pytestmark = pytest.mark.django_db


class Pool:
    """Which server process answers `SELECT pg_backend_pid()` behind a pooler."""

    def __init__(self, *, by_transaction: bool) -> None:
        self.by_transaction = by_transaction
        self.free = [101, 102, 103]

    def take(self) -> int:
        return self.free.pop()


class Behind:
    """One connection behind it."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.kept = 0 if pool.by_transaction else pool.take()
        self.in_transaction = False

    def execute(self, statement: str) -> None:
        if not self.pool.by_transaction:
            return
        if statement == "BEGIN":
            self.in_transaction, self.kept = True, self.pool.take()
        elif statement == "ROLLBACK":
            self.in_transaction = False
            self.pool.free.append(self.kept)

    def fetchone(self) -> tuple[int]:
        return (
            self.pool.free[-1]
            if self.pool.by_transaction and not self.in_transaction
            else self.kept,
        )


@pytest.mark.parametrize("by_transaction", [True, False])
def test_two_connections_that_meet_are_pooled_by_transaction(by_transaction: bool) -> None:
    pool = Pool(by_transaction=by_transaction)

    assert pooling._meet(Behind(pool), Behind(pool)) is by_transaction


def test_without_a_pooler_it_costs_one_question(public: Any) -> None:
    with questions(1):
        pooling.refuse_shared_connections()


def test_connections_that_are_ours_alone_never_meet(public: Any) -> None:
    assert not pooling._is_shared()


@pytest.fixture
def pooled(public: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if PgBouncer stood in between."""
    numbers = iter(range(1_000_000, 2_000_000))
    monkeypatch.setattr(pooling, "_server_process", lambda _cursor: next(numbers))


def test_a_worker_and_a_web_server_do_not_start_behind_it(pooled: None) -> None:
    with pytest.raises(ImproperlyConfigured, match="Set its pool_mode to session"):
        checks.refuse_pooling_by_transaction()


def test_readiness_says_so(pooled: None) -> None:
    answer = Client().get("/readyz")

    assert (answer.status_code, answer.json()["database"]) == (503, "is pooled by transaction")


def test_readiness_looks_for_it_once_a_minute(public: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    monkeypatch.setattr("config.health.refuse_shared_connections", lambda: looked.append(1))
    client = Client()

    for _ in range(3):
        client.get("/readyz")

    assert len(looked) == 1


def test_a_database_that_is_away_is_no_reason_not_to_start(
    public: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(pooling, "refuse_shared_connections", away)

    checks.refuse_pooling_by_transaction()
