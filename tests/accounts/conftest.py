"""What the tests of people share."""

import time
from types import SimpleNamespace

import pytest

from accounts.models import StaffMember, User
from resellers.models import Reseller
from tests.factories.accounts import StaffMemberFactory


@pytest.fixture(autouse=True)
def _codes_do_not_end_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    """The half minute of an app's code never ends between the making and the typing of one."""
    begun = time.time()
    clock = SimpleNamespace(time=lambda: begun)
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.time", clock)


@pytest.fixture
def owner(alpha: Reseller) -> User:
    """The active owner of alpha."""
    member: StaffMember = StaffMemberFactory.create(owner=True)
    return member.user


@pytest.fixture
def admin(alpha: Reseller, owner: User) -> User:
    """An admin in alpha's team, beside the owner."""
    member: StaffMember = StaffMemberFactory.create(admin=True)
    return member.user
