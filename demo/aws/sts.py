"""The stand-in's AWS STS: roles are taken on only where their trust policy allows it."""

import datetime as dt
import json
import re
from collections.abc import Callable
from typing import Any

from demo.aws.world import MANAGEMENT, AwsError, Caller, Role, World

Answer = dict[str, Any]
_ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]+", re.ASCII)
_ROLE_NAME = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)
_ALLOWS = {"sts:AssumeRole", "sts:*", "*"}
_EQUALS = {"StringEquals", "StringLike"}
_USUAL_SECONDS = 3600


def caller_identity(_world: World, caller: Caller, _asked: Answer) -> Answer:
    """GetCallerIdentity."""
    return {"Arn": caller.arn, "UserId": "AIDADEMO", "Account": caller.account_id}


def assume_role(world: World, caller: Caller, asked: Answer) -> Answer:
    """AssumeRole. A role that does not exist is refused like one that does not trust the caller."""
    arn = asked["RoleArn"]
    if not _ROLE_ARN.fullmatch(arn):
        raise AwsError("ValidationError", f"{arn} is invalid")
    role = world.roles.get(arn)
    if role is None or not trusts(role.trust, caller, asked.get("ExternalId")):
        message = f"User: {caller.arn} is not authorized to perform: sts:AssumeRole on: {arn}"
        raise AwsError("AccessDenied", message, status=403)
    key, token = world.open_session(role, asked["RoleSessionName"])
    seconds = int(asked.get("DurationSeconds") or _USUAL_SECONDS)
    # By the real clock: credentials do not end because somebody lets a fortnight pass.
    ends_at = dt.datetime.now(dt.UTC).replace(microsecond=0) + dt.timedelta(seconds=seconds)
    return {
        "Credentials": {
            "AccessKeyId": key,
            "SecretAccessKey": "stand-in",
            "SessionToken": token,
            "Expiration": ends_at.isoformat().replace("+00:00", "Z"),
        }
    }


OPERATIONS: dict[str, Callable[[World, Caller, Answer], Answer]] = {
    "GetCallerIdentity": caller_identity,
    "AssumeRole": assume_role,
}


def trusts(policy: Answer, caller: Caller, external_id: str | None) -> bool:
    """Whether a trust policy lets the caller in: an Allow that applies, and no Deny that does."""
    statements = _several(policy["Statement"])
    applying = [each for each in statements if _applies(each, caller, external_id)]
    effects = {each["Effect"] for each in applying}
    return "Allow" in effects and "Deny" not in effects


def create_role(world: World, account_id: str, name: str, trust: str) -> Role:
    """What a customer does in their own account. Raises AwsError."""
    try:
        document = json.loads(trust)
        _several(document["Statement"])
    except (ValueError, KeyError, TypeError) as error:
        message = "This policy contains invalid Json"
        raise AwsError("MalformedPolicyDocument", message) from error
    if not _ROLE_NAME.fullmatch(name):
        raise AwsError("ValidationError", "The specified value for roleName is invalid.")
    role = Role(f"arn:aws:iam::{account_id}:role/{name}", document)
    world.roles[role.arn] = role
    return role


def usual_trust(external_id: str) -> str:
    """The trust policy for the demo's platform, as its pages show it."""
    allow = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{MANAGEMENT}:root"},
        "Action": "sts:AssumeRole",
    }
    if external_id:
        allow["Condition"] = {"StringEquals": {"sts:ExternalId": external_id}}
    return json.dumps({"Version": "2012-10-17", "Statement": [allow]})


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _applies(statement: Answer, caller: Caller, external_id: str | None) -> bool:
    return (
        bool(_ALLOWS & set(_several(statement["Action"])))
        and _names(statement.get("Principal"), caller)
        and _conditions_hold(statement.get("Condition", {}), external_id)
    )


def _names(principal: Any, caller: Caller) -> bool:
    named = ["*"] if principal == "*" else _several((principal or {}).get("AWS", []))
    whole = {caller.account_id, f"arn:aws:iam::{caller.account_id}:root"}
    return any(each in {"*", caller.trusted_as, *whole} for each in named)


def _conditions_hold(conditions: Answer, external_id: str | None) -> bool:
    """What the stand-in does not know, it takes as not fulfilled."""
    return all(
        operator in _EQUALS
        and key.lower() == "sts:externalid"
        and external_id is not None
        and any(_matches(operator, wanted, external_id) for wanted in _several(values))
        for operator, tests in conditions.items()
        for key, values in tests.items()
    )


def _matches(operator: str, wanted: str, external_id: str) -> bool:
    if operator == "StringEquals":
        return wanted == external_id
    pattern = re.escape(wanted).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(pattern, external_id) is not None
