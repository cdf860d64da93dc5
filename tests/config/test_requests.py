"""Each request has an id, one log line and its counts."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.conf import settings as django_settings
from django.db import OperationalError, connection
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import User
from accounts.roles import StaffRole
from accounts.sessions import SessionStore
from config.requests import marks_of
from console.views.home import Home
from resellers.models import Reseller
from telemetry import counts
from telemetry.metrics import parsed
from tests.config.lines import Kept, kept
from tests.factories.accounts import StaffMemberFactory
from tests.harness.clients import HostClient
from tests.isolation import errands
from tests.isolation.statements import asked
from tests.isolation.world import World, make_world

GIVEN = "3f2a77d0c5e84c0f8d0f"
LOGGER = "portal.requests"


@pytest.fixture
def owner(alpha: Reseller) -> User:
    user: User = StaffMemberFactory(role=StaffRole.OWNER, user__full_name="Olga Owner").user
    return user


def only_line(lines: Kept) -> dict[str, Any]:
    (line,) = lines.of(LOGGER)
    return line


@pytest.mark.parametrize("path", ["/", "/healthz", "/nowhere/", "/console/"])
def test_every_answer_names_its_request(alpha_client: HostClient, path: str) -> None:
    first, second = alpha_client.get(path), alpha_client.get(path)

    assert re.fullmatch(r"[0-9a-f]{32}", first["X-Request-ID"])
    assert first["X-Request-ID"] != second["X-Request-ID"]


def test_strangers_hosts_get_an_id_as_well(db: None) -> None:
    assert Client(HTTP_HOST="nobody.example").get("/")["X-Request-ID"]


def test_the_id_of_a_trusted_proxy_is_kept(
    alpha_client: HostClient, settings: LazySettings
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    with kept(LOGGER) as lines:
        response = alpha_client.get("/", headers={"X-Request-ID": GIVEN})

    assert response["X-Request-ID"] == GIVEN
    assert only_line(lines)["request_id"] == GIVEN


def test_without_a_proxy_nobody_chooses_the_id(alpha_client: HostClient) -> None:
    response = alpha_client.get("/", headers={"X-Request-ID": GIVEN})

    assert response["X-Request-ID"] != GIVEN


@pytest.mark.parametrize(
    "nonsense", ["", "short", "x" * 65, 'a" b=c1234', "ümlaut-umlaut", "a\tb123456"]
)
def test_an_id_that_is_none_is_replaced(
    alpha_client: HostClient, settings: LazySettings, nonsense: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    response = alpha_client.get("/", headers={"X-Request-ID": nonsense})

    assert re.fullmatch(r"[0-9a-f]{32}", response["X-Request-ID"])


def test_the_line_tells_who_where_what_and_how_long(
    alpha: Reseller, alpha_client: HostClient, owner: User
) -> None:
    alpha_client.force_login(owner)
    path = reverse("console:customers:list", urlconf="config.urls_reseller")

    with asked() as statements, kept(LOGGER) as lines:
        response = alpha_client.get(path, {"q": "Anna Schmidt"})

    line = only_line(lines)
    assert 0 < line.pop("duration_ms") < 60_000
    assert 0 <= line.pop("database_ms") < 60_000
    del line["time"], line["process"]
    assert line == {
        "level": "info",
        "logger": LOGGER,
        "message": f"GET {path} 200",
        "request_id": response["X-Request-ID"],
        "tenant": "alpha",
        "host": alpha.host,
        "user": str(owner.pk),
        "method": "GET",
        "path": path,
        "route": "console:customers:list",
        "status": 200,
        "queries": len(statements),
    }


def test_the_handbook_explains_every_field(alpha_client: HostClient, owner: User) -> None:
    handbook = (Path(django_settings.BASE_DIR) / "docs" / "operations.md").read_text()
    alpha_client.force_login(owner)

    with kept(LOGGER) as lines:
        alpha_client.get("/console/")

    assert {field for field in only_line(lines) if f"`{field}`" not in handbook} == set()


def test_the_line_of_a_visitor_names_nobody_and_asks_nothing(alpha_client: HostClient) -> None:
    with kept(LOGGER) as lines, asked() as statements:
        alpha_client.get("/")

    assert "user" not in only_line(lines)
    assert statements == []


def test_the_platforms_line_names_no_reseller(platform_client: HostClient) -> None:
    with kept(LOGGER) as lines:
        platform_client.get("/admin/")

    line = only_line(lines)
    assert "tenant" not in line
    assert (line["status"], line["route"]) == (302, "admin:index")


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/static/x.css"])
def test_probes_and_files_write_no_line(platform_client: HostClient, path: str) -> None:
    with kept(LOGGER) as lines:
        platform_client.get(path)

    assert lines.of(LOGGER) == []


def test_a_path_cannot_forge_a_line(alpha_client: HostClient) -> None:
    with kept(LOGGER) as lines:
        alpha_client.get("/x%0A2026-11-22 INFO forged%1b[31m/" + "y" * 1000)

    path = only_line(lines)["path"]
    assert path.startswith("/x\\n2026-11-22 INFO forged\\x1b")
    assert len(path) < 600


def test_a_failure_shows_its_number_and_is_logged_with_it(
    alpha_client: HostClient, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_args: object, **_kwargs: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Home, "get_context_data", fails)
    alpha_client.force_login(owner)
    alpha_client.raise_request_exception = False

    with kept(LOGGER, "django.request") as lines:
        response = alpha_client.get("/console/")

    number = response["X-Request-ID"]
    assert response.status_code == 500
    assert f"<code>{number}</code>" in response.content.decode()
    (trace,) = lines.of("django.request")
    assert (trace["request_id"], trace["tenant"]) == (number, "alpha")
    assert trace["user"] == str(owner.pk)
    assert "ZeroDivisionError" in trace["trace"]
    assert (only_line(lines)["level"], only_line(lines)["status"]) == ("warning", 500)


def test_who_comes_too_late_reads_the_number(alpha_client: HostClient, alpha: Reseller) -> None:
    world = make_world()

    with kept(LOGGER) as lines:
        errands.look_for_a_request_that_was_deleted(alpha_client, world)
        path = reverse("console:requests:detail", "config.urls_reseller", args=[world.request.pk])
        response = alpha_client.get(path)

    assert response.status_code == 409
    assert f"<code>{response['X-Request-ID']}</code>" in response.content.decode()
    assert lines.of(LOGGER)[-1]["request_id"] == response["X-Request-ID"]


@pytest.mark.parametrize("name", errands.ERRANDS)
def test_no_errand_leaves_an_address_or_a_link_in_the_logs(
    alpha_client: HostClient, alpha: Reseller, name: str
) -> None:
    world: World = make_world()

    with kept() as lines:
        errands.ERRANDS[name](alpha_client, world)

    told = "\n".join(lines.lines)
    assert len(lines.of(LOGGER)) >= 1
    assert not re.search(r"\w@\w", told), told
    for key in re.findall(r"/(?:invitation|validate|key)/([^/\"]+)", told):
        assert key == "…"
    with connection.cursor() as cursor:
        cursor.execute("SELECT full_name FROM accounts_user WHERE full_name <> ''")
        assert [name for (name,) in cursor.fetchall() if name in told] == []


def test_requests_are_counted_by_page_method_and_kind_of_answer(alpha_client: HostClient) -> None:
    for path in ("/", "/", "/nowhere/"):
        alpha_client.get(path)
    alpha_client.generic("BREW", "/")

    found = parsed(counts.read())

    assert found["portal_http_requests"] == {
        ("portal:storefront", "GET", "2xx"): 2,
        ("none", "GET", "4xx"): 1,
        ("none", "other", "4xx"): 1,
    }
    taken = found["portal_http_request_seconds"]
    of_page = {
        labels[2]: n for labels, n in taken.items() if labels[:2] == ("portal:storefront", "GET")
    }
    assert sum(n for bucket, n in of_page.items() if bucket != "sum") == 2
    assert of_page["sum"] > 0


def test_a_session_that_could_not_be_read_is_not_asked_again(
    rf: RequestFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = rf.get("/")
    request.session = SessionStore("a" * 32)
    loads: list[None] = []

    def load(_session: SessionStore) -> None:
        loads.append(None)
        raise OperationalError

    monkeypatch.setattr(SessionStore, "load", load)
    with pytest.raises(OperationalError):
        request.session.get("anything")

    assert marks_of(request) == {}
    assert len(loads) == 1
