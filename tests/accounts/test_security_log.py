"""The log of security: who came in, who was kept out, what was refused."""

from http import HTTPStatus
from typing import Any

import pytest
from django.core.cache import cache
from django.db import DatabaseError
from django.urls import reverse

from accounts.models import User
from audit import security
from config.guards import METHODS
from resellers.models import Reseller
from tests.accounts.test_factors import FACTORS, code_of, confirm_identity, log_in, turn_on
from tests.config.lines import kept
from tests.factories.accounts import PASSWORD, StaffMemberFactory, UserFactory
from tests.harness.clients import HostClient

LOGGER = "portal.security"
LOGIN = "/account/login/"


@pytest.fixture
def person(alpha: Reseller) -> User:
    user: User = UserFactory.create(with_password=True)
    return user


def events(lines: Any) -> list[str]:
    return [line["event"] for line in lines.of(LOGGER)]


def test_a_log_in_and_a_log_out(alpha_client: HostClient, person: User) -> None:
    with kept(LOGGER) as lines:
        response = log_in(alpha_client, person)
        alpha_client.post("/account/logout/")

    came, went = lines.of(LOGGER)
    assert (came["event"], went["event"]) == ("login", "logout")
    assert (came["person"], came["ways"], came["address"]) == (
        str(person.pk),
        ["password"],
        "127.0.0.1",
    )
    assert came["request_id"] == response["X-Request-ID"]
    assert (came["tenant"], came["host"]) == ("alpha", "alpha.localhost")
    assert came["time"].endswith("+00:00")


def test_both_factors_are_named(alpha_client: HostClient, alpha: Reseller, person: User) -> None:
    secret = turn_on(alpha_client, person)
    another = HostClient(alpha.host, alpha)

    with kept(LOGGER) as lines:
        log_in(another, person)
        another.post(f"{FACTORS}authenticate/", {"code": "000000"})
        another.post(f"{FACTORS}authenticate/", {"code": code_of(secret)})

    failed, came = lines.of(LOGGER)
    assert (failed["event"], failed["proof"], failed["level"]) == (
        "proof.failed",
        "code",
        "warning",
    )
    assert failed["person"] == str(person.pk)
    assert came["ways"] == ["password", "mfa"]


def test_wrong_passwords_and_the_lock_name_nobody(alpha_client: HostClient, person: User) -> None:
    with kept(LOGGER) as lines:
        for _attempt in range(6):
            alpha_client.post(LOGIN, {"login": person.email, "password": "my-other-password"})
        alpha_client.post(LOGIN, {"login": "somebody@else.example", "password": "x"})

    found = lines.of(LOGGER)
    assert [line["event"] for line in found] == ["login.failed"] * 5 + [
        "login.locked",
        "login.failed",
    ]
    accounts = [line["account"] for line in found]
    assert len(set(accounts[:6])) == 1
    assert accounts[6] != accounts[0]
    told = "\n".join(lines.lines)
    assert "my-other-password" not in told
    assert person.email not in told
    assert "somebody" not in told


def test_an_alias_cannot_be_undone_by_guessing_without_the_key(settings: Any) -> None:
    before = security.alias("dana@example.com")
    settings.SECRET_KEY = "another-key"

    assert security.alias("dana@example.com") != before
    assert len(before) == 16


def test_a_proof_and_a_failed_proof(alpha_client: HostClient, person: User) -> None:
    log_in(alpha_client, person)
    with kept(LOGGER) as lines:
        alpha_client.post("/account/reauthenticate/", {"password": "wrong password 3"})
        confirm_identity(alpha_client)

    assert events(lines) == ["login.failed", "reauthenticated"]
    assert {line["user"] for line in lines.of(LOGGER)} == {str(person.pk)}


def test_a_passkey_that_proves_nothing(alpha_client: HostClient, alpha: Reseller) -> None:
    with kept(LOGGER) as lines:
        alpha_client.post(f"{FACTORS}keys/login/", {"credential": "{}"})

    assert events(lines) == ["proof.failed"]


def test_a_refusal_of_rights(alpha_client: HostClient, alpha: Reseller) -> None:
    viewer = StaffMemberFactory.create(viewer=True).user
    alpha_client.force_login(viewer)

    with kept(LOGGER) as lines:
        response = alpha_client.get("/console/settings/")

    assert response.status_code == HTTPStatus.FORBIDDEN
    (line,) = lines.of(LOGGER)
    assert (line["event"], line["route"], line["status"]) == (
        "access.refused",
        "console:settings:home",
        403,
    )
    assert line["user"] == str(viewer.pk)


def test_a_forged_form(alpha: Reseller) -> None:
    client = HostClient(alpha.host, alpha)
    client.handler.enforce_csrf_checks = True

    with kept(LOGGER) as lines:
        response = client.post(LOGIN, {"login": "x", "password": "y"})

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert events(lines) == ["access.refused"]


def test_a_rate_limit(alpha_client: HostClient, alpha: Reseller) -> None:
    resend = reverse("portal:signup:resend", "config.urls_reseller")
    with kept(LOGGER) as lines:
        codes = [
            alpha_client.post(resend, {"email": "a@b.example"}).status_code for _try in range(4)
        ]

    assert codes[-1] == HTTPStatus.TOO_MANY_REQUESTS
    assert events(lines) == ["rate.limited"]
    cache.clear()


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"])
@pytest.mark.parametrize("path", ["/", "/healthz", "/static/portal/favicon.svg"])
def test_other_methods_are_refused_and_noted(
    alpha_client: HostClient, method: str, path: str
) -> None:
    with kept(LOGGER) as lines:
        response = alpha_client.generic(method, path)

    assert response.status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert response["Allow"] == ", ".join(METHODS)
    assert events(lines) == ["request.refused"]


def test_an_unexpected_error_is_logged_with_its_trace_and_shown_without(
    alpha_client: HostClient, alpha: Reseller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_kwargs: object) -> None:
        raise DatabaseError("secret of the schema")

    monkeypatch.setattr("console.views.home.Home.get_context_data", broken)
    alpha_client.force_login(StaffMemberFactory.create(owner=True).user)
    alpha_client.raise_request_exception = False

    with kept() as lines:
        response = alpha_client.get("/console/")

    assert response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert "secret of the schema" not in response.content.decode()
    (line,) = lines.of("django.request")
    assert "secret of the schema" in line["trace"]
    assert PASSWORD not in str(lines.lines)
