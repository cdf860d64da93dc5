"""For tests of resellers, most of which run in the public schema."""

from typing import Any

import pytest
from django_tenants.postgresql_backend.base import FakeTenant

from accounts.models import User
from resellers import hosts, tasks
from resellers.schemas import connection
from tests.factories.accounts import UserFactory


@pytest.fixture(autouse=True)
def known_hosts_are_forgotten() -> None:
    hosts.forget()


@pytest.fixture
def public(db: None) -> FakeTenant:
    """The public schema, as something that a race can run in."""
    connection.set_schema_to_public()
    return FakeTenant("public")


@pytest.fixture
def operator(public: FakeTenant) -> User:
    user: User = UserFactory(is_staff=True, is_superuser=True)
    return user


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The provisioning tasks that were sent."""
    calls: list[dict[str, Any]] = []
    monkeypatch.setattr(tasks.provision, "delay", lambda **kwargs: calls.append(kwargs))
    return calls
