"""The page that Prometheus reads: who gets it, and that its numbers are right."""

import datetime as dt
import re
import time
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import NoReturn

import pytest
from django.conf import LazySettings, settings
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context
from prometheus_client.parser import text_string_to_metric_families

from config.celery import app
from operations import figures, tasks
from resellers.models import Reseller
from resellers.schemas import connection as schemas
from telemetry import counts
from telemetry.metrics import BUCKETS, REQUEST_SECONDS, REQUESTS, TASK_SECONDS, TASKS
from tests.factories.approvals import ApprovalRequestFactory
from tests.factories.notifications import OutgoingMailFactory
from tests.factories.resellers import ResellerFactory
from tests.harness.clients import HostClient
from tests.isolation.database import differences, fingerprint
from tests.isolation.statements import asked

pytestmark = pytest.mark.django_db

TOKEN = "a-token-of-twenty-characters"
KNOWN = {"Authorization": f"Bearer {TOKEN}"}
HOSTS = ["localhost", "LOCALHOST:8000", "127.0.0.1:8000", "[::1]:8000", "web:8000"]


@pytest.fixture(autouse=True)
def _token(settings: LazySettings) -> Iterator[None]:
    settings.METRICS_TOKEN = TOKEN
    yield
    counts.client.cache_clear()


def numbers() -> dict[str, dict[tuple[str, ...], float]]:
    """What the page says, by series, then by the values of the labels in their names' order."""
    page = Client(HTTP_HOST="localhost").get("/metrics", headers=KNOWN)
    assert page.status_code == HTTPStatus.OK
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(page.content.decode()):
        assert family.documentation
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
    return found


class TestWhoGetsIt:
    @pytest.mark.parametrize("host", HOSTS)
    def test_whoever_knows_the_token_at_the_platform(self, host: str) -> None:
        response = Client(HTTP_HOST=host).get("/metrics", headers=KNOWN)

        assert response.status_code == HTTPStatus.OK
        assert response["Content-Type"].startswith("text/plain; version=")
        assert response["Cache-Control"] == "no-store"

    @pytest.mark.parametrize("host", ["nobody.example", "alpha.localhost:8000", "xlocalhost.de"])
    def test_nobody_elsewhere(self, host: str) -> None:
        response = Client(HTTP_HOST=host).get("/metrics", headers=KNOWN)

        assert response.status_code == HTTPStatus.NOT_FOUND

    def test_nobody_on_a_resellers_host(self, alpha_client: HostClient) -> None:
        response = alpha_client.get("/metrics", headers=KNOWN)

        assert response.status_code == HTTPStatus.NOT_FOUND
        assert b"portal_" not in response.content

    @pytest.mark.parametrize(
        "given", ["", "Bearer ", "Bearer x", f"Bearer {TOKEN}x", "Bearer ümlaut", f"Basic {TOKEN}"]
    )
    def test_nobody_without_the_token(self, given: str) -> None:
        response = Client(HTTP_HOST="localhost").get("/metrics", headers={"Authorization": given})

        assert response.status_code == HTTPStatus.UNAUTHORIZED
        assert response.content == b""

    @pytest.mark.parametrize("host", HOSTS)
    def test_nobody_where_no_token_is_set(self, settings: LazySettings, host: str) -> None:
        settings.METRICS_TOKEN = ""

        for headers in ({}, KNOWN, {"Authorization": "Bearer "}):
            response = Client(HTTP_HOST=host).get("/metrics", headers=headers)
            assert response.status_code == HTTPStatus.NOT_FOUND

    def test_it_is_only_read(self) -> None:
        before = fingerprint("public")

        response = Client(HTTP_HOST="localhost").post("/metrics", headers=KNOWN)

        assert response.status_code == HTTPStatus.METHOD_NOT_ALLOWED
        assert differences(before, fingerprint("public")) == []

    def test_it_needs_no_encryption_inside_a_network(self, settings: LazySettings) -> None:
        settings.SECURE_SSL_REDIRECT = True

        assert Client(HTTP_HOST="10.0.0.7:8000").get("/metrics", headers=KNOWN).status_code == 200


