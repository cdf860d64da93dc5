"""What somebody did in the provider's own console, noted here: there is no errand for it."""

from django.utils.translation import gettext as _

from accounts.models import User
from cloudaccounts.flows import accounts, statuses
from cloudaccounts.flows.ordering import is_under_way
from cloudaccounts.flows.statuses import CannotChangeAccountError
from cloudaccounts.models import CloudAccount
from cloudaccounts.standing import Status


def finish(account: CloudAccount, to: Status, *, account_id: str = "", by: User | None) -> None:
    """Note that an account, locked by `statuses.lock`, is linked or unlinked.

    `account_id` is that of a new account, as typed. Raises CannotChangeAccountError: for an ID that
    is none or belongs to somebody, and while the provider still works on the account.
    """
    if is_under_way(account):
        raise CannotChangeAccountError(_("The provider is working on it. Cancel that first."))
    if to == Status.LINKED and not account.account_id:
        account = accounts.note_id(account, account_id, kind=account.id_kind, by=by)
    statuses.change(account, to, by=by)
