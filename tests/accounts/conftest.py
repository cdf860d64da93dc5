"""What the tests of people share."""

import pytest

from accounts.models import User
from resellers.models import Reseller
from tests.factories.accounts import StaffMemberFactory


@pytest.fixture
def owner(alpha: Reseller) -> User:
    """The active owner of alpha."""
    return StaffMemberFactory.create(owner=True).user


@pytest.fixture
def admin(alpha: Reseller, owner: User) -> User:
    """An admin in alpha's team, beside the owner."""
    return StaffMemberFactory.create(admin=True).user
