"""How requests about accounts come to their end: the account tells, and the requester is mailed.

Whatever links, unlinks or gives back an account calls `cloudaccounts.hooks.tell`, with the account
locked; the request that waits for it ends in the same transaction.
"""

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from approvals import account_mails, actions
from approvals.flows import account_locks
from approvals.kinds import kind_of
from approvals.models import AccountRequest, ApprovalRequest
from audit import trail
from cloudaccounts.flows import statuses
from cloudaccounts.hooks import Event, News
from cloudaccounts.models import CloudAccount
from cloudaccounts.standing import Status

FORWARDED = ApprovalRequest.Status.FORWARDED


def follow(news: News) -> None:
    """End the request that was under way for this account, if this is how it ends."""
    if news.event != Event.STATUS_CHANGED:
        return
    request = _under_way(news.account)
    if request is None:
        return
    kind = kind_of(request)
    if news.account.status == kind.fulfilled_by:
        _fulfil(request)
    elif kind.moves and news.account.status == Status.DRAFT:
        _fail(request, news.note or news.account.status_reason, by=None)


def why_it_must_stay(account: CloudAccount) -> str:
    """An account that somebody asked something about stays whose it is until that has ended."""
    if AccountRequest.objects.filter(account=account, is_open=True).exists():
        return _("There is an open request about this account.")
    return ""


def who_waits(account: CloudAccount) -> list[User]:
    """Whoever asked for what is under way."""
    requests = AccountRequest.objects.filter(account=account, is_open=True)
    return [each.request.requester for each in requests.select_related("request__requester")]


def give_up(request: ApprovalRequest, note: str, *, by: User | None) -> None:
    """It cannot be done: the request fails, and the account goes back to where it was.

    The request is under way and locked as `account_locks.lock` does it.
    """
    account = request.account_request.account
    if kind_of(request).moves:
        statuses.change(account, Status.DRAFT, by=by, reason=note[:_LONGEST_REASON], note=note)
    else:
        _fail(request, note, by=by)


def abandon(request: ApprovalRequest, note: str) -> None:
    """The same where nobody is to be mailed: in records that were restored from a backup."""
    _end(request, ApprovalRequest.Status.FAILED, outcome_note=note)
    about = account_locks.about(request)
    trail.record(actions.FAILED, subject=request, actor=None, about=about, note=note)
    account_locks.give_back(request, by=None)


_LONGEST_REASON: int = CloudAccount._meta.get_field("status_reason").max_length or 0  # noqa: SLF001 - Django's public way to a model's fields


def _under_way(account: CloudAccount) -> ApprovalRequest | None:
    requests = ApprovalRequest.objects.select_related(*account_locks.RELATED)
    found = (
        requests.filter(account_request__account=account, status=FORWARDED)
        .select_for_update(of=("self",))
        .first()
    )
    if found:
        found.account_request.account = account
    return found


def _fulfil(request: ApprovalRequest) -> None:
    _end(request, ApprovalRequest.Status.FULFILLED)
    about = account_locks.about(request)
    trail.record(actions.FULFILLED, subject=request, actor=None, about=about)
    account_mails.done(request)


def _fail(request: ApprovalRequest, note: str, *, by: User | None) -> None:
    _end(request, ApprovalRequest.Status.FAILED, outcome_note=note)
    about = account_locks.about(request)
    trail.record(actions.FAILED, subject=request, actor=by, about=about, note=note)
    account_mails.failed(request)


def _end(request: ApprovalRequest, status: ApprovalRequest.Status, **changes: str) -> None:
    account_locks.claim(
        request,
        version=request.version,
        allowed=(FORWARDED,),
        status=status,
        ended_at=timezone.now(),
        **changes,
    )
    account_locks.close(request)
