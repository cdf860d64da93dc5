"""The mails about credentials. None holds any: one has a link, the other says that it was sent."""

from django.urls import reverse

from accounts.approvers import approvers
from cloudaccounts.models import SecretLink
from notifications import outbox
from notifications.models import OutgoingMail
from notifications.recipients import Recipient
from resellers.current import absolute_url

LINK = "credentials_link"


def credentials_link(link: SecretLink, *, token: str) -> OutgoingMail:
    """The one link, to who is to use the credentials. The token stands in no other place."""
    account = link.account
    return outbox.queue(
        LINK,
        to=Recipient(link.email, link.recipient_name),
        tokens={"account_name": account.name, "valid_until": link.expires_at},
        unique_key=f"{LINK}:{link.pk}:{link.token_digest[:20]}",
        about=[link, account, account.customer],
        secret_link=absolute_url(reverse("portal:credentials:open", args=[token])),
    )


def credentials_sent(link: SecretLink) -> None:
    """To who decides at the reseller: that they were sent, and to whom."""
    account = link.account
    for key, recipient in approvers().items():
        outbox.queue(
            "credentials_sent",
            to=recipient,
            tokens={
                "account_name": account.name,
                "company_name": account.customer.organization_name,
                "sent_to": link.email,
                "valid_until": link.expires_at,
            },
            unique_key=f"credentials_sent:{link.pk}:{key}",
            about=[account, account.customer],
        )
