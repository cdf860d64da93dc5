"""From the host to the reseller, and back to public."""

import time
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any

import pytest
from django.conf import settings as project
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import RequestFactory

from accounts.models import User
from resellers import flows, hosts
from resellers.middleware import ResellerMiddleware
from resellers.models import Reseller
from resellers.schemas import connection
from tests.factories.resellers import DomainFactory, ResellerFactory
from tests.harness.clients import HostClient
from tests.resellers.questions import questions

pytestmark = pytest.mark.django_db

Visit = Callable[..., HttpResponseBase]


class Seen:
    """What a view behind the middleware finds."""

    def __init__(self) -> None:
        self.schemas: list[object] = []
        self.tenants: list[object] = []

    def __call__(self, request: HttpRequest) -> HttpResponse:
        self.schemas.append(connection.schema_name)
        self.tenants.append(request.tenant)  # type: ignore[attr-defined]
        return HttpResponse(getattr(request, "urlconf", "") or project.ROOT_URLCONF)


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def visit(seen: Seen, public: Any) -> Visit:
    def go(host: str) -> HttpResponseBase:
        request = RequestFactory().get("/", HTTP_HOST=host)
        return ResellerMiddleware(seen)(request)

    return go


@pytest.mark.parametrize(
    "host",
    [
        "alpha.localhost",
        "ALPHA.localhost",
        "alpha.localhost.",
        "alpha.localhost:8000",
        "Alpha.Localhost.:80",
    ],
)
def test_a_reseller_is_found_however_its_host_is_written(
    host: str, visit: Visit, seen: Seen
) -> None:
    response = visit(host)

    assert response.status_code == HTTPStatus.OK
    assert seen.schemas == ["alpha"]
    assert seen.tenants == [Reseller.objects.get(schema_name="alpha")]


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "localhost.", "localhost:8000"])
def test_the_platforms_host_leads_to_public_with_a_map_of_its_own(
    host: str, visit: Visit, seen: Seen
) -> None:
    response = visit(host)

    assert isinstance(response, HttpResponse)
    assert response.content.decode() == "config.urls_platform"
    assert (seen.schemas, seen.tenants) == (["public"], [None])


@pytest.mark.parametrize(
    "host",
    ["unknown.localhost", "www.alpha.localhost", "a.localhost", "127.0.0.1", "[::1]:8000", "alpha"],
)
def test_an_unknown_host_is_a_plain_page_with_404(host: str, visit: Visit, seen: Seen) -> None:
    response = visit(host)

    assert isinstance(response, HttpResponse)
    assert response.status_code == HTTPStatus.NOT_FOUND
    assert "There is no portal at this address" in response.content.decode()
    assert seen.schemas == []


@pytest.mark.parametrize(
    "host",
    [
        "alpha localhost",
        "alpha.localhost/",
        "a<b>.localhost",
        "alpha_x.localhost:x",
        "ümlaut.localhost",
        "",
    ],
)
def test_a_broken_host_header_is_refused(host: str, visit: Visit, seen: Seen) -> None:
    response = visit(host)

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert seen.schemas == []


@pytest.mark.parametrize("trait", ["requested", "creating", "seeding", "failed"])
def test_a_reseller_that_is_not_ready_is_not_served(trait: str, visit: Visit, seen: Seen) -> None:
    # Not even when somebody wrote a host for it by hand.
    DomainFactory(
        tenant=ResellerFactory(**({} if trait == "requested" else {trait: True})),
        domain="early.localhost",
    )

    assert visit("early.localhost").status_code == HTTPStatus.NOT_FOUND
    assert seen.schemas == []


def test_a_suspended_reseller_answers_that_it_is_not_available(visit: Visit, seen: Seen) -> None:
    reseller = ResellerFactory(suspended=True)
    DomainFactory(tenant=reseller)

    response = visit(reseller.host)

    assert isinstance(response, HttpResponse)
    assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert response["Retry-After"] == "3600"
    assert response["Cache-Control"] == "no-store"
    assert "not available at the moment" in response.content.decode()
    assert reseller.suspension_reason not in response.content.decode()
    assert seen.schemas == []


