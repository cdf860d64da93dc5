"""What requesters do: ask for something about a cloud account, answer, withdraw.

A customer's own administrators ask in the portal, staff in the console; the pages know who may.
While a request is open nobody can ask about the account again.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from approvals import account_mails, actions
from approvals.flows import account_locks
from approvals.kinds import KINDS, AccountKind
from approvals.models import AccountRequest, ApprovalRequest, RequestMessage
from approvals.models.requests import OPEN
from audit import trail
from cloudaccounts.flows import accounts, statuses
from cloudaccounts.flows.accounts import AccountDetails
from cloudaccounts.flows.statuses import CannotChangeAccountError
from cloudaccounts.models import CloudAccount, CustomerProvider
from cloudaccounts.standing import Origin, Status
from customers.models import Customer

Kind = ApprovalRequest.Kind
RequestStatus = ApprovalRequest.Status


class CannotAskError(Exception):
    """It cannot be asked, answered or withdrawn. The message is fit to show, beside `field` if one
    is named."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a requester says. `in_portal`: it is one of the customer's own people who asks."""

    reason: str = ""
    support: str = ""  # of AccountRequest.Support
    in_portal: bool = False

    @classmethod
    def typed(cls, typed: Mapping[str, Any], *, in_portal: bool) -> Self:
        """What was typed into a form."""
        support = typed.get("support", "")
        return cls(reason=typed.get("reason", ""), support=support, in_portal=in_portal)


def details_in(typed: Mapping[str, Any]) -> AccountDetails:
    """The new account that was described in a form."""
    return AccountDetails(
        provider=typed["provider"], name=typed["name"], root_email=typed["root_email"]
    )


def ask_to_link(
    account: CloudAccount, asked: Asked, *, by: User, submission: uuid.UUID
) -> ApprovalRequest:
    """Ask to link an existing account. Sending the same form twice is asking once.

    Raises CannotAskError.
    """
    return ask(Kind.LINK, account, asked, by=by, submission=submission)


def ask_for_new(
    account: CloudAccount, asked: Asked, *, by: User, submission: uuid.UUID
) -> ApprovalRequest:
    """Ask to have an account made. Otherwise as `ask_to_link`."""
    return ask(Kind.NEW_ACCOUNT, account, asked, by=by, submission=submission)


def ask_to_unlink(
    account: CloudAccount, asked: Asked, *, by: User, submission: uuid.UUID
) -> ApprovalRequest:
    """Ask to take a linked account out of the organization. Otherwise as `ask_to_link`."""
    return ask(Kind.UNLINK, account, asked, by=by, submission=submission)


@transaction.atomic
def order_new(
    customer: Customer, details: AccountDetails, asked: Asked, *, by: User, submission: uuid.UUID
) -> ApprovalRequest:
    """Set up a new account and ask for it, both or neither. Raises CannotAskError."""
    try:
        account = accounts.add_new(customer, details, by=by, key=submission)
    except CannotChangeAccountError as error:
        raise CannotAskError(str(error), field=error.field) from error
    return ask_for_new(account, asked, by=by, submission=submission)


@transaction.atomic
def ask(
    name: Kind, account: CloudAccount, asked: Asked, *, by: User, submission: uuid.UUID
) -> ApprovalRequest:
    """Ask for whatever `approvals.kinds` knows. Raises CannotAskError."""
    account, kind = statuses.lock(account), KINDS[name]
    sent_before = _sent_before(submission)
    if sent_before:
        return _same(sent_before, account)
    _refuse_impossible(kind, account, asked)
    request = _file(kind, account, asked, by=by, submission=submission)
    if kind.moves:
        statuses.change(account, Status.REQUESTED, by=by)
    trail.record(
        actions.ASKED,
        subject=request,
        actor=by,
        about=[account, account.customer],
        changes={"kind": ("", kind.name)},
        note=asked.reason,
    )
    account_mails.received(request)
    return request


