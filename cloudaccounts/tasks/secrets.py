"""Tasks about credentials. None ever carries any."""

from cloudaccounts.flows import secrets
from resellers.tasking import for_each_in_service, public_task


@public_task(name="cloudaccounts.erase_credentials")
def erase_credentials(**_future: object) -> None:
    """Started by beat: erase what nobody opened in time, at every reseller in service."""
    for_each_in_service(secrets.erase_expired)
