"""The mails about what is under way, each queued inside the transaction of the change."""

from accounts.mails import recipient
from accounts.models import User
from cloudaccounts import hooks
from cloudaccounts.models import Invitation
from cloudaccounts.providers.registry import provider
from customers.models import Membership
from notifications import outbox


def invitation_expires(invitation: Invitation) -> None:
    """To the customer's administrators and to who waits for the account."""
    account = invitation.account
    known = provider(account.provider)
    tokens = {
        "account_name": account.name,
        "account_id": account.account_id,
        "provider_name": known.label,
        "company_name": account.customer.organization_name,
        "expires_at": invitation.expires_at,
        "answer_url": known.invitations_url,
    }
    administrators = Membership.objects.of_customer(account.customer).active_administrators()
    people = {each.user.pk: each.user for each in administrators}
    people |= {each.pk: each for each in hooks.watching(account) if each.is_active}
    for person in people.values():
        outbox.queue(
            "invitation_expires",
            to=recipient(person),
            tokens={name: value for name, value in tokens.items() if value is not None},
            unique_key=_key(invitation, person),
            about=[account, account.customer, person],
        )


def _key(invitation: Invitation, person: User) -> str:
    return f"invitation_expires:{invitation.pk}:{invitation.reminded_days}:{person.pk}"
