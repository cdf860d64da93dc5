"""The stand-in's command line: start it, or play the customer against the one that runs."""

import argparse
import http.client
import json
import os
from urllib.parse import urlsplit

from config.environment import Mode
from demo.aws.server import CONTROL, StandIn

_SECONDS = 10


class CannotPlayError(Exception):
    """What was asked for was not done. The message is fit to show."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words it understands."""
    act = parser.add_subparsers(dest="act", required=True)
    serve = act.add_parser("serve", help="start the stand-in")
    serve.add_argument("--at", type=int, default=0, metavar="PORT", help="0 takes a free one")
    act.add_parser("show", help="members, invitations, new accounts, roles")
    for name, told in (("accept", "accepts"), ("decline", "declines")):
        each = act.add_parser(name, help=f"the customer {told} the invitation")
        each.add_argument("account", help="the 12-digit account ID")
    days = act.add_parser("pass-days", help="let days go by")
    days.add_argument("days", type=int)
    grant = act.add_parser("grant", help="the customer creates the role")
    grant.add_argument("account")
    grant.add_argument("--external-id", default="", help="without it the role is open to others")
    grant.add_argument("--trust", default="", help="a trust policy of your own, as JSON")
    revoke = act.add_parser("revoke", help="the customer deletes the role")
    revoke.add_argument("account")
    bucket = act.add_parser("bucket", help="the customer makes a bucket for bills")
    bucket.add_argument("account")
    bucket.add_argument("name")
    bucket.add_argument("--region", default="eu-central-1")
    bucket.add_argument("--policy", choices=["open", "write-only", "closed"], default="open")
    for each in (grant, revoke):
        each.add_argument("--name", default="", help="of the role")


def serve(mode: Mode, port: int) -> StandIn:
    """The stand-in, listening but not yet serving. Raises CannotPlayError in production."""
    if mode is Mode.PRODUCTION:
        raise CannotPlayError("In production AWS is asked, not a stand-in.")
    try:
        return StandIn(port)
    except OSError as error:
        raise CannotPlayError(f"Port {port} is taken by another program.") from error


def play(act: str, wish: dict[str, str]) -> str:
    """Ask the stand-in that AWS_ENDPOINT_URL names. Raises CannotPlayError."""
    address = urlsplit(os.environ.get("AWS_ENDPOINT_URL", ""))
    if not address.hostname:
        raise CannotPlayError("AWS_ENDPOINT_URL does not name a stand-in.")
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=_SECONDS)
    try:
        connection.request("POST", f"{CONTROL}{act}", json.dumps(wish))
        response = connection.getresponse()
        told = response.read().decode()
    except (OSError, http.client.HTTPException) as error:
        raise CannotPlayError("The stand-in does not answer. Is script/server running?") from error
    finally:
        connection.close()
    if response.status != http.HTTPStatus.OK:
        raise CannotPlayError(told)
    return told
