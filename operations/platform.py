"""The platform's own connections to cloud providers."""

from cloudaccounts.models import ConnectionRecord
from operations.models import PlatformConnection


def connection_to(provider: str) -> ConnectionRecord | None:
    """The connection to this provider, checked or not. Called in the public schema."""
    return PlatformConnection.objects.filter(provider=provider).first()
