"""What a person who plays the customer does to the stand-in, and what they see of it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from demo.aws import organizations, s3, sts
from demo.aws.world import AwsError, Caller, Handshake, World

Wish = dict[str, str]
USUAL_ROLE = "ResellerPortal"
_MOST_DAYS = 3650


def accept(world: World, wish: Wish) -> str:
    """The customer accepts the open invitation."""
    return _answered(world, wish, organizations.accept, "accepted")


def decline(world: World, wish: Wish) -> str:
    """The customer declines the open invitation."""
    return _answered(world, wish, organizations.decline, "declined")


def pass_days(world: World, wish: Wish) -> str:
    """Time goes by."""
    days = int(wish["days"])
    if not 0 < days <= _MOST_DAYS:
        raise AwsError("ValidationError", f"Between 1 and {_MOST_DAYS} days may pass at once.")
    world.ahead += dt.timedelta(days=days)
    world.settle()
    return f"In the stand-in it is {world.now():%Y-%m-%d %H:%M} UTC now."


def grant(world: World, wish: Wish) -> str:
    """The customer creates the role. An empty external id makes one that is open to others."""
    trust = wish.get("trust") or sts.usual_trust(wish.get("external_id", ""))
    role = sts.create_role(world, wish["account"], wish.get("name") or USUAL_ROLE, trust)
    return f"Paste this Role ARN: {role.arn}"


def revoke(world: World, wish: Wish) -> str:
    """The customer deletes the role."""
    arn = f"arn:aws:iam::{wish['account']}:role/{wish.get('name') or USUAL_ROLE}"
    if world.roles.pop(arn, None) is None:
        raise AwsError("NoSuchEntity", f"There is no role {arn}.", status=404)
    return f"Deleted {arn}"


def bucket(world: World, wish: Wish) -> str:
    """The customer makes a bucket; `open` lets us write and delete, `write-only` write."""
    policies = {"open": {s3.PUT, s3.DELETE}, "write-only": {s3.PUT}, "closed": set[str]()}
    may = policies[wish.get("policy") or "open"]
    made = s3.create_bucket(world, wish["name"], wish["account"], wish["region"], may)
    return f"{made.owner} has the bucket {made.name} in {made.region}."


def show(world: World, _wish: Wish) -> str:
    """Everything there is."""
    lines = [f"It is {world.now():%Y-%m-%d %H:%M} UTC. Organization {world.id}."]
    lines += [
        f"member      {each.id}  {each.name}  {each.email}" for each in world.members.values()
    ]
    lines += [
        f"invitation  {each.account_id}  {each.state}  until {each.expires_at:%Y-%m-%d %H:%M}"
        for each in world.handshakes.values()
    ]
    lines += [
        f"new account {each.name}  {each.state} {each.reason or each.account_id}".rstrip()
        for each in world.creations.values()
    ]
    lines += [
        f"bucket      {each.name}  {each.region}  {each.owner}  {len(each.objects)} objects"
        for each in world.buckets.values()
    ]
    lines += [f"role        {arn}" for arn in world.roles]
    return "\n".join(lines)


WISHES: dict[str, Callable[[World, Wish], str]] = {
    "show": show,
    "accept": accept,
    "decline": decline,
    "pass-days": pass_days,
    "grant": grant,
    "revoke": revoke,
    "bucket": bucket,
}


def fulfil(world: World, name: str, wish: Wish) -> str:
    """Do one of them and say what came of it. Raises AwsError."""
    with world.lock:
        world.settle()
        return WISHES[name](world, wish)


def _answered(
    world: World, wish: Wish, act: Callable[[World, Caller, dict[str, Any]], Any], word: str
) -> str:
    account = wish["account"]
    found = _open_for(world, account)
    user = f"arn:aws:iam::{account}:user/demo"
    act(world, Caller(account, user, user), {"HandshakeId": found.id})
    return f"{account} {word} the invitation {found.id}."


def _open_for(world: World, account: str) -> Handshake:
    for each in world.handshakes.values():
        if each.account_id == account and each.state == "REQUESTED":
            return each
    raise AwsError("HandshakeNotFoundException", f"No invitation waits for {account}.", status=404)
