"""The door to the reseller whose schema is in use."""

from django.conf import settings
from django.db import connection
from django_tenants.utils import schema_context

from resellers.models import Reseller


class NoResellerError(RuntimeError):
    """Code that needs a reseller ran in the public schema."""


def current_reseller() -> Reseller:
    """The reseller of the running request or task.

    Raises NoResellerError in the public schema.
    """
    tenant = connection.tenant
    if isinstance(tenant, Reseller):
        return tenant
    schema_name: str = connection.schema_name
    if schema_name == "public":
        raise NoResellerError
    with schema_context("public"):
        return Reseller.objects.get(schema_name=schema_name)


def absolute_url(path: str, *, host: str | None = None) -> str:
    """The full address of a page at the current reseller (or at `host`), for mails and copy buttons."""
    port = f":{settings.PUBLIC_PORT}" if settings.PUBLIC_PORT else ""
    return f"{settings.PUBLIC_SCHEME}://{host or current_reseller().host}{port}{path}"
