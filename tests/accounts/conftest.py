"""What the tests of people share."""

import time
from types import SimpleNamespace

import pytest

from accounts.models import StaffMember, User
from resellers.models import Reseller
from tests.factories.accounts import StaffMemberFactory
from tests.harness.clients import HostClient


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


@pytest.fixture
def another_browser(alpha: Reseller) -> HostClient:
    """A browser beside `alpha_client`."""
    return HostClient(alpha.host, alpha)


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is hashed like a password from here on."""
    seen: list[str] = []

    def encode(_self: object, password: str, salt: str) -> str:
        seen.append(password)
        return f"md5${salt}${password[::-1]}"

    monkeypatch.setattr("django.contrib.auth.hashers.MD5PasswordHasher.encode", encode)
    return seen
