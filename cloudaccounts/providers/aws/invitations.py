"""Inviting an account into the organization: never twice for one order.

A handshake carries the order's reference in its notes. Before sending we look for it, and for an
open one that somebody sent in the AWS console, which AWS would refuse to double
(DuplicateHandshakeException). So a crash between "AWS said yes" and "we stored it" costs a look.

AWS's states REQUESTED and OPEN both mean that nobody has answered; it forgets a handshake 30 days
after it ended.
"""

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from cloudaccounts.providers.aws.clients import MAKING, Clients
from cloudaccounts.providers.aws.speaking import speaking
from cloudaccounts.providers.results import Invitation, InvitationOrder, InvitationState
from cloudaccounts.providers.troubles import CloudError

if TYPE_CHECKING:
    from types_boto3_organizations.type_defs import HandshakeTypeDef

_STATES = {
    "REQUESTED": InvitationState.PENDING,
    "OPEN": InvitationState.PENDING,
    "ACCEPTED": InvitationState.ACCEPTED,
    "DECLINED": InvitationState.DECLINED,
    "CANCELED": InvitationState.CANCELLED,
    "EXPIRED": InvitationState.EXPIRED,
}
_DUPLICATE = "DuplicateHandshakeException"
_MEMBER = "HandshakeConstraintViolationException/ALREADY_IN_AN_ORGANIZATION"
_FORGOTTEN = "HandshakeNotFoundException"
_ENDED = {"HandshakeAlreadyInStateException", "InvalidHandshakeTransitionException"}
_LONGEST_NOTES = 1024


def invite(clients: Clients, order: InvitationOrder) -> Invitation:
    """Send the order's invitation, or find it. Raises CloudError."""
    found = _sent(clients, order)
    if found:
        return found
    try:
        with speaking("InviteAccountToOrganization"):
            answer = clients.organizations(MAKING).invite_account_to_organization(
                Target={"Id": order.account_id, "Type": "ACCOUNT"}, Notes=_notes(order)
            )
    except CloudError as error:
        found = _meant(clients, order, error.trouble.code)
        if found is None:
            raise
        return found
    return _read(answer["Handshake"])


def find(clients: Clients, order: InvitationOrder) -> Invitation | None:
    """The handshake that carries this order's mark. Raises CloudError."""
    for handshake in _handshakes_of(clients, order.account_id):
        if _is_of(handshake, order):
            return replace(_read(handshake), was_there=True)
    return None


def has_account(clients: Clients, account_id: str) -> bool:
    """Whether the account is a member of the organization. Raises CloudError."""
    try:
        with speaking("DescribeAccount"):
            clients.organizations().describe_account(AccountId=account_id)
    except CloudError as error:
        if error.trouble.code == "AccountNotFoundException":
            return False
        raise
    return True


def poll(clients: Clients, reference: str) -> Invitation | None:
    """Where the invitation stands; None when AWS has forgotten it. Raises CloudError."""
    try:
        with speaking("DescribeHandshake"):
            answer = clients.organizations().describe_handshake(HandshakeId=reference)
    except CloudError as error:
        if error.trouble.code == _FORGOTTEN:
            return None
        raise
    return _read(answer["Handshake"])


def cancel(clients: Clients, reference: str) -> Invitation | None:
    """Withdraw the invitation and return where it really stands. Raises CloudError.

    Whoever accepted or declined a moment earlier was first.
    """
    try:
        with speaking("CancelHandshake"):
            answer = clients.organizations(MAKING).cancel_handshake(HandshakeId=reference)
    except CloudError as error:
        if error.trouble.code == _FORGOTTEN:
            return None
        if error.trouble.code in _ENDED:
            return poll(clients, reference)
        raise
    return _read(answer["Handshake"])


def _notes(order: InvitationOrder) -> str:
    mark = _mark(order)
    return f"{order.message[: _LONGEST_NOTES - len(mark) - 1]}\n{mark}".strip()


def _mark(order: InvitationOrder) -> str:
    return f"Reference: {order.reference}"


def _is_of(handshake: "HandshakeTypeDef", order: InvitationOrder) -> bool:
    return _mark(order) in _notes_of(handshake).splitlines()


def _sent(clients: Clients, order: InvitationOrder) -> Invitation | None:
    """The handshake of this order, else one that waits for the same account's answer."""
    waiting = None
    for handshake in _handshakes_of(clients, order.account_id):
        if _is_of(handshake, order):
            return replace(_read(handshake), was_there=True)
        if _STATES.get(handshake["State"]) is InvitationState.PENDING:
            waiting = replace(_read(handshake), was_there=True)
    return waiting


def _meant(clients: Clients, order: InvitationOrder, code: str) -> Invitation | None:
    """What AWS meant by refusing, where it means that nothing has to be sent."""
    if code == _DUPLICATE:
        return _sent(clients, order)
    if code == _MEMBER and has_account(clients, order.account_id):
        return Invitation(
            "", order.account_id, InvitationState.ACCEPTED, None, None, order.kind, was_there=True
        )
    return None


def _handshakes_of(clients: Clients, account_id: str) -> "list[HandshakeTypeDef]":
    with speaking("ListHandshakesForOrganization"):
        pages = clients.organizations().get_paginator("list_handshakes_for_organization")
        return [
            handshake
            for page in pages.paginate(Filter={"ActionType": "INVITE"})
            for handshake in page["Handshakes"]
            if _account_of(handshake) == account_id
        ]


def _read(handshake: "HandshakeTypeDef") -> Invitation:
    return Invitation(
        reference=handshake["Id"],
        account_id=_account_of(handshake),
        state=_STATES[handshake["State"]],
        requested_at=handshake["RequestedTimestamp"].astimezone(dt.UTC),
        expires_at=handshake["ExpirationTimestamp"].astimezone(dt.UTC),
    )


def _account_of(handshake: "HandshakeTypeDef") -> str:
    parties = {each["Type"]: each["Id"] for each in handshake.get("Parties", [])}
    return parties.get("ACCOUNT", "")


def _notes_of(handshake: "HandshakeTypeDef") -> str:
    told = [each for each in handshake.get("Resources", []) if each.get("Type") == "NOTES"]
    return told[0].get("Value", "") if told else ""
