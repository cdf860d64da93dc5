"""What somebody did in the provider's own console, noted here: there is no errand for it."""

from django.utils.translation import gettext as _

from accounts.models import User
from cloudaccounts import claims
from cloudaccounts.flows import accounts, statuses
from cloudaccounts.flows.ordering import is_under_way
from cloudaccounts.flows.statuses import CannotChangeAccountError
from cloudaccounts.models import CloudAccount, Errand
from cloudaccounts.standing import Status


def finish(
    account: CloudAccount, to: Status, *, via: str, account_id: str = "", by: User | None
) -> None:
    """Note that an account, locked by `statuses.lock`, is linked or unlinked.

    `via` says in whose organization, `account_id` is that of a new account, as typed. Raises
    CannotChangeAccountError: for an ID that is none or belongs to somebody, in the platform's
    organization also to somebody else's customer, and while the provider works on the account.
    """
    if is_under_way(account):
        raise CannotChangeAccountError(_("The provider is working on it. Cancel that first."))
    if to == Status.LINKED and not account.account_id:
        account = accounts.note_id(account, account_id, kind=account.id_kind, by=by)
    is_platforms = to == Status.LINKED and via == Errand.Via.PLATFORM
    if is_platforms and claims.is_claimed_elsewhere(account):
        raise CannotChangeAccountError(
            _("Another reseller has this account. Find out whose it is before you link it.")
        )
    statuses.change(account, to, by=by)
