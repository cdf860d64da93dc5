"""A task carries on the id of what caused it, tells how it ended, and is counted."""

import uuid
from typing import Any

import pytest
from celery import shared_task
from django.db import connection
from django_tenants.utils import schema_context

from config.celery import app
from resellers.models import Reseller
from resellers.tasking import CAUSE, public_task
from telemetry import context, counts
from telemetry.context import Work, working
from telemetry.metrics import parsed
from tests.config.lines import kept

pytestmark = pytest.mark.django_db

LOGGER = "portal.tasks"


@shared_task(name="tests.asks_twice")
def asks_twice() -> None:
    with connection.cursor() as cursor:
        for _ in range(2):
            cursor.execute("SELECT 1")


@shared_task(name="tests.breaks")
def breaks() -> None:
    raise ZeroDivisionError


@public_task(name="tests.sends_another")
def sends_another() -> None:
    asks_twice.apply_async()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The headers of each message, as they go to the broker."""
    headers: list[dict[str, Any]] = []

    def send_task_message(*_message: Any, **options: Any) -> None:
        headers.append(options["headers"])

    monkeypatch.setattr(app.amqp, "send_task_message", send_task_message)
    return headers


def work(task: Any, **request: Any) -> None:
    """Run a task as a worker does, from a message."""
    known = {"id": str(uuid.uuid4()), "called_directly": False, "is_eager": False}
    task.push_request(**{**known, **request})
    try:
        task.__call__()
    finally:
        task.pop_request()


def test_a_message_names_the_request_that_sends_it(
    alpha: Reseller, sent: list[dict[str, Any]]
) -> None:
    with working(Work("request-1")):
        asks_twice.delay()

    (headers,) = sent
    assert headers[CAUSE] == "request-1"
    assert headers["_schema_name"] == "alpha"


def test_what_beat_started_passes_its_own_id_on(alpha: Reseller, sent: list[Any]) -> None:
    work(sends_another, id="from-beat")

    assert [headers[CAUSE] for headers in sent] == ["from-beat"]


def test_what_a_request_caused_passes_the_requests_id_on(alpha: Reseller, sent: list[Any]) -> None:
    work(sends_another, headers={CAUSE: "request-1"})

    assert [headers[CAUSE] for headers in sent] == ["request-1"]


def test_the_line_tells_which_task_ran_for_whom_and_how_it_ended(alpha: Reseller) -> None:
    with kept(LOGGER) as lines:
        work(asks_twice, id="task-1", headers={CAUSE: "request-1", "_schema_name": "alpha"})

    (line,) = lines.of(LOGGER)
    assert line.pop("duration_ms") >= line.pop("database_ms") > 0
    del line["time"], line["process"]
    assert line == {
        "level": "info",
        "logger": LOGGER,
        "message": "tests.asks_twice done",
        "request_id": "request-1",
        "task": "tests.asks_twice",
        "task_id": "task-1",
        "tenant": "alpha",
        "outcome": "done",
        "queries": 3,  # one of them: whether the reseller is in service
    }
    assert context.marks() == {}, "the worker is nobody's when the task has ended"


def test_a_task_that_breaks_is_told_and_counted_as_failed(alpha: Reseller) -> None:
    with kept(LOGGER) as lines, pytest.raises(ZeroDivisionError):
        work(breaks, _schema_name="alpha")

    (line,) = lines.of(LOGGER)
    assert (line["outcome"], line["level"]) == ("failed", "warning")
    assert parsed(counts.read())["portal_tasks"] == {("tests.breaks", "failed"): 1}


def test_a_task_of_a_suspended_reseller_is_told_and_counted_as_dropped(alpha: Reseller) -> None:
    with schema_context("public"):
        Reseller.objects.filter(pk=alpha.pk).update(suspended_at="2026-01-01T00:00Z")

    with kept(LOGGER) as lines:
        work(asks_twice, _schema_name="alpha")

    (line,) = lines.of(LOGGER)
    assert (line["outcome"], line["tenant"]) == ("dropped", "alpha")
    found = parsed(counts.read())
    assert found["portal_tasks"] == {("tests.asks_twice", "dropped"): 1}
    assert sum(found["portal_task_seconds"].values()) > 1


def test_a_plain_call_belongs_to_its_callers_work(alpha: Reseller) -> None:
    with kept(LOGGER) as lines, working(Work("request-1")):
        asks_twice()
        assert context.current_id() == "request-1"

    assert lines.lines == []
    assert parsed(counts.read()) == {}
