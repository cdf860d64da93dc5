"""In which schema tasks run, and when they do not run at all."""

import logging
import re
import uuid
from collections.abc import Iterator
from contextlib import suppress
from queue import Empty
from typing import Any

import pytest
from celery import Task, shared_task
from django.conf import LazySettings
from django.db import DatabaseError
from django_tenants.utils import schema_context, tenant_context

from accounts.models import User
from config.celery import app
from embedded.server import WORKERS
from jobs.tasks import wake_worker
from resellers import tasking
from resellers.current import current_reseller
from resellers.models import Reseller
from resellers.schemas import connection
from resellers.tasking import NoSchemaError, PublicTask, ResellerTask, public_task, queues
from tests.factories.accounts import UserFactory
from tests.factories.resellers import ResellerFactory
from tests.harness.environment import CHECKOUT

pytestmark = pytest.mark.django_db

ran: list[tuple[object, str]] = []


@shared_task(name="tests.of_a_reseller")
def of_a_reseller(word: str = "") -> None:
    ran.append((connection.schema_name, word or current_reseller().name))


@shared_task(name="tests.fails")
def fails() -> None:
    ran.append((connection.schema_name, "fails"))
    raise ZeroDivisionError


@shared_task(name="tests.long_one", base=ResellerTask, is_long=True)
def long_one() -> None:
    """May take minutes."""


@public_task(name="tests.of_the_platform")
def of_the_platform() -> None:
    ran.append((connection.schema_name, ""))


@pytest.fixture(autouse=True)
def nothing_ran() -> Iterator[None]:
    ran.clear()
    yield
    ran.clear()


def work(task: Any, schema_name: str | None, *arguments: object) -> Any:
    """Run a task as a worker does: from a message, on whatever connection the last task left."""
    request: dict[str, Any] = {"id": "1", "called_directly": False, "is_eager": False}
    if schema_name:
        request["_schema_name"] = schema_name
    task.push_request(**request)
    try:
        return task.__call__(*arguments)
    finally:
        task.pop_request()


def test_every_task_of_the_project_is_checked() -> None:
    app.loader.import_default_modules()
    ours = [task for name, task in app.tasks.items() if not name.startswith("celery.")]

    assert len(ours) >= 5
    assert all(isinstance(task, ResellerTask) for task in ours)


def test_only_the_platforms_own_tasks_run_in_public() -> None:
    app.loader.import_default_modules()
    in_public = {name for name, task in app.tasks.items() if isinstance(task, PublicTask)}

    assert {name for name in in_public if not name.startswith("tests.")} == {
        "accounts.sweep_recovery_codes",
        "accounts.sweep_sessions",
        "approvals.sweep_drafts",
        "cloudaccounts.check_platform_connection",
        "cloudaccounts.erase_credentials",
        "cloudaccounts.recheck_roles",
        "cloudaccounts.sweep_bill_checks",
        "cloudaccounts.sweep_checks",
        "cloudaccounts.sweep_connection_checks",
        "cloudaccounts.sweep_errands",
        "customers.sweep_purchase_orders",
        "customers.sweep_search",
        "jobs.delete_old_files",
        "jobs.sweep",
        "notifications.sweep",
        "operations.gather_figures",
        "resellers.provision",
        "resellers.sweep_unfinished",
    }


def test_a_task_runs_in_the_schema_that_its_message_names(public: Any) -> None:
    work(of_a_reseller, "alpha")
    work(of_a_reseller, "bravo")

    assert ran == [("alpha", "Alpha Cloud"), ("bravo", "Bravo Cloud")]
    assert connection.schema_name == "public"


def test_a_worker_that_kept_a_tenant_runs_the_next_task_in_its_own(public: Any) -> None:
    connection.set_tenant(Reseller.objects.get(schema_name="bravo"))

    work(of_a_reseller, "alpha")

    assert ran == [("alpha", "Alpha Cloud")]
    assert connection.schema_name == "public"


def test_a_failing_task_leaves_the_worker_in_public(public: Any) -> None:
    with pytest.raises(ZeroDivisionError):
        work(fails, "alpha")

    assert ran == [("alpha", "fails")]
    assert connection.schema_name == "public"


@pytest.mark.parametrize("name", [None, "", "public"])
def test_a_resellers_task_without_a_reseller_is_an_error(name: str | None, public: Any) -> None:
    with pytest.raises(NoSchemaError, match="needs a reseller"):
        work(of_a_reseller, name)
    with pytest.raises(NoSchemaError):
        of_a_reseller()

    assert ran == []


@pytest.mark.parametrize("trait", ["suspended", "requested", "creating", "seeding", "failed"])
def test_the_task_of_a_reseller_out_of_service_is_dropped(
    trait: str, public: Any, caplog: pytest.LogCaptureFixture
) -> None:
    reseller = ResellerFactory(**({} if trait == "requested" else {trait: True}))

    with caplog.at_level(logging.WARNING, "resellers.tasking"):
        assert work(of_a_reseller, reseller.schema_name, "word") is None

    assert ran == []
    assert "dropped" in caplog.text
    assert connection.schema_name == "public"


