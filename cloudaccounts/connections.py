"""Through which account the product acts at a provider: the platform's, or the reseller's own.

The platform's lies in the public schema and belongs to an app above this one, which says where.
"""

from collections.abc import Callable

from django_tenants.utils import schema_context

from cloudaccounts.models import Connection, ConnectionRecord, Errand
from cloudaccounts.providers import results
from resellers.schemas import PUBLIC

Finder = Callable[[str], ConnectionRecord | None]
_finders: list[Finder] = []


def register_platform_connection(function: Finder) -> None:
    """Say how the platform's connection to a provider is found; it is called in public.

    Raises ValueError when another function is registered.
    """
    if _finders and _finders[0] is not function:
        raise ValueError("The platform's connection is found in another way already.")
    _finders[:] = [function]


def platform_record(provider: str) -> ConnectionRecord | None:
    """The platform's connection to the provider, checked or not."""
    if not _finders:
        return None
    with schema_context(PUBLIC):
        return _finders[0](provider)


def record_of(provider: str, via: str) -> ConnectionRecord | None:
    """The connection of this kind, checked or not."""
    if via == Errand.Via.RESELLER:
        return Connection.objects.filter(provider=provider).first()
    return platform_record(provider)


def usable(provider: str, via: str) -> ConnectionRecord | None:
    """The connection of this kind, if a check of it ended well."""
    record = record_of(provider, via)
    return record if record is not None and record.is_usable else None


def address_of(record: ConnectionRecord) -> results.Connection:
    """As providers take it.

    A reseller's always goes through a role: the machine's own credentials are the platform's.
    """
    if isinstance(record, Connection) and not (record.role_arn and record.external_id):
        raise ValueError("A reseller's connection goes through a role that names us.")
    return results.Connection(record.account_id, record.role_arn, record.external_id)
