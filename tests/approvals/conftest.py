"""What tests of requests about accounts share."""

import uuid

import pytest

from accounts.models import User
from approvals import hooks
from approvals.hooks import Forwarded
from resellers.models import Reseller
from tests.factories.accounts import StaffMemberFactory


@pytest.fixture
def dana(alpha: Reseller) -> User:
    """Somebody who may decide."""
    user: User = StaffMemberFactory(admin=True, user__full_name="Dana Miller").user
    return user


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> list[Forwarded]:
    """What was forwarded, to a desk that only notes it."""
    received: list[Forwarded] = []

    def receive(forwarded: Forwarded) -> uuid.UUID:
        received.append(forwarded)
        return uuid.uuid4()

    monkeypatch.setattr(hooks, "_desks", [receive])
    return received
