"""The role through which we look into an account, as the customer names it."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit import trail
from cloudaccounts import actions
from cloudaccounts.flows import statuses
from cloudaccounts.flows.statuses import CannotChangeAccountError
from cloudaccounts.models import CloudAccount
from cloudaccounts.models.checks import CheckState
from cloudaccounts.providers.aws.ids import RoleArn
from cloudaccounts.providers.results import AccessOutcome
from cloudaccounts.standing import ENDED
from customers.staleness import require_fresh
from customers.standing import refusal_to_change
from resellers.clouds import Cloud

_UNCHECKED = {
    "access_state": CheckState.NOT_CHECKED,
    "access_outcome": "",
    "access_trouble_code": "",
    "access_request_id": "",
    "access_check_began_at": None,
    "access_checked_at": None,
    "access_broken_since": None,
}


@transaction.atomic
def set_role(account: CloudAccount, arn: str, *, version: int, by: User) -> CloudAccount:
    """Name the role that the customer made, or none. It is not checked by that.

    Raises StaleError, CannotChangeAccountError.
    """
    account = statuses.lock(account)
    if refusal := refusal_to_change(account.customer):
        raise CannotChangeAccountError(refusal)
    _require_role_possible(account)
    arn = arn.strip()
    if arn == account.role_arn:
        return account
    changes = {"role_arn": (account.role_arn, arn)}
    require_fresh(account, seen=version, fields=changes, edits=actions.EDITS)
    _require_role_of(account, arn)
    fields = forget(account)
    account.role_arn = arn
    account.version += 1
    account.save(update_fields=sorted({*fields, "version"}))
    trail.record(actions.ROLE, subject=account, actor=by, about=[account.customer], changes=changes)
    return account


def forget(account: CloudAccount) -> set[str]:
    """Take away the role and what is known of it. Returns the fields to be saved."""
    account.role_arn = ""
    for field, value in _UNCHECKED.items():
        setattr(account, field, value)
    return {"role_arn", *_UNCHECKED}


def _require_role_possible(account: CloudAccount) -> None:
    if account.provider != Cloud.AWS:
        raise CannotChangeAccountError(_("Only AWS accounts have a role."))
    if account.status in ENDED:
        raise CannotChangeAccountError(_("This account is not with us any more."))
    if not account.account_id:
        raise CannotChangeAccountError(_("This account has no ID yet."))


def _require_role_of(account: CloudAccount, arn: str) -> None:
    if not arn:
        return
    try:
        found = RoleArn.parse(arn)
    except ValueError as error:
        raise _refused(AccessOutcome.UNUSABLE_ARN) from error
    if found.account_id != account.account_id:
        raise _refused(AccessOutcome.OTHER_ACCOUNT)


def _refused(outcome: AccessOutcome) -> CannotChangeAccountError:
    return CannotChangeAccountError(f"{outcome.sentence} {outcome.next_step}", field="role_arn")
