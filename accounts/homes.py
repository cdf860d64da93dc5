"""Where a person's own pages begin."""

from django.urls import reverse

from accounts import access
from accounts.models import User
from resellers.schemas import PUBLIC, connection


def on_platform() -> bool:
    """Whether this is the platform operators' host, where no reseller's tables exist."""
    return connection.schema_name == PUBLIC


def home_of(user: User) -> str:
    if on_platform():
        return reverse("admin:index")
    if access.staff_member_of(user):
        return reverse("console:home")
    return reverse("portal:home")