@pytest.mark.parametrize("name", ["gone", "alpha2", "alph", 'alpha"; DROP SCHEMA alpha; --'])
def test_the_task_of_an_unknown_schema_is_dropped(name: str, public: Any) -> None:
    work(of_a_reseller, name, "word")

    assert ran == []


def test_a_call_runs_where_the_caller_stands_and_leaves_them_there(alpha: Reseller) -> None:
    of_a_reseller()

    assert ran == [("alpha", "Alpha Cloud")]
    assert connection.tenant == alpha


def test_sending_notes_the_schema(alpha: Reseller, monkeypatch: pytest.MonkeyPatch) -> None:
    headers: list[Any] = []
    monkeypatch.setattr(
        "celery.Celery.send_task", lambda *_args, **options: headers.append(options["headers"])
    )

    of_a_reseller.delay()
    with schema_context("public"):
        of_the_platform.delay()

    assert [each["_schema_name"] for each in headers] == ["alpha", "public"]


@pytest.mark.parametrize("name", [None, "public", "alpha", "gone"])
def test_the_platforms_task_runs_in_public_wherever_it_came_from(
    name: str | None, public: Any
) -> None:
    work(of_the_platform, name)

    assert ran == [("public", "")]


def test_the_platforms_task_leaves_its_caller_in_place(alpha: Reseller) -> None:
    of_the_platform()

    assert ran == [("public", "")]
    assert connection.tenant == alpha


def test_the_librarys_own_switching_cannot_interfere() -> None:
    assert ResellerTask.get_tenant_databases() == ()
    assert issubclass(app.Task, ResellerTask)
    assert isinstance(of_a_reseller, Task)


# ── For each reseller ────────────────────────────────────────────────────────────────────────


def test_each_reseller_in_service_has_its_turn(public: Any) -> None:
    for trait in ("suspended", "failed", "seeding"):
        ResellerFactory(**{trait: True})

    tasking.for_each_in_service(of_a_reseller)

    assert sorted(ran) == [("alpha", "Alpha Cloud"), ("bravo", "Bravo Cloud")]
    assert connection.schema_name == "public"


def test_one_broken_reseller_does_not_stop_the_others(
    public: Any, caplog: pytest.LogCaptureFixture
) -> None:
    turns: list[object] = []

    def work_there() -> None:
        turns.append(connection.schema_name)
        if connection.schema_name == "alpha":
            raise DatabaseError("no such table")

    tasking.for_each_in_service(work_there)

    assert sorted(turns, key=str) == ["alpha", "bravo"]
    assert "failed at alpha" in caplog.text


def test_work_in_one_schema_is_not_seen_in_another(public: Any) -> None:
    tasking.for_each_in_service(UserFactory)

    counts = {}
    for reseller in Reseller.objects.in_service():
        with tenant_context(reseller):
            counts[reseller.schema_name] = User.objects.count()
    assert counts == {"alpha": 1, "bravo": 1}
    assert User.objects.count() == 0


# ── Queues ───────────────────────────────────────────────────────────────────────────────────


def waiting_in(queue: str) -> list[str]:
    """The tasks that wait in a queue of the broker, by name; it is empty afterwards."""
    found = []
    with app.connection_for_read() as broker, suppress(Empty):
        messages = broker.SimpleQueue(queue)
        while True:
            message = messages.get_nowait()
            found.append(message.headers["task"])
            message.ack()
    return found


def test_a_reseller_with_much_work_has_a_queue_of_its_own(
    alpha: Reseller, bravo: Reseller, settings: LazySettings
) -> None:
    settings.OWN_QUEUES = ["bravo"]

    of_a_reseller.delay()
    with tenant_context(bravo):
        of_a_reseller.delay()
        of_a_reseller.delay()
        long_one.delay()
    with schema_context("public"):
        of_the_platform.delay()

    assert waiting_in("bravo") == ["tests.of_a_reseller"] * 2
    assert waiting_in("bravo.jobs") == ["tests.long_one"]
    assert sorted(waiting_in("celery")) == ["tests.of_a_reseller", "tests.of_the_platform"]
    assert queues() == ["celery", "jobs", "bravo", "bravo.jobs"]


def test_a_long_task_waits_where_no_short_one_does(alpha: Reseller) -> None:
    long_one.delay()
    of_a_reseller.delay()

    assert waiting_in("jobs") == ["tests.long_one"]
    assert waiting_in("celery") == ["tests.of_a_reseller"]


def test_a_job_is_a_long_task(alpha: Reseller) -> None:
    wake_worker(uuid.uuid4())

    assert waiting_in("jobs") == ["jobs.run"]


def test_every_queue_has_a_worker_however_the_product_is_started(settings: LazySettings) -> None:
    compose = (CHECKOUT / "docker-compose.yml").read_text()
    handbook = (CHECKOUT / "docs" / "operations.md").read_text()

    known = set(settings.CELERY_TASK_QUEUES)
    assert set(re.findall(r"-Q (\w+)", " ".join(WORKERS.values()))) == known
    assert set(re.findall(r'"-Q", "(\w+)"', compose)) == known
    assert set(re.findall(r"^celery -A config worker -Q (\w+)", handbook, re.MULTILINE)) == known
