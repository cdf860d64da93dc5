"""What a customer must grant so that we may look into an account of theirs."""

from django.conf import settings

from cloudaccounts.models import CloudAccount
from cloudaccounts.providers import registry
from cloudaccounts.providers.aws.access import ROLE_NAME
from cloudaccounts.providers.results import Access, AccessOrder


def access_of(account: CloudAccount) -> Access | None:
    """The steps, with texts to copy; None where this installation has not said whom to let in, or
    the account has no ID yet.
    """
    provider = registry.provider(account.provider)
    if not provider.is_manual and not (settings.AWS_PRINCIPAL and account.account_id):
        return None
    order = AccessOrder(account.account_id, account.external_id, settings.AWS_PRINCIPAL, ROLE_NAME)
    return provider.describe_access(order)


def has_role(account: CloudAccount) -> bool:
    """Whether we look into it through a role that the customer makes and a task checks."""
    return not registry.provider(account.provider).is_manual
