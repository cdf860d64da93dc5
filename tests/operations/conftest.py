"""An operator at their admin, on the platform's host."""

from typing import Any

import pytest

from accounts.models import User
from resellers import tasks
from resellers.schemas import connection
from tests.factories.accounts import UserFactory
from tests.harness.clients import HostClient


@pytest.fixture
def operator(db: None) -> User:
    connection.set_schema_to_public()
    user: User = UserFactory(
        email="olivia@example.com", full_name="Olivia", is_staff=True, is_superuser=True
    )
    return user


@pytest.fixture
def admin(operator: User, platform_client: HostClient) -> HostClient:
    platform_client.force_login(operator)
    return platform_client


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The provisioning tasks that were sent."""
    calls: list[dict[str, Any]] = []
    monkeypatch.setattr(tasks.provision, "delay", lambda **kwargs: calls.append(kwargs))
    return calls
