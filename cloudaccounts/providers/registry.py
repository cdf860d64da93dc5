"""The providers there are. Accounts name theirs by `Provider.name`."""

from collections.abc import Callable
from typing import cast

from django.utils.module_loading import import_string

from cloudaccounts.providers.aws.provider import AWS
from cloudaccounts.providers.azure import AZURE
from cloudaccounts.providers.contract import Cloud, Provider
from cloudaccounts.providers.google import GOOGLE
from cloudaccounts.providers.results import Connection

PROVIDERS = {each.name: each for each in (AWS, AZURE, GOOGLE)}


def provider(name: str) -> Provider:
    """The provider of that name. Raises KeyError."""
    return PROVIDERS[name]


def choices() -> list[tuple[str, str]]:
    """For fields and forms: stored name and label."""
    return [(each.name, str(each.label)) for each in PROVIDERS.values()]


def cloud(name: str, connection: Connection) -> Cloud:
    """What speaks to the provider of that name, from the given account. Raises KeyError.

    Its client library is loaded by the first call and not before: boto3 and its first clients cost
    0.4 s of processor and 19 MiB beside Django's own, which no web process should pay.
    """
    client = cast("Callable[[Connection], Cloud]", import_string(PROVIDERS[name].client))
    return client(connection)
