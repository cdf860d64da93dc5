"""What people see when something of ours fails."""

from typing import NoReturn

import pytest
import redis
from django.contrib.sessions.backends.base import SessionBase
from django.db import InterfaceError, OperationalError

from accounts import sessions
from accounts.models import Session
from accounts.views import AfterLogin
from portal.views.storefront import Storefront
from resellers import hosts
from tests.factories.accounts import UserFactory
from tests.harness.clients import HostClient

AWAY = [
    OperationalError("the database system is starting up"),
    InterfaceError("connection already closed"),
    redis.ConnectionError("Connection refused"),
    redis.TimeoutError("Timeout reading from socket"),
]


def failing(error: Exception) -> object:
    def fail(*_args: object, **_kwargs: object) -> NoReturn:
        raise error

    return fail


@pytest.mark.parametrize("error", AWAY, ids=lambda error: type(error).__qualname__)
def test_a_server_that_is_away_is_a_503_that_may_be_tried_again(
    alpha_client: HostClient, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(Storefront, "get", failing(error))
    alpha_client.raise_request_exception = False

    response = alpha_client.get("/")

    assert response.status_code == 503
    assert response["Retry-After"] == "30"
    assert response["Cache-Control"] == "no-store"
    assert "not available for a moment" in response.content.decode()
    assert str(error) not in response.content.decode()


def test_so_it_is_before_anybody_knows_whose_host_it_is(
    alpha_client: HostClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hosts, "find", failing(OperationalError("server closed the connection")))
    alpha_client.raise_request_exception = False

    assert alpha_client.get("/").status_code == 503


def test_so_it_is_at_the_platform(
    platform_client: HostClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AfterLogin, "dispatch", failing(AWAY[0]))
    platform_client.raise_request_exception = False

    assert platform_client.get("/after-login/").status_code == 503


@pytest.mark.parametrize("error", AWAY[:2], ids=lambda error: type(error).__qualname__)
def test_so_it_is_when_the_session_cannot_be_kept(
    alpha_client: HostClient, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """Django takes every trouble of the database there for a session that somebody ended."""
    alpha_client.force_login(UserFactory.create())
    monkeypatch.setattr(sessions, "touch", lambda session: setattr(session, "modified", True))
    monkeypatch.setattr(Session, "save", failing(error))
    alpha_client.raise_request_exception = False

    assert alpha_client.get("/").status_code == 503


def test_a_session_that_was_ended_meanwhile_is_a_400(
    alpha_client: HostClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    alpha_client.force_login(UserFactory.create())

    def end_it(session: SessionBase) -> None:
        Session.objects.all().delete()
        session.modified = True

    monkeypatch.setattr(sessions, "touch", end_it)
    alpha_client.raise_request_exception = False

    assert alpha_client.get("/").status_code == 400


def test_our_own_mistake_is_a_500(
    alpha_client: HostClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Storefront, "get", failing(ZeroDivisionError()))
    alpha_client.raise_request_exception = False

    response = alpha_client.get("/")

    assert response.status_code == 500
    assert "Something went wrong on our side" in response.content.decode()
