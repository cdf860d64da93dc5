"""What a customer pastes into AWS so that we may look into their account, and nobody else.

The trust policy names our principal and demands the external id of this one cloud account: without
it, another customer could have us look into an account that is not theirs (the confused deputy,
https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html).

All texts are JSON or shell words made by a library; nothing is glued together. What may stand in
them is checked first (`ids.require_…`): `${…}` in a condition would be a policy variable.
"""

import json
import shlex
from typing import Any
from urllib.parse import quote, urlencode

from cloudaccounts.providers.aws import ids
from cloudaccounts.providers.results import BillPlace

ROLE_NAME = "ResellerPortal"
STACK_NAME = "reseller-portal-access"
POLICY_NAME = "ResellerPortalReadOnly"
ORGANIZATION_POLICY_NAME = "ResellerPortalOrganization"
_VERSION = "2012-10-17"
# What reports and recommendations read: cost and usage, commitments, who the account is.
_READS = [
    "account:GetAccountInformation",
    "budgets:ViewBudget",
    "ce:Describe*",
    "ce:Get*",
    "ce:List*",
    "cur:DescribeReportDefinitions",
    "ec2:DescribeRegions",
    "ec2:DescribeReservedInstances",
    "iam:ListAccountAliases",
    "organizations:DescribeOrganization",
    "rds:DescribeReservedDBInstances",
    "savingsplans:DescribeSavingsPlans",
    "tag:GetResources",
]
_ORGANIZATION = [
    "organizations:CancelHandshake",
    "organizations:CreateAccount",
    "organizations:DescribeAccount",
    "organizations:DescribeCreateAccountStatus",
    "organizations:DescribeHandshake",
    "organizations:DescribeOrganization",
    "organizations:InviteAccountToOrganization",
    "organizations:ListCreateAccountStatus",
    "organizations:ListHandshakesForOrganization",
]
_BILLS = ["s3:DeleteObject", "s3:PutObject"]
_CONSOLE = "https://us-east-1.console.aws.amazon.com/cloudformation/home?region=us-east-1"


def trust_policy(external_id: str, principal: str) -> dict[str, Any]:
    """Who may take on the role: our principal, with this external id only. Raises ValueError."""
    return _trust(ids.require_external_id(external_id), ids.require_principal(principal))


def read_only_policy() -> dict[str, Any]:
    """What the role may do: read costs and commitments, no data and no changes."""
    statement = {"Effect": "Allow", "Action": _READS, "Resource": "*"}
    return {"Version": _VERSION, "Statement": [statement]}


def as_text(policy: dict[str, Any]) -> str:
    """A policy as it is shown and copied."""
    return json.dumps(policy, indent=2)


def cli_commands(external_id: str, principal: str, role_name: str = ROLE_NAME) -> str:
    """Commands for AWS CloudShell, or any POSIX shell with the AWS CLI. Raises ValueError.

    The last one prints the role's ARN.
    """
    return _commands(
        role_name, trust_policy(external_id, principal), POLICY_NAME, read_only_policy()
    )


def _commands(
    role_name: str, trusting: dict[str, Any], policy_name: str, policy: dict[str, Any]
) -> str:
    name = ids.require_role_name(role_name)
    trust = json.dumps(trusting)
    create = ["aws", "iam", "create-role", f"--role-name={name}"]
    allow = ["aws", "iam", "put-role-policy", f"--role-name={name}", f"--policy-name={policy_name}"]
    show = ["aws", "iam", "get-role", f"--role-name={name}", "--query=Role.Arn", "--output=text"]
    commands = [
        [*create, f"--assume-role-policy-document={trust}", "--output=text"],
        [*allow, f"--policy-document={json.dumps(policy)}"],
        show,
    ]
    return " &&\n".join(shlex.join(command) for command in commands) + "\n"


