"""Having AWS make an account: never twice for one order.

AWS names no order of ours: ListCreateAccountStatus tells names and times, not e-mails. So before we
order we look at what was ordered under the same name since we first meant to: an account that is
done is ours if its root e-mail is; one that is still being made cannot be told apart from another
order of the same name, so we come back when it is done. Should two orders cross all the same, AWS
itself refuses the second: no two accounts have one root e-mail.
"""

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from cloudaccounts.providers.aws.clients import MAKING, Clients
from cloudaccounts.providers.aws.speaking import failure_of, speaking
from cloudaccounts.providers.results import AccountOrder, Creation, CreationState
from cloudaccounts.providers.troubles import CloudError

if TYPE_CHECKING:
    from types_boto3_organizations.type_defs import CreateAccountStatusTypeDef

_STATES = {
    "IN_PROGRESS": CreationState.IN_PROGRESS,
    "SUCCEEDED": CreationState.SUCCEEDED,
    "FAILED": CreationState.FAILED,
}
_LOOKED_AT: list[Literal["IN_PROGRESS", "SUCCEEDED", "FAILED"]] = ["IN_PROGRESS", "SUCCEEDED"]
_FORGOTTEN = "CreateAccountStatusNotFoundException"
_TAKEN = "EMAIL_ALREADY_EXISTS"
# AWS's clock and ours.
_SKEW = dt.timedelta(minutes=5)


def create(clients: Clients, order: AccountOrder) -> Creation:
    """Order the account, or find it. Raises CloudError.

    Of kind LATER with the code CreateAccount/SAME_NAME_IN_PROGRESS where it may be under way.
    """
    found = _made(clients, order)
    if found:
        return found
    with speaking("CreateAccount"):
        answer = clients.organizations(MAKING).create_account(
            Email=order.email, AccountName=order.name
        )
    return _read(answer["CreateAccountStatus"])


def poll(clients: Clients, reference: str, order: AccountOrder) -> Creation | None:
    """Where the account stands; None when AWS has forgotten the order, and there is no account
    that came of it. Raises CloudError.

    An e-mail that is taken may be taken by our own order, sent twice by a network that lost the
    first answer: then it has succeeded.
    """
    try:
        with speaking("DescribeCreateAccountStatus"):
            answer = clients.organizations().describe_create_account_status(
                CreateAccountRequestId=reference
            )
    except CloudError as error:
        if error.trouble.code == _FORGOTTEN:
            return _made(clients, order)
        raise
    status = answer["CreateAccountStatus"]
    if status.get("FailureReason") == _TAKEN:
        return _made(clients, order) or _read(status)
    return _read(status)


def _made(clients: Clients, order: AccountOrder) -> Creation | None:
    """The account of this order. Raises CloudError where one of its name is under way."""
    under_way = False
    for status in _statuses(clients, order):
        if status["State"] == "IN_PROGRESS":
            under_way = True
        elif _email_of(clients, status["AccountId"]) == order.email.lower():
            return replace(_read(status), was_there=True)
    if under_way:
        raise CloudError(failure_of("SAME_NAME_IN_PROGRESS"))
    return None


def _statuses(clients: Clients, order: AccountOrder) -> "list[CreateAccountStatusTypeDef]":
    with speaking("ListCreateAccountStatus"):
        pages = clients.organizations().get_paginator("list_create_account_status")
        return [
            status
            for page in pages.paginate(States=_LOOKED_AT)
            for status in page["CreateAccountStatuses"]
            if status["AccountName"] == order.name
            and status["RequestedTimestamp"] >= order.ordered_at - _SKEW
        ]


def _email_of(clients: Clients, account_id: str) -> str:
    """In small letters; empty for an account that has left since."""
    try:
        with speaking("DescribeAccount"):
            answer = clients.organizations().describe_account(AccountId=account_id)
    except CloudError as error:
        if error.trouble.code == "AccountNotFoundException":
            return ""
        raise
    return answer["Account"]["Email"].lower()


def _read(status: "CreateAccountStatusTypeDef") -> Creation:
    state = _STATES[status["State"]]
    reason = status.get("FailureReason") or "UNKNOWN"
    return Creation(
        reference=status["Id"],
        state=state,
        account_id=status.get("AccountId", ""),
        trouble=failure_of(reason) if state is CreationState.FAILED else None,
    )
