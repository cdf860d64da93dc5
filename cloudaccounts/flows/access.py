"""Having the role of an account checked. A task does it: `cloudaccounts.checking`."""

from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from cloudaccounts.checking import HANGS
from cloudaccounts.flows import roles, statuses
from cloudaccounts.flows.statuses import CannotChangeAccountError
from cloudaccounts.models import CloudAccount
from cloudaccounts.models.checks import CheckState
from cloudaccounts.standing import ENDED
from cloudaccounts.tasks import access as tasks
from customers.standing import refusal_to_change


@transaction.atomic
def order_check(account: CloudAccount, *, by: User) -> CloudAccount:
    """Have a worker check the role. While one is at it, nothing more is ordered.

    Raises CannotChangeAccountError.
    """
    account = statuses.lock(account)
    if refusal := refusal_to_change(account.customer):
        raise CannotChangeAccountError(refusal)
    if not account.role_arn or account.status in ENDED:
        raise CannotChangeAccountError(_("Name the role first."), field="role_arn")
    now = timezone.now()
    began = account.access_check_began_at
    if account.access_state == CheckState.CHECKING and began and began > now - HANGS:
        return account
    account.access_state, account.access_check_began_at = CheckState.CHECKING, now
    account.save(update_fields=["access_state", "access_check_began_at"])
    transaction.on_commit(partial(tasks.wake_check, account.pk, ordered_by=by.pk))
    return account


@transaction.atomic
def name_and_check(account: CloudAccount, arn: str, *, version: int, by: User) -> CloudAccount:
    """Name the role and have it checked. Raises StaleError, CannotChangeAccountError."""
    return order_check(roles.set_role(account, arn, version=version, by=by), by=by)
