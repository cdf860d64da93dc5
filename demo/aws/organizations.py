"""The stand-in's AWS Organizations."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from demo.aws.world import (
    MANAGEMENT,
    AwsError,
    Caller,
    Creation,
    Handshake,
    Member,
    World,
    new_id,
)

Answer = dict[str, Any]
Operation = Callable[[World, Caller, dict[str, Any]], Answer]
# As long as in AWS's own examples.
LIFETIME = dt.timedelta(days=15)
REMEMBERED = dt.timedelta(days=30)
_PAGE = 2  # so small that paging is used in earnest
_FORCED = re.compile(r"\+fail-([a-z-]+)@")
_ACCOUNT = re.compile(r"[0-9]{12}")
_PATTERNS = {
    "HandshakeId": re.compile(r"h-[0-9a-z]{8,32}"),
    "CreateAccountRequestId": re.compile(r"car-[a-z0-9]{8,32}"),
    "AccountId": _ACCOUNT,
}


def invite(world: World, caller: Caller, asked: dict[str, Any]) -> Answer:
    """InviteAccountToOrganization, by account id."""
    _require_management(caller)
    target = asked["Target"]
    if target["Type"] != "ACCOUNT" or not _ACCOUNT.fullmatch(target["Id"]):
        raise _invalid("INVALID_PARTY_TYPE_TARGET")
    if target["Id"] in world.members:
        message = "The account is already a member of an organization."
        raise AwsError(
            "HandshakeConstraintViolationException", message, reason="ALREADY_IN_AN_ORGANIZATION"
        )
    if any(h.account_id == target["Id"] and h.state == "REQUESTED" for h in _remembered(world)):
        message = "A handshake with the same action and target already exists."
        raise AwsError("DuplicateHandshakeException", message)
    now = world.now()
    notes = asked.get("Notes", "")
    made = Handshake(new_id("h-"), target["Id"], notes, now, now + LIFETIME)
    world.handshakes[made.id] = made
    return _handshake(world, made)


def describe_handshake(world: World, caller: Caller, asked: dict[str, Any]) -> Answer:
    """DescribeHandshake, for both sides."""
    found = _found(world, asked)
    if caller.account_id not in {MANAGEMENT, found.account_id}:
        raise _denied()
    return _handshake(world, found)


def cancel(world: World, caller: Caller, asked: dict[str, Any]) -> Answer:
    """CancelHandshake, by the inviting side."""
    _require_management(caller)
    return _moved(world, _found(world, asked), "CANCELED")


def accept(world: World, caller: Caller, asked: dict[str, Any]) -> Answer:
    """AcceptHandshake, by the invited side."""
    found = _found(world, asked)
    _require_invited(caller, found)
    answer = _moved(world, found, "ACCEPTED")
    email = f"root@{found.account_id}.example"
    world.join(
        Member(found.account_id, f"Account {found.account_id}", email, world.now(), "INVITED")
    )
    return answer


def decline(world: World, caller: Caller, asked: dict[str, Any]) -> Answer:
    """DeclineHandshake, by the invited side."""
    found = _found(world, asked)
    _require_invited(caller, found)
    return _moved(world, found, "DECLINED")


def of_organization(world: World, caller: Caller, asked: dict[str, Any]) -> Answer:
    """ListHandshakesForOrganization."""
    _require_management(caller)
    shown = [_handshake(world, each)["Handshake"] for each in _remembered(world)]
    return _page("Handshakes", shown, asked)


def of_account(world: World, caller: Caller, asked: dict[str, Any]) -> Answer:
    """ListHandshakesForAccount."""
    own = [each for each in _remembered(world) if each.account_id == caller.account_id]
    return _page("Handshakes", [_handshake(world, each)["Handshake"] for each in own], asked)


def create_account(world: World, caller: Caller, asked: dict[str, Any]) -> Answer:
    """CreateAccount. `x+fail-account-limit-exceeded@…` forces that failure."""
    _require_management(caller)
    forced = _FORCED.search(asked["Email"])
    now = world.now()
    made = Creation(
        new_id("car-", 32),
        asked["AccountName"],
        asked["Email"],
        now,
        now + dt.timedelta(seconds=world.seconds_to_create),
        forced[1].upper().replace("-", "_") if forced else "",
    )
    world.creations[made.id] = made
    return {"CreateAccountStatus": _creation(made)}


def describe_creation(world: World, caller: Caller, asked: dict[str, Any]) -> Answer:
    """DescribeCreateAccountStatus."""
    _require_management(caller)
    found = world.creations.get(_id(asked, "CreateAccountRequestId"))
    if found is None:
        message = "We can't find a create account request with this ID."
        raise AwsError("CreateAccountStatusNotFoundException", message)
    return {"CreateAccountStatus": _creation(found)}


def list_creations(world: World, caller: Caller, asked: dict[str, Any]) -> Answer:
    """ListCreateAccountStatus."""
    _require_management(caller)
    states = asked.get("States") or ["IN_PROGRESS", "SUCCEEDED", "FAILED"]
    shown = [_creation(each) for each in world.creations.values() if each.state in states]
    return _page("CreateAccountStatuses", shown, asked)


def describe_account(world: World, caller: Caller, asked: dict[str, Any]) -> Answer:
    """DescribeAccount."""
    _require_management(caller)
    found = world.members.get(_id(asked, "AccountId"))
    if found is None:
        raise AwsError("AccountNotFoundException", "You specified an account that doesn't exist.")
    return {
        "Account": {
            "Id": found.id,
            "Arn": f"arn:aws:organizations::{MANAGEMENT}:account/{world.id}/{found.id}",
            "Email": found.email,
            "Name": found.name,
            "Status": "ACTIVE",
            "JoinedMethod": found.method,
            "JoinedTimestamp": found.joined_at.timestamp(),
        }
    }


def describe_organization(world: World, caller: Caller, _asked: dict[str, Any]) -> Answer:
    """DescribeOrganization, for its members."""
    if caller.account_id not in world.members:
        message = "Your account is not a member of an organization."
        raise AwsError("AWSOrganizationsNotInUseException", message)
    return {
        "Organization": {
            "Id": world.id,
            "Arn": f"arn:aws:organizations::{MANAGEMENT}:organization/{world.id}",
            "FeatureSet": "ALL",
            "MasterAccountId": MANAGEMENT,
            "MasterAccountEmail": world.email,
        }
    }


OPERATIONS: dict[str, Operation] = {
    "InviteAccountToOrganization": invite,
    "DescribeHandshake": describe_handshake,
    "CancelHandshake": cancel,
    "AcceptHandshake": accept,
    "DeclineHandshake": decline,
    "ListHandshakesForOrganization": of_organization,
    "ListHandshakesForAccount": of_account,
    "CreateAccount": create_account,
    "DescribeCreateAccountStatus": describe_creation,
    "ListCreateAccountStatus": list_creations,
    "DescribeAccount": describe_account,
    "DescribeOrganization": describe_organization,
}


def _require_management(caller: Caller) -> None:
    if caller.account_id != MANAGEMENT:
        raise _denied()


def _require_invited(caller: Caller, handshake: Handshake) -> None:
    if caller.account_id != handshake.account_id:
        raise _denied()


def _denied() -> AwsError:
    message = "You don't have permissions to access this resource."
    return AwsError("AccessDeniedException", message)


def _invalid(reason: str) -> AwsError:
    return AwsError("InvalidInputException", "You specified an invalid value.", reason=reason)


def _id(asked: dict[str, Any], name: str) -> str:
    found: str = asked[name]
    if not _PATTERNS[name].fullmatch(found):
        raise _invalid("INVALID_PATTERN")
    return found


def _remembered(world: World) -> list[Handshake]:
    oldest = world.now() - LIFETIME - REMEMBERED
    return [each for each in world.handshakes.values() if each.requested_at > oldest]


def _found(world: World, asked: dict[str, Any]) -> Handshake:
    wanted = _id(asked, "HandshakeId")
    for each in _remembered(world):
        if each.id == wanted:
            return each
    message = "We can't find a handshake with the HandshakeId that you specified."
    raise AwsError("HandshakeNotFoundException", message)


def _moved(world: World, handshake: Handshake, state: str) -> Answer:
    if handshake.state == state:
        message = "The specified handshake is already in the requested state."
        raise AwsError("HandshakeAlreadyInStateException", message)
    if handshake.state != "REQUESTED":
        message = "You can't perform the operation on the handshake in its current state."
        raise AwsError("InvalidHandshakeTransitionException", message)
    handshake.state = state
    return _handshake(world, handshake)


def _handshake(world: World, it: Handshake) -> Answer:
    notes = [{"Type": "NOTES", "Value": it.notes}] if it.notes else []
    inviting = {
        "Type": "ORGANIZATION",
        "Value": world.id,
        "Resources": [{"Type": "MASTER_EMAIL", "Value": world.email}],
    }
    return {
        "Handshake": {
            "Id": it.id,
            "Arn": f"arn:aws:organizations::{MANAGEMENT}:handshake/{world.id}/invite/{it.id}",
            "Parties": [
                {"Id": world.id.removeprefix("o-"), "Type": "ORGANIZATION"},
                {"Id": it.account_id, "Type": "ACCOUNT"},
            ],
            "State": it.state,
            "RequestedTimestamp": it.requested_at.timestamp(),
            "ExpirationTimestamp": it.expires_at.timestamp(),
            "Action": "INVITE",
            "Resources": [inviting, {"Type": "ACCOUNT", "Value": it.account_id}, *notes],
        }
    }


def _creation(it: Creation) -> Answer:
    told: Answer = {
        "Id": it.id,
        "AccountName": it.name,
        "State": it.state,
        "RequestedTimestamp": it.requested_at.timestamp(),
    }
    if it.state != "IN_PROGRESS":
        told["CompletedTimestamp"] = it.done_at.timestamp()
    if it.state == "SUCCEEDED":
        told["AccountId"] = it.account_id
    if it.state == "FAILED":
        told["FailureReason"] = it.reason
    return told


def _page(name: str, rows: list[Answer], asked: dict[str, Any]) -> Answer:
    begin = int(asked.get("NextToken") or 0)
    end = begin + _PAGE
    answer: Answer = {name: rows[begin:end]}
    if end < len(rows):
        answer["NextToken"] = str(end)
    return answer