class TestWhatItTells:
    def test_the_version_and_that_every_part_answers(self, settings: LazySettings) -> None:
        found = numbers()

        assert found["portal_build_info"] == {(settings.VERSION,): 1}
        assert found["portal_up"] == {("database",): 1, ("broker",): 1, ("counts",): 1}

    def test_requests_of_all_processes(self) -> None:
        for seconds in (0.02, 0.02, 0.3):
            counts.add(REQUESTS.one("a:page", "GET", "2xx"))
            counts.add(REQUEST_SECONDS.took(seconds, "a:page", "GET"))

        found = numbers()

        assert found["portal_http_requests_total"] == {("GET", "a:page", "2xx"): 3}
        assert found["portal_http_request_seconds_count"] == {("GET", "a:page"): 3}
        assert found["portal_http_request_seconds_sum"][("GET", "a:page")] == pytest.approx(0.34)
        buckets = list(found["portal_http_request_seconds_bucket"].values())
        assert buckets == [0, 2, 2, 2, 2, 3, 3, 3, 3, 3]
        assert len(buckets) == len(BUCKETS)

    def test_mails_and_requests_of_every_reseller_in_service(
        self, alpha: Reseller, bravo: Reseller
    ) -> None:
        long_ago = timezone.now() - dt.timedelta(days=30)
        overdue = timezone.now() - dt.timedelta(hours=2)
        OutgoingMailFactory(next_attempt_at=timezone.now() + dt.timedelta(hours=1))
        OutgoingMailFactory.create_batch(2, sent=True)
        OutgoingMailFactory(failed=True)
        OutgoingMailFactory(failed=True, created_at=long_ago)
        ApprovalRequestFactory(submitted_at=timezone.now() - dt.timedelta(days=3))
        ApprovalRequestFactory(draft=True)
        with tenant_context(bravo):
            OutgoingMailFactory(next_attempt_at=overdue)
            OutgoingMailFactory(sending=True)
            ApprovalRequestFactory.create_batch(2)
            ApprovalRequestFactory(declined=True)

        tasks.gather_figures()

        found = numbers()

        assert found["portal_mails"] == {("queued",): 2, ("sending",): 1, ("failed",): 1}
        assert found["portal_mails_oldest_due_seconds"][()] == pytest.approx(7200, abs=60)
        assert found["portal_requests_waiting"] == {(): 3}
        assert found["portal_requests_oldest_seconds"][()] == pytest.approx(3 * 86400, abs=60)

    def test_what_is_not_due_yet_is_not_overdue(self, alpha: Reseller) -> None:
        OutgoingMailFactory(next_attempt_at=timezone.now() + dt.timedelta(hours=1))

        tasks.gather_figures()

        assert numbers()["portal_mails_oldest_due_seconds"] == {(): 0}

    def test_nothing_of_a_suspended_reseller_or_one_without_a_schema(self, alpha: Reseller) -> None:
        OutgoingMailFactory()
        with schema_context("public"):
            Reseller.objects.filter(pk=alpha.pk).update(suspended_at=timezone.now())
            ResellerFactory(ready=True)
            ResellerFactory(failed=True)
            ResellerFactory()
        tasks.gather_figures()

        found = numbers()

        assert found["portal_mails"][("queued",)] == 0
        assert found["portal_resellers"] == {
            ("requested",): 1,
            ("creating",): 0,
            ("seeding",): 0,
            ("ready",): 3,
            ("failed",): 1,
            ("suspended",): 1,
        }

    def test_schemas_that_lack_a_migration(self, alpha: Reseller, bravo: Reseller) -> None:
        for schema in ("alpha", "public"):
            with schema_context(schema), connection.cursor() as cursor:
                cursor.execute("DELETE FROM django_migrations WHERE app = 'accounts'")

        tasks.gather_figures()

        assert numbers()["portal_schemas_behind"] == {(): 2}

    def test_how_many_tasks_wait(self, settings: LazySettings) -> None:
        settings.OWN_QUEUES = ["bravo"]
        app.control.purge()  # what flows of other tests sent: there is no worker
        for _ in range(3):
            app.send_task("tests.nobody_runs_this")
        app.send_task("tests.nobody_runs_this", queue="jobs")
        try:
            assert numbers()["portal_queue_length"] == {
                ("celery",): 3,
                ("jobs",): 1,
                ("bravo",): 0,
                ("bravo.jobs",): 0,
            }
        finally:
            app.control.purge()

    def test_when_all_this_was_gathered(self) -> None:
        assert "portal_gathered_timestamp_seconds" not in numbers()

        tasks.gather_figures()

        found = numbers()
        assert found["portal_gathered_timestamp_seconds"][()] == pytest.approx(time.time(), abs=5)
        assert 0 < found["portal_gathering_seconds"][()] < 60

    def test_what_the_handbook_lists_and_nothing_else(self) -> None:
        handbook = (Path(settings.BASE_DIR) / "docs" / "operations.md").read_text()
        tasks.gather_figures()
        counts.add([*REQUESTS.one("x", "GET", "2xx"), *TASKS.one("x", "done")])
        counts.add([*REQUEST_SECONDS.took(1, "x", "GET"), *TASK_SECONDS.took(1, "x")])

        told = {name.removesuffix("_bucket") for name in numbers()}

        of_histograms = {name for name in told if name.endswith(("_sum", "_count", "_created"))}
        listed = re.findall(r"portal_[a-z_]+[a-z]", handbook)
        assert {name.removesuffix("_bucket") for name in listed} == told - of_histograms


