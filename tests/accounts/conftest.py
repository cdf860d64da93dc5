"""What the tests of people share."""

import pytest

from accounts.models import StaffMember, User
from resellers.models import Reseller
from tests.factories.accounts import StaffMemberFactory


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
