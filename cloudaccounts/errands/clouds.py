"""One cloud for each connection, kept for the errands of one round: making a client takes time."""

from cloudaccounts import connections
from cloudaccounts.models import Errand
from cloudaccounts.providers import registry
from cloudaccounts.providers.contract import Cloud
from cloudaccounts.providers.results import Connection
from cloudaccounts.providers.troubles import CloudError

NOT_USABLE = "ConnectionNotUsable"


class Clouds:
    """What the errands of one reseller go through."""

    def __init__(self) -> None:
        """Nothing is looked up before the first errand."""
        self._addresses: dict[tuple[str, str], Connection | None] = {}
        self._clouds: dict[tuple[str, str], Cloud] = {}

    def of(self, errand: Errand) -> Cloud:
        """The cloud through which it was begun.

        Raises CloudError where that connection is gone, was changed, or waits for its check.
        """
        key = (errand.account.provider, errand.via)
        if key not in self._addresses:
            record = connections.usable(*key)
            self._addresses[key] = connections.address_of(record) if record else None
        address = self._addresses[key]
        if address is None or address.account_id != errand.management_account_id:
            raise CloudError(registry.provider(key[0]).explain(NOT_USABLE, ""))
        if key not in self._clouds:
            self._clouds[key] = registry.cloud(key[0], address)
        return self._clouds[key]
