"""Where a person's own pages begin."""

from django.db import connection
from django.urls import reverse

from accounts import access
from accounts.models import User

PUBLIC_SCHEMA = "public"


def on_platform() -> bool:
    """Whether this is the platform operators' host, where no reseller's tables exist."""
    schema_name: str = connection.schema_name
    return schema_name == PUBLIC_SCHEMA


def home_of(user: User) -> str:
    if on_platform():
        return reverse("admin:index")
    if access.staff_member_of(user):
        return reverse("console:home")
    return reverse("portal:home")
