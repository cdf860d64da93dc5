"""The locks on a request about an account, and the one update that changes where it stands.

Customer → account → request, in this order: whoever changes the account comes the same way.
"""

from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from approvals import outcomes
from approvals.flows.decisions import AlreadyDecidedError, CannotDecideError
from approvals.kinds import kind_of
from approvals.models import AccountRequest, ApprovalRequest
from audit import trail
from cloudaccounts.flows import statuses
from cloudaccounts.models import CloudAccount
from cloudaccounts.standing import Status

RELATED = ("account_request", "requester", "decided_by", "customer")


def lock(request: ApprovalRequest) -> ApprovalRequest:
    """The request as it stands now, with its locked account."""
    account = statuses.lock(CloudAccount.objects.get(approval_requests=request.pk))
    requests = ApprovalRequest.objects.select_related(*RELATED)
    found = requests.select_for_update(of=("self",)).get(pk=request.pk)
    found.account_request.account = account
    found.customer = account.customer
    return found


def claim(
    request: ApprovalRequest, *, version: int, allowed: tuple[str, ...], **changes: Any
) -> None:
    """Change a locked request, if nobody did since `version` was read.

    Raises AlreadyDecidedError for what is settled, CannotDecideError for what has changed.
    """
    refuse_unless_open(request, version=version, allowed=allowed)
    ApprovalRequest.objects.filter(pk=request.pk).update(version=F("version") + 1, **changes)
    request.version += 1
    for name, value in changes.items():
        setattr(request, name, value)


def refuse_unless_open(request: ApprovalRequest, *, version: int, allowed: tuple[str, ...]) -> None:
    """Raise what `claim` would."""
    if request.status in allowed and request.version == version:
        return
    settled = outcomes.sentence(request)
    if settled and request.status not in allowed:
        raise AlreadyDecidedError(settled)
    raise CannotDecideError(_("This request changed meanwhile. Read it again, then decide."))


def close(request: ApprovalRequest) -> None:
    """From now on, somebody may ask about the account again."""
    AccountRequest.objects.filter(pk=request.pk).update(is_open=False)
    request.account_request.is_open = False


def give_back(request: ApprovalRequest, *, by: User | None) -> None:
    """The account that waited for this request is being set up again."""
    account = request.account_request.account
    if kind_of(request).moves:
        statuses.change(account, Status.DRAFT, by=by)


def about(request: ApprovalRequest) -> list[trail.Mentioned]:
    """On whose timelines besides its own what happens to the request stands."""
    account = request.account_request.account
    return [account, account.customer]