def organization_policy() -> dict[str, Any]:
    """What the role of a management account must be allowed: invite, create, put bills."""
    acts = {"Effect": "Allow", "Action": _ORGANIZATION, "Resource": "*"}
    bills = {"Effect": "Allow", "Action": _BILLS, "Resource": "arn:aws:s3:::*/*"}
    return {"Version": _VERSION, "Statement": [acts, bills]}


def organization_commands(external_id: str, principal: str, role_name: str) -> str:
    """Commands that make the role of a management account. Raises ValueError."""
    trust = trust_policy(external_id, principal)
    return _commands(role_name, trust, ORGANIZATION_POLICY_NAME, organization_policy())


def bucket_policy(place: BillPlace, account_id: str) -> dict[str, Any]:
    """What the owner of a bucket pastes, so that the account may put bills there."""
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account_id}:root"},
        "Action": _BILLS,
        "Resource": f"arn:aws:s3:::{place.bucket}/{place.prefix}*",
    }
    return {"Version": _VERSION, "Statement": [statement]}


def template(external_id: str, principal: str, role_name: str = ROLE_NAME) -> dict[str, Any]:
    """The CloudFormation template, with these values as defaults. Raises ValueError.

    The external id is not NoEcho: quick-create links ignore such parameters, and it is no secret
    from the owner of the account.
    """
    return _template(
        {
            "ExternalId": ids.require_external_id(external_id),
            "Principal": ids.require_principal(principal),
            "RoleName": ids.require_role_name(role_name),
        }
    )


def shared_template() -> dict[str, Any]:
    """The template to be put on S3 for quick-create links: without anybody's values."""
    return _template({})


def quick_create_link(url: str, *, external_id: str, principal: str, role_name: str) -> str:
    """The page of the AWS console that makes the role. Raises ValueError.

    `url` is where `shared_template` lies on S3. Parameters after
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-create-stacks-quick-create-links.html
    """
    query = {
        "templateURL": url,
        "stackName": STACK_NAME,
        "param_ExternalId": ids.require_external_id(external_id),
        "param_Principal": ids.require_principal(principal),
        "param_RoleName": ids.require_role_name(role_name),
    }
    return f"{_CONSOLE}#/stacks/create/review?{urlencode(query, quote_via=quote, safe='')}"


def _trust(external_id: Any, principal: Any) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": principal},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": external_id}},
    }
    return {"Version": _VERSION, "Statement": [statement]}


def _template(defaults: dict[str, str]) -> dict[str, Any]:
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": {"Ref": "RoleName"},
            "AssumeRolePolicyDocument": _trust({"Ref": "ExternalId"}, {"Ref": "Principal"}),
            "Policies": [{"PolicyName": POLICY_NAME, "PolicyDocument": read_only_policy()}],
        },
    }
    arn = {"Description": "Copy this into the portal.", "Value": {"Fn::GetAtt": ["Role", "Arn"]}}
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "Lets your cloud reseller read costs and commitments of this account.",
        "Parameters": _parameters({"RoleName": ROLE_NAME} | defaults),
        "Resources": {"Role": role},
        "Outputs": {"RoleArn": arn},
    }


def _parameters(defaults: dict[str, str]) -> dict[str, dict[str, Any]]:
    parameters: dict[str, dict[str, Any]] = {
        "ExternalId": {
            "Type": "String",
            "Description": "Leave as it is: it proves that we act for you.",
            "MinLength": 2,
            "MaxLength": 1224,
            "AllowedPattern": "[A-Za-z0-9_+=,.@:/-]+",
        },
        "Principal": {
            "Type": "String",
            "Description": "Leave as it is: who may take on the role.",
            "AllowedPattern": "arn:aws:iam::[0-9]{12}:(root|role/.+|user/.+)",
        },
        "RoleName": {
            "Type": "String",
            "Description": "The role's name.",
            "AllowedPattern": "[A-Za-z0-9_+=,.@-]{1,64}",
        },
    }
    for name, value in defaults.items():
        parameters[name]["Default"] = value
    return parameters