def test_a_suspension_acts_at_once_here_and_soon_elsewhere(
    visit: Visit, operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    alpha = Reseller.objects.get(schema_name="alpha")
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    assert visit(alpha.host).status_code == HTTPStatus.OK

    # As another process did it: this one is not told.
    monkeypatch.setattr(hosts, "forget", lambda: None)
    flows.suspend(alpha, by=operator, reason="Not paid.")
    now[0] += hosts.SECONDS_TO_KEEP

    assert visit(alpha.host).status_code == HTTPStatus.SERVICE_UNAVAILABLE
    flows.resume(alpha, by=operator)
    now[0] += hosts.SECONDS_TO_KEEP
    assert visit(alpha.host).status_code == HTTPStatus.OK


def test_a_host_is_looked_up_once_in_a_while(visit: Visit) -> None:
    with questions(1):
        visit("alpha.localhost")
        visit("alpha.localhost")
    with questions(1):
        visit("unknown.localhost")
        visit("unknown.localhost")


def test_what_one_request_changes_another_does_not_see(visit: Visit, seen: Seen) -> None:
    visit("alpha.localhost")
    seen.tenants[0].name = "Changed"  # type: ignore[attr-defined]
    visit("alpha.localhost")

    assert seen.tenants[1].name == "Alpha Cloud"  # type: ignore[attr-defined]


def test_whoever_tries_many_hosts_does_not_fill_the_memory(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hosts, "MOST_KEPT", 5)

    for number in range(20):
        visit(f"host{number}.localhost")

    assert len(hosts._kept) <= 5


def test_the_next_request_does_not_keep_the_tenant_of_the_last(visit: Visit, seen: Seen) -> None:
    visit("alpha.localhost")
    assert connection.schema_name == "public"

    visit("localhost")
    visit("unknown.localhost")

    assert seen.schemas == ["alpha", "public"]
    assert connection.schema_name == "public"


def test_a_worker_that_kept_a_tenant_begins_in_public(visit: Visit, seen: Seen) -> None:
    connection.set_tenant(Reseller.objects.get(schema_name="bravo"))

    visit("localhost")

    assert seen.schemas == ["public"]
    assert connection.schema_name == "public"


def test_a_view_that_fails_leaves_the_connection_in_public(public: Any) -> None:
    def fail(_request: HttpRequest) -> HttpResponse:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ResellerMiddleware(fail)(RequestFactory().get("/", HTTP_HOST="alpha.localhost"))

    assert connection.schema_name == "public"


def test_a_streamed_body_is_made_in_the_resellers_schema(public: Any) -> None:
    def chunks() -> Iterator[bytes]:
        yield str(connection.schema_name).encode()
        yield str(User.objects.count()).encode()

    def stream(_request: HttpRequest) -> StreamingHttpResponse:
        return StreamingHttpResponse(chunks())

    response = ResellerMiddleware(stream)(RequestFactory().get("/", HTTP_HOST="alpha.localhost"))
    assert connection.schema_name == "public"

    assert isinstance(response, StreamingHttpResponse)
    assert response.getvalue() == b"alpha0"
    assert connection.schema_name == "public"


# ── Through the whole product ────────────────────────────────────────────────────────────────


def test_the_pages_of_nobody_keep_the_security_headers(public: Any) -> None:
    response = HostClient("unknown.localhost").get("/")

    assert response.status_code == HTTPStatus.NOT_FOUND
    assert "script-src 'self'" in response["Content-Security-Policy"]
    assert not response.cookies


@pytest.mark.parametrize(
    ("method", "answer"),
    [
        *[(each, HTTPStatus.SERVICE_UNAVAILABLE) for each in ("get", "post", "head")],
        # Refused before anybody asks which reseller is meant.
        *[(each, HTTPStatus.METHOD_NOT_ALLOWED) for each in ("put", "options")],
    ],
)
def test_a_suspended_host_answers_no_method(method: str, answer: HTTPStatus, public: Any) -> None:
    reseller = ResellerFactory(suspended=True)
    DomainFactory(tenant=reseller)
    client = HostClient(reseller.host)

    response = getattr(client, method)("/account/login/")

    assert response.status_code == answer