class TestWhenSomethingIsAway:
    def test_without_the_database_everything_else_is_told(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_args: object, **_kwargs: object) -> NoReturn:
            raise OperationalError

        tasks.gather_figures()
        counts.add(REQUESTS.one("a:page", "GET", "2xx"))
        monkeypatch.setattr(Reseller.objects, "values_list", refuse)

        found = numbers()

        assert found["portal_up"][("database",)] == 0
        assert found["portal_http_requests_total"] == {("GET", "a:page", "2xx"): 1}
        assert "portal_mails" in found
        assert "portal_resellers" not in found

    def test_without_valkey_the_state_is_told(self, settings: LazySettings) -> None:
        settings.REDIS_URL = "redis://127.0.0.1:1/0"
        counts.client.cache_clear()

        found = numbers()

        assert found["portal_up"] == {("database",): 1, ("broker",): 1, ("counts",): 0}
        assert found["portal_resellers"][("ready",)] == 2
        assert "portal_http_requests_total" not in found

    def test_without_the_broker_the_rest_is_told(self, settings: LazySettings) -> None:
        settings.CELERY_BROKER_URL = "redis://:s3cret@127.0.0.1:1/0"

        found = numbers()

        assert found["portal_up"][("broker",)] == 0
        assert "portal_queue_length" not in found
        assert found["portal_resellers"][("ready",)] == 2

    def test_a_database_that_refuses_connections_is_counted(self) -> None:
        elsewhere = schemas.copy("elsewhere")
        elsewhere.settings_dict = {**schemas.settings_dict, "HOST": "127.0.0.1", "PORT": "1"}

        for _ in range(2):
            with pytest.raises(OperationalError, match="refused"):
                elsewhere.ensure_connection()

        assert numbers()["portal_database_connection_failures_total"] == {(): 2}

    def test_before_the_first_failure_it_says_none(self) -> None:
        assert numbers()["portal_database_connection_failures_total"] == {(): 0}


class TestWhatItCosts:
    def test_a_few_questions_however_many_resellers(
        self, alpha: Reseller, bravo: Reseller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with asked() as together:
            tasks.gather_figures()
        monkeypatch.setattr(figures, "SCHEMAS_PER_QUESTION", 1)
        with asked() as apart:
            tasks.gather_figures()

        assert len(together) == 6
        assert len(apart) - len(together) == 3, "one question and its time limit for each share"

    def test_looking_costs_one_question(self, alpha: Reseller) -> None:
        tasks.gather_figures()

        with asked() as statements:
            numbers()

        assert len(statements) == 1

    def test_no_time_limit_is_left_behind(self) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            before = cursor.fetchone()
            tasks.gather_figures()
            cursor.execute("SHOW statement_timeout")

            assert cursor.fetchone() == before
