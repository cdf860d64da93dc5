"""The door to the reseller whose schema is in use."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django_tenants.utils import schema_context

from resellers.models import Reseller
from resellers.schemas import PUBLIC, connection


class NoResellerError(RuntimeError):
    """Code that needs a reseller ran in the public schema."""


def current_reseller() -> Reseller:
    """The reseller of the running request or task. Costs no query there.

    Raises NoResellerError in the public schema.
    """
    tenant = connection.tenant
    if isinstance(tenant, Reseller):
        return tenant
    schema_name = connection.schema_name
    if schema_name == PUBLIC:
        raise NoResellerError
    with schema_context(PUBLIC):
        reseller = Reseller.objects.get(schema_name=schema_name)
    # Inside schema_context() the connection knows only a name. From now on it knows the reseller.
    connection.set_tenant(reseller)
    return reseller


def today() -> dt.date:
    """The day at the current reseller, by its own time zone."""
    return timezone.localdate(timezone=current_time_zone())


def current_time_zone() -> ZoneInfo:
    """The clock of the current reseller."""
    return ZoneInfo(current_reseller().time_zone)


def absolute_url(path: str, *, host: str | None = None) -> str:
    """The full address of a page, for mails and copy buttons.

    At `host`, or where the code runs: at the current reseller, or in public at the platform.
    """
    port = f":{settings.PUBLIC_PORT}" if settings.PUBLIC_PORT else ""
    return f"{settings.PUBLIC_SCHEME}://{host or _current_host()}{port}{path}"


def _current_host() -> str:
    if connection.schema_name == PUBLIC:
        return str(settings.PLATFORM_HOST)
    return current_reseller().host
