"""What approvers do with requests about cloud accounts. Each request is decided once.

The account's lock puts the decisions about one request in a row; whoever comes second reads who
decided what, and when.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from approvals import account_mails, actions, checks, hooks, settling
from approvals.flows import account_locks
from approvals.flows.decisions import CannotDecideError, Refusal
from approvals.hooks import Forwarded
from approvals.kinds import kind_of
from approvals.models import AccountRequest, ApprovalRequest, RequestMessage
from approvals.models.requests import OPEN
from audit import trail
from cloudaccounts.flows import by_hand, statuses
from cloudaccounts.flows.ordering import is_under_way
from cloudaccounts.flows.statuses import CannotChangeAccountError
from cloudaccounts.models import Connection, Errand
from cloudaccounts.providers.registry import provider
from cloudaccounts.standing import Status

RequestStatus = ApprovalRequest.Status
# Why a request about an account may be declined: not for what only a sign-up can be.
REASONS = ("incomplete", "not_served", "credit", "other")


@transaction.atomic
def approve_and_forward(request: ApprovalRequest, *, version: int, by: User) -> ApprovalRequest:
    """Approve, and hand it to Cloud Ops: their ticket is made in the same transaction.

    Forwarding once more what one forwarded oneself changes nothing. Raises CannotDecideError.
    """
    request = account_locks.lock(request)
    if _decided_by_same_click(request, RequestStatus.FORWARDED, version=version, by=by):
        return request
    if not kind_of(request).may_be_forwarded:
        raise CannotDecideError(_("Requests of this kind are not forwarded."))
    _approve(request, version=version, by=by)
    ticket_id = hooks.desk()(Forwarded(request=request, approved_by=str(by)))
    AccountRequest.objects.filter(pk=request.pk).update(ticket_id=ticket_id)
    request.account_request.ticket_id = ticket_id
    trail.record(actions.FORWARDED, subject=request, actor=by, about=account_locks.about(request))
    account_mails.approved(request)
    return request


@transaction.atomic
def approve_here(request: ApprovalRequest, *, version: int, by: User) -> ApprovalRequest:
    """Approve, and do it through the reseller's own connection. Otherwise as above."""
    request = account_locks.lock(request)
    if _decided_by_same_click(request, RequestStatus.FORWARDED, version=version, by=by):
        return request
    kind, account = kind_of(request), request.account_request.account
    if not may_be_done_here(request):
        raise CannotDecideError(
            _("Connect your own %(provider)s organization first, or forward the request.")
            % {"provider": account.get_provider_display()}
        )
    _approve(request, version=version, by=by)
    trail.record(
        actions.APPROVED_HERE, subject=request, actor=by, about=account_locks.about(request)
    )
    account_mails.approved(request)
    if kind.order and not provider(account.provider).is_manual:
        try:
            kind.order(account, by)
        except CannotChangeAccountError as error:
            raise CannotDecideError(str(error)) from error
    return request


def may_be_done_here(request: ApprovalRequest) -> bool:
    """Whether the reseller has a connection of its own that works. One query."""
    found = Connection.objects.filter(provider=request.account_request.provider).first()
    return found is not None and found.is_usable


@transaction.atomic
def decline(
    request: ApprovalRequest, refusal: Refusal, *, version: int, by: User
) -> ApprovalRequest:
    """Refuse; the requester is mailed why, and may ask again. Raises CannotDecideError."""
    request = account_locks.lock(request)
    if _decided_by_same_click(request, RequestStatus.DECLINED, version=version, by=by):
        return request
    if refusal.reason not in REASONS:
        raise CannotDecideError(_("Choose a reason."), field="reason")
    account_locks.claim(
        request,
        version=version,
        allowed=OPEN,
        status=RequestStatus.DECLINED,
        decided_by=by,
        decided_at=timezone.now(),
        decline_reason=refusal.reason,
        decline_message=refusal.message,
    )
    account_locks.close(request)
    account_locks.give_back(request, by=by)
    trail.record(
        actions.REFUSED,
        subject=request,
        actor=by,
        about=account_locks.about(request),
        changes={"decline_reason": ("", refusal.reason)},
        note=refusal.message,
    )
    account_mails.declined(request)
    return request


@transaction.atomic
def ask_for_information(
    request: ApprovalRequest, text: str, *, version: int, by: User
) -> ApprovalRequest:
    """Ask the requester something; until they answer, they have the ball.

    Raises CannotDecideError.
    """
    request = account_locks.lock(request)
    if not text.strip():
        raise CannotDecideError(_("Write what you want to know."), field="text")
    account_locks.claim(
        request,
        version=version,
        allowed=(RequestStatus.PENDING,),
        status=RequestStatus.NEEDS_INFORMATION,
    )
    message = RequestMessage.objects.create(
        request=request, kind=RequestMessage.Kind.QUESTION, text=text, author=by
    )
    trail.record(
        actions.QUESTIONED,
        subject=request,
        actor=by,
        about=account_locks.about(request),
        note=text,
    )
    account_mails.question(request, message)
    return request


@transaction.atomic
def finish_here(
    request: ApprovalRequest, *, account_id: str, version: int, by: User
) -> ApprovalRequest:
    """Note that somebody of the reseller did it in the provider's console.

    `account_id` is that of a new account, as typed. Raises CannotDecideError.
    """
    request = _lock_done_here(request, version)
    account = request.account_request.account
    try:
        to, via = kind_of(request).fulfilled_by, Errand.Via.RESELLER
        by_hand.finish(account, to, via=via, account_id=account_id, by=by)
    except CannotChangeAccountError as error:
        raise CannotDecideError(str(error), field=error.field) from error
    request.refresh_from_db(fields=["status", "version"])
    return request


@transaction.atomic
def give_up_here(request: ApprovalRequest, note: str, *, version: int, by: User) -> ApprovalRequest:
    """Note that it could not be done, and why. Raises CannotDecideError."""
    request = _lock_done_here(request, version)
    if not note.strip():
        raise CannotDecideError(_("Say why it could not be done."), field="note")
    settling.give_up(request, note, by=by)
    request.refresh_from_db(fields=["status", "version"])
    return request


def _lock_done_here(request: ApprovalRequest, version: int) -> ApprovalRequest:
    request = account_locks.lock(request)
    account_locks.refuse_unless_open(request, version=version, allowed=(RequestStatus.FORWARDED,))
    if request.account_request.ticket_id:
        raise CannotDecideError(_("Cloud Ops does this."))
    if is_under_way(request.account_request.account):
        raise CannotDecideError(_("The provider is working on it. Cancel that first."))
    return request


def _approve(request: ApprovalRequest, *, version: int, by: User) -> None:
    """Decide; the account is under way from now on. The desk and the provider are asked after."""
    allowed = (RequestStatus.PENDING,)
    account_locks.refuse_unless_open(request, version=version, allowed=allowed)
    obstacles = checks.obstacles(request.account_request)
    if obstacles:
        raise CannotDecideError(" ".join(obstacles))
    account_locks.claim(
        request,
        version=version,
        allowed=allowed,
        status=RequestStatus.FORWARDED,
        decided_by=by,
        decided_at=timezone.now(),
    )
    if kind_of(request).moves:
        statuses.change(request.account_request.account, Status.IN_PROGRESS, by=by)


def _decided_by_same_click(
    request: ApprovalRequest, status: str, *, version: int, by: User
) -> bool:
    """Whether this is a double click: the same person, the same decision, on the same page."""
    same_decision = request.status == status and request.decided_by_id == by.pk
    return same_decision and request.version == version + 1
