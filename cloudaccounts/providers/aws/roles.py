"""Whether a customer's role lets us in, and only us.

Three questions: AssumeRole with our external id works; the account that then answers is the one
that was typed; AssumeRole without our external id, or with another one, is refused. A role that
fails the last is open to the confused deputy: anybody who makes us look into it.

The session may do nothing: its policy denies everything, and GetCallerIdentity needs no right.
"""

import json
from typing import TYPE_CHECKING

from cloudaccounts.providers.aws import ids
from cloudaccounts.providers.aws.clients import READING, REGION, Clients, Credentials, session_of
from cloudaccounts.providers.aws.speaking import speaking
from cloudaccounts.providers.results import AccessCheck, AccessOutcome, Grant
from cloudaccounts.providers.troubles import CloudError, Trouble

if TYPE_CHECKING:
    from types_boto3_sts import STSClient
    from types_boto3_sts.type_defs import AssumeRoleRequestTypeDef

_SESSION = "reseller-portal-check"
_SHORTEST = 900  # seconds, AWS's minimum
_NOTHING = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}],
    }
)
_REFUSED = "AccessDenied/CUSTOMER_ROLE"


def check(clients: Clients, grant: Grant) -> AccessCheck:
    """Ask the three questions. What can be seen without AWS is refused without asking it."""
    outcome = _seen_at_once(clients.connection.account_id, grant)
    if outcome:
        return AccessCheck(outcome)
    try:
        sts = clients.sts()
        entered = _enter(sts, grant.role_arn, grant.external_id)
        if isinstance(entered, Trouble):
            return AccessCheck(AccessOutcome.REFUSED, entered)
        if _account_of(entered) != grant.account_id:
            return AccessCheck(AccessOutcome.OTHER_ACCOUNT)
        for other in ("", ids.new_external_id()):
            if not isinstance(_enter(sts, grant.role_arn, other), Trouble):
                return AccessCheck(AccessOutcome.OPEN_TO_OTHERS)
    except CloudError as error:
        return AccessCheck(AccessOutcome.UNKNOWN, error.trouble)
    return AccessCheck(AccessOutcome.OK)


def is_open_to_others(clients: Clients) -> bool:
    """Whether the role of a connection that has an external id lets us in without it, or with
    another one. Raises CloudError.

    Then whoever types this role's ARN would act through it in our name.
    """
    connection = clients.connection
    if not (connection.role_arn and connection.external_id):
        return False
    sts = clients.machine()
    others = ("", ids.new_external_id())
    return any(not isinstance(_enter(sts, connection.role_arn, it), Trouble) for it in others)


def _seen_at_once(own_account: str, grant: Grant) -> AccessOutcome | None:
    ids.require_external_id(grant.external_id)  # ours; a wrong one is a fault of the product
    try:
        arn = ids.RoleArn.parse(grant.role_arn)
    except ValueError:
        return AccessOutcome.UNUSABLE_ARN
    if arn.account_id == own_account:
        return AccessOutcome.OWN_ACCOUNT
    if arn.account_id != grant.account_id:
        return AccessOutcome.OTHER_ACCOUNT
    return None


def _enter(sts: "STSClient", role_arn: str, external_id: str) -> Credentials | Trouble:
    """The role's credentials, or AWS's refusal. Raises CloudError for every other trouble.

    Only a refusal says something about the role: a time-out or a throttled call must neither damn
    it nor pass for the refusal that the last question hopes for.
    """
    asked: AssumeRoleRequestTypeDef = {
        "RoleArn": role_arn,
        "RoleSessionName": _SESSION,
        "DurationSeconds": _SHORTEST,
        "Policy": _NOTHING,
    }
    if external_id:
        asked["ExternalId"] = external_id
    try:
        with speaking("AssumeRole of a customer", refused_as=_REFUSED):
            return Credentials.read(sts.assume_role(**asked)["Credentials"])
    except CloudError as error:
        if error.trouble.code != _REFUSED:
            raise
        return error.trouble


def _account_of(credentials: Credentials) -> str:
    with speaking("GetCallerIdentity of a customer"):
        sts: STSClient = session_of(credentials).client("sts", region_name=REGION, config=READING)
        return sts.get_caller_identity()["Account"]
