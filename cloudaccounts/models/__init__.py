"""A customer's providers and cloud accounts, and what is under way at the providers."""

from cloudaccounts.models.accounts import CloudAccount, Holding
from cloudaccounts.models.connections import Connection, ConnectionRecord
from cloudaccounts.models.customer_providers import CustomerProvider
from cloudaccounts.models.errands import Creation, Errand, Invitation
from cloudaccounts.models.secrets import SecretLink

__all__ = [
    "CloudAccount",
    "Connection",
    "ConnectionRecord",
    "Creation",
    "CustomerProvider",
    "Errand",
    "Holding",
    "Invitation",
    "SecretLink",
]