@transaction.atomic
def answer(request: ApprovalRequest, text: str, *, by: User) -> ApprovalRequest:
    """Answer what the approvers asked: they have the ball again. Raises CannotAskError."""
    request = account_locks.lock(request)
    if request.status != RequestStatus.NEEDS_INFORMATION:
        raise CannotAskError(_("Nobody waits for an answer to this request."))
    if not text.strip():
        raise CannotAskError(_("Write an answer."), field="text")
    message = RequestMessage.objects.create(
        request=request, kind=RequestMessage.Kind.ANSWER, text=text, author=by
    )
    account_locks.claim(
        request,
        version=request.version,
        allowed=(RequestStatus.NEEDS_INFORMATION,),
        status=RequestStatus.PENDING,
    )
    trail.record(
        actions.ANSWERED, subject=request, actor=by, about=account_locks.about(request), note=text
    )
    account_mails.answered(request, message)
    return request


@transaction.atomic
def withdraw(request: ApprovalRequest, *, version: int, by: User) -> ApprovalRequest:
    """Take back what nobody decided yet; the account can be set up further.

    Withdrawing again changes nothing. Raises AlreadyDecidedError or CannotDecideError.
    """
    request = account_locks.lock(request)
    if request.status == RequestStatus.WITHDRAWN:
        return request
    account_locks.claim(
        request,
        version=version,
        allowed=OPEN,
        status=RequestStatus.WITHDRAWN,
        ended_at=timezone.now(),
    )
    account_locks.close(request)
    account_locks.give_back(request, by=by)
    trail.record(actions.WITHDRAWN, subject=request, actor=by, about=account_locks.about(request))
    return request


def _sent_before(submission: uuid.UUID) -> AccountRequest | None:
    requests = AccountRequest.objects.select_related("request")
    return requests.filter(submission=submission).first()


def _same(sent_before: AccountRequest, account: CloudAccount) -> ApprovalRequest:
    if sent_before.account_id != account.pk:
        raise CannotAskError(_("This form was sent already. Open it anew to ask once more."))
    return sent_before.request


def _refuse_impossible(kind: AccountKind, account: CloudAccount, asked: Asked) -> None:
    if AccountRequest.objects.filter(account=account, is_open=True).exists():
        raise CannotAskError(_("There is an open request about this account."))
    if account.customer.status != Customer.Status.ACTIVE:
        raise CannotAskError(
            _("%(customer)s is not active. Nothing can be asked for it.")
            % {"customer": account.customer}
        )
    if Status(account.status) not in kind.asked_from or not _fits(kind, account):
        raise CannotAskError(
            _("This account is “%(status)s”; that cannot be asked about it now.")
            % {"status": account.get_status_display()}
        )
    if asked.support and asked.support not in AccountRequest.Support:
        raise CannotAskError(_("Choose a support level."), field="support")
    _refuse_hidden_provider(kind, account, asked)


def _fits(kind: AccountKind, account: CloudAccount) -> bool:
    """Whether the account is one to be linked, or one to be made."""
    if not kind.moves:
        return True
    is_new = account.origin == Origin.CREATED and not account.account_id
    return is_new if kind.name == Kind.NEW_ACCOUNT else bool(account.account_id)


def _refuse_hidden_provider(kind: AccountKind, account: CloudAccount, asked: Asked) -> None:
    providers = CustomerProvider.objects.of_customer(account.customer)
    offered = providers.shown() if asked.in_portal else providers.enabled()
    is_offered = offered.filter(provider=account.provider).exists()
    if not is_offered and (kind.moves or asked.in_portal):
        raise CannotAskError(
            _("%(provider)s is not enabled for %(customer)s.")
            % {"provider": account.get_provider_display(), "customer": account.customer}
        )


def _file(
    kind: AccountKind, account: CloudAccount, asked: Asked, *, by: User, submission: uuid.UUID
) -> ApprovalRequest:
    now = timezone.now()
    request = ApprovalRequest.objects.create(
        kind=kind.name,
        status=RequestStatus.PENDING,
        requester=by,
        customer=account.customer,
        created_at=now,
        submitted_at=now,
    )
    request.account_request = AccountRequest.objects.create(
        request=request,
        account=account,
        provider=account.provider,
        customer_name=str(account.customer),
        account_name=account.name,
        account_id_then=account.account_id,
        support=asked.support,
        reason=asked.reason,
        in_portal=asked.in_portal,
        submission=submission,
    )
    return request
