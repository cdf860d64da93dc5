"""The one way to change the status of a cloud account."""

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit import trail
from cloudaccounts import actions, hooks
from cloudaccounts.models import CloudAccount, Holding
from cloudaccounts.standing import ALLOWED, HELD, Status
from customers.models import Customer


class CannotChangeAccountError(Exception):
    """It is not possible. The message is fit to show, beside `field` if one is named."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


def lock(account: CloudAccount) -> CloudAccount:
    """The customer's row, then the account's, locked and as they are now."""
    while True:
        customer = Customer.objects.select_for_update().get(cloud_accounts=account.pk)
        found = CloudAccount.objects.select_for_update().get(pk=account.pk)
        if found.customer_id == customer.pk:  # it was not moved between the two locks
            found.customer = customer
            return found


def change(
    account: CloudAccount, to: Status, *, by: User | None, reason: str = "", note: str = ""
) -> None:
    """Change the status of an account that `lock` returned; who follows it is told.

    Raises CannotChangeAccountError for what may not follow. `note` is told with it.
    """
    before = Status(account.status)
    if to not in ALLOWED[before]:
        raise CannotChangeAccountError(
            _("This account is “%(before)s”; it cannot become “%(after)s”.")
            % {"before": before.label, "after": to.label}
        )
    account.status = to
    account.status_changed_at = timezone.now()
    account.status_reason = reason
    account.version += 1
    account.save(update_fields=["status", "status_changed_at", "status_reason", "version"])
    _keep_holdings(account, before)
    trail.record(
        actions.STATUS,
        subject=account,
        actor=by,
        about=[account.customer],
        changes={"status": (before.label, to.label)},
        note=reason,
    )
    hooks.tell(hooks.News(account, hooks.Event.STATUS_CHANGED, note=note))


def _keep_holdings(account: CloudAccount, before: Status) -> None:
    """Whose it was when: from the day it is linked to the day it is unlinked."""
    now = account.status_changed_at
    if account.status in HELD and before not in HELD:
        Holding.objects.create(account=account, customer=account.customer, since=now)
    elif account.status not in HELD and before in HELD:
        Holding.objects.filter(account=account, until__isnull=True).update(until=now)
