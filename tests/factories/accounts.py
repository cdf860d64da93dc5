"""People for tests. They belong to the schema that the connection stands in."""

from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils import timezone
from factory.declarations import LazyFunction, Sequence, SubFactory, Trait
from factory.django import DjangoModelFactory

from accounts.models import StaffMember, User
from accounts.roles import StaffRole

PASSWORD = "correct horse battery 1"


@cache
def hashed_password() -> str:
    """Argon2 is slow on purpose; one hash serves all tests."""
    return make_password(PASSWORD)


class UserFactory(DjangoModelFactory[User]):
    """An active person without a password; the trait `with_password` lets them log in."""

    class Meta:
        model = User

    class Params:
        pending_email_validation = Trait(
            status=User.Status.PENDING_EMAIL_VALIDATION, email_validated_at=None
        )
        pending_approval = Trait(status=User.Status.PENDING_APPROVAL)
        suspended = Trait(status=User.Status.SUSPENDED)
        with_password = Trait(password=LazyFunction(hashed_password))

    email = Sequence(lambda number: f"person{number}@example.com")
    full_name = Sequence(lambda number: f"Person {number}")
    status = User.Status.ACTIVE
    email_validated_at = LazyFunction(timezone.now)
    password = LazyFunction(lambda: make_password(None))

    @classmethod
    def _create(cls, model_class: type[User], *_args: Any, **kwargs: Any) -> User:
        user = model_class(**kwargs)
        user.save(force_insert=True)
        user.refresh_from_db()  # is_active is derived by the database
        return user


class StaffMemberFactory(DjangoModelFactory[StaffMember]):
    """A member of the reseller's team: support, unless a trait or `role` says otherwise."""

    class Meta:
        model = StaffMember

    class Params:
        owner = Trait(role=StaffRole.OWNER)
        admin = Trait(role=StaffRole.ADMIN)
        billing = Trait(role=StaffRole.BILLING)
        support = Trait(role=StaffRole.SUPPORT)
        viewer = Trait(role=StaffRole.VIEWER)
        suspended = Trait(user__suspended=True)
        invited = Trait(user__pending_email_validation=True)

    user = SubFactory(UserFactory)
    role = StaffRole.SUPPORT
