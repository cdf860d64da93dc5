"""The mails of this app. Each function queues one, inside the transaction of the change."""

from django.urls import reverse
from django.utils.functional import Promise

from accounts.approvers import approvers
from cloudaccounts.models import CloudAccount
from notifications import outbox
from resellers.current import absolute_url


def role_broken(account: CloudAccount, *, found: str | Promise) -> None:
    """To whoever decides at the reseller: once for each time that the role broke."""
    since = account.access_broken_since
    path = reverse("console:cloud_accounts:detail", args=[account.customer_id, account.pk])
    for key, recipient in approvers().items():
        outbox.queue(
            "role_broken",
            to=recipient,
            tokens={
                "company_name": str(account.customer),
                "account_name": account.name,
                "account_id": account.account_id,
                "found": found,
                "account_url": absolute_url(path),
            },
            unique_key=f"role_broken:{account.pk}:{since:%Y%m%d%H%M%S}:{key}",
            about=[account, account.customer],
        )
