"""What somebody did in the provider's own console, noted here: there is no errand for it."""

from django.utils.translation import gettext as _

from accounts.models import User
from cloudaccounts.flows import accounts, statuses
from cloudaccounts.flows.statuses import CannotChangeAccountError
from cloudaccounts.models import CloudAccount, Creation, Invitation
from cloudaccounts.standing import Status


def has_open_errand(account: CloudAccount) -> bool:
    """Whether the provider was asked for something that has not ended. Two queries at most."""
    kinds = (Invitation, Creation)
    return any(each.objects.open().of_account(account.pk).exists() for each in kinds)


def finish(account: CloudAccount, to: Status, *, account_id: str = "", by: User | None) -> None:
    """Note that an account, locked by `statuses.lock`, is linked or unlinked.

    `account_id` is that of a new account, as typed. Raises CannotChangeAccountError: for an ID that
    is none or belongs to somebody, and while the provider still works on the account.
    """
    if has_open_errand(account):
        raise CannotChangeAccountError(_("The provider is working on it. Cancel that first."))
    if to == Status.LINKED and not account.account_id:
        account = accounts.note_id(account, account_id, kind=account.id_kind, by=by)
    statuses.change(account, to, by=by)
