"""The mails of this app. Each function queues one, inside the transaction of the change."""

from django.urls import reverse

from accounts.mails import recipient
from accounts.models import User
from customers.models import Export, Membership
from notifications import outbox
from notifications.models import OutgoingMail
from resellers.current import absolute_url


def customer_joined(membership: Membership, *, by: User, event: str) -> OutgoingMail:
    """Tells a person who has an account that it opens a further company.

    `event` names what it tells of: a second call with the same one is a no-op.
    """
    customer, user = membership.customer, membership.user
    return outbox.queue(
        "customer_joined",
        to=recipient(user),
        tokens={
            "inviter_name": str(by),
            "company_name": customer.organization_name,
            "login_url": absolute_url(reverse("account_login")),
        },
        unique_key=f"customer_joined:{membership.pk}:{event}",
        about=[user, customer],
    )


def export_ready(export: Export, *, customers: str, by: User) -> OutgoingMail:
    """Tells whoever asked for an export that its file is there. Never holds the file itself.

    `customers`: how many it holds, in words.
    """
    file = export.file
    return outbox.queue(
        "export_ready",
        to=recipient(by),
        tokens={
            "file_name": export.file_name,
            "customers": customers,
            "kept_until": file.keep_until if file else "",
            "export_url": absolute_url(reverse("console:exports:detail", args=[export.pk])),
        },
        unique_key=f"export_ready:{export.pk}",
        about=[by, export],
    )
