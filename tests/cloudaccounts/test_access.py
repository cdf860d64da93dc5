"""What a customer pastes into AWS: word for word, and safe whatever stands in it."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudaccounts.providers.aws import access, ids
from cloudaccounts.providers.registry import PROVIDERS, provider
from cloudaccounts.providers.results import AccessOrder

GOLDEN = Path(__file__).with_name("golden")
EXTERNAL_ID = "5f0c1d9ab6e84a3b9c2d7e1f0a4b8c6d3e5f7a91"
PRINCIPAL = "arn:aws:iam::100000000001:root"
TEMPLATE_URL = "https://acme-templates.s3.eu-central-1.amazonaws.com/role.json"
ORDER = AccessOrder("111122223333", EXTERNAL_ID, PRINCIPAL, "ResellerPortal")
# Everything that AWS allows and a shell, JSON or an address might take for something else.
external_ids = st.text(alphabet="abzAZ09_+=,.@:/-", min_size=2, max_size=60)
role_names = st.text(alphabet="abzAZ09_+=,.@-", min_size=1, max_size=64)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("trust.json", access.as_text(access.trust_policy(EXTERNAL_ID, PRINCIPAL))),
        ("permissions.json", access.as_text(access.read_only_policy())),
        ("commands.sh", access.cli_commands(EXTERNAL_ID, PRINCIPAL)),
        ("template.json", access.as_text(access.template(EXTERNAL_ID, PRINCIPAL))),
        ("shared_template.json", access.as_text(access.shared_template())),
        (
            "link.txt",
            access.quick_create_link(
                TEMPLATE_URL,
                external_id=EXTERNAL_ID,
                principal=PRINCIPAL,
                role_name="ResellerPortal",
            ),
        ),
    ],
)
def test_texts_read_as_they_were_last_agreed(name: str, text: str) -> None:
    path = GOLDEN / name
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.write_text(text.rstrip("\n") + "\n")

    assert text.rstrip("\n") + "\n" == path.read_text()


@pytest.mark.parametrize(
    ("external_id", "principal", "role_name"),
    [
        ("x", PRINCIPAL, "Portal"),
        ("", PRINCIPAL, "Portal"),
        ("${aws:userid}", PRINCIPAL, "Portal"),
        ('ab", "sts:RoleSessionName": "', PRINCIPAL, "Portal"),
        ("ab'; rm -rf /; '", PRINCIPAL, "Portal"),
        ("ab\ncd", PRINCIPAL, "Portal"),
        ("äöü", PRINCIPAL, "Portal"),
        ("a" * 1225, PRINCIPAL, "Portal"),
        (EXTERNAL_ID, "*", "Portal"),
        (EXTERNAL_ID, "", "Portal"),
        (EXTERNAL_ID, "arn:aws:iam::*:root", "Portal"),
        (EXTERNAL_ID, "arn:aws:iam::100000000001:role/*", "Portal"),
        (EXTERNAL_ID, "100000000001", "Portal"),
        (EXTERNAL_ID, "ec2.amazonaws.com", "Portal"),
        (EXTERNAL_ID, PRINCIPAL, ""),
        (EXTERNAL_ID, PRINCIPAL, "Portal role"),
        (EXTERNAL_ID, PRINCIPAL, "$(id)"),
        (EXTERNAL_ID, PRINCIPAL, "p" * 65),
    ],
)
def test_values_that_aws_would_not_take_make_no_texts(
    external_id: str, principal: str, role_name: str
) -> None:
    for make in (access.cli_commands, access.template):
        with pytest.raises(ValueError, match=r"character|ARN"):
            make(external_id, principal, role_name)
    with pytest.raises(ValueError, match=r"character|ARN"):
        access.quick_create_link(
            TEMPLATE_URL, external_id=external_id, principal=principal, role_name=role_name
        )


@given(external_ids, role_names)
def test_the_link_carries_every_value_as_it_is(external_id: str, role_name: str) -> None:
    link = access.quick_create_link(
        TEMPLATE_URL, external_id=external_id, principal=PRINCIPAL, role_name=role_name
    )
    query = parse_qs(urlsplit(link).fragment.partition("?")[2], strict_parsing=True)

    assert query == {
        "templateURL": [TEMPLATE_URL],
        "stackName": ["reseller-portal-access"],
        "param_ExternalId": [external_id],
        "param_Principal": [PRINCIPAL],
        "param_RoleName": [role_name],
    }
    assert urlsplit(link).netloc == "us-east-1.console.aws.amazon.com"


@given(external_ids, role_names)
def test_the_template_makes_the_role_of_the_trust_policy(external_id: str, role_name: str) -> None:
    template = json.loads(access.as_text(access.template(external_id, PRINCIPAL, role_name)))
    values = {name: each["Default"] for name, each in template["Parameters"].items()}
    role = resolved(template["Resources"]["Role"]["Properties"], values)

    assert role["RoleName"] == role_name
    assert role["AssumeRolePolicyDocument"] == access.trust_policy(external_id, PRINCIPAL)
    assert role["Policies"][0]["PolicyDocument"] == access.read_only_policy()
    for name, each in template["Parameters"].items():
        assert re.fullmatch(each["AllowedPattern"], values[name])
        assert "NoEcho" not in each  # quick-create links would ignore it


@given(st.text(max_size=60))
def test_no_text_gets_into_a_policy_unless_it_means_only_itself(typed: str) -> None:
    try:
        policy = access.trust_policy(typed, PRINCIPAL)
    except ValueError:
        assert not re.fullmatch(r"[A-Za-z0-9_+=,.@:/-]{2,}", typed)
        return
    (statement,) = json.loads(access.as_text(policy))["Statement"]
    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": typed}}
    assert re.fullmatch(r"[\x21-\x7e]+", typed)  # visible ASCII
    assert not set(typed) & set("${}*?\"'\\")


def resolved(value: Any, parameters: dict[str, str]) -> Any:
    """What CloudFormation makes of `Ref`."""
    if isinstance(value, dict):
        if set(value) == {"Ref"}:
            return parameters[value["Ref"]]
        return {name: resolved(each, parameters) for name, each in value.items()}
    return [resolved(each, parameters) for each in value] if isinstance(value, list) else value


def test_the_shared_template_holds_nobodys_values() -> None:
    parameters = access.shared_template()["Parameters"]

    assert {name for name, each in parameters.items() if "Default" in each} == {"RoleName"}


@pytest.mark.parametrize(
    ("external_id", "role_name"),
    [(EXTERNAL_ID, "ResellerPortal"), ("-=+,.@:/-", "--help"), ("..//", "=,.@-"), ("--", "-")],
)
def test_a_shell_hands_the_commands_on_as_they_are_meant(
    tmp_path: Path, external_id: str, role_name: str
) -> None:
    heard = tmp_path / "heard"
    aws = tmp_path / "aws"
    aws.write_text(f'#!/bin/sh\nprintf "%s\\0" "$@" >> "{heard}"\nprintf "\\1" >> "{heard}"\n')
    aws.chmod(0o755)

    commands = access.cli_commands(external_id, PRINCIPAL, role_name)
    subprocess.run(  # noqa: S603 - our own words, to see what a shell makes of them
        ["/bin/sh", "-euc", commands], check=True, env={"PATH": f"{tmp_path}:/usr/bin:/bin"}
    )

    create, allow, show = [each.split("\0")[:-1] for each in heard.read_text().split("\1")[:-1]]
    assert create[:3] == ["iam", "create-role", f"--role-name={role_name}"]
    trust = create[3].removeprefix("--assume-role-policy-document=")
    assert json.loads(trust) == access.trust_policy(external_id, PRINCIPAL)
    assert json.loads(allow[4].removeprefix("--policy-document=")) == access.read_only_policy()
    assert show == [
        "iam",
        "get-role",
        f"--role-name={role_name}",
        "--query=Role.Arn",
        "--output=text",
    ]


def test_the_policy_reads_and_changes_nothing() -> None:
    statements = access.read_only_policy()["Statement"]
    verbs = {action.partition(":")[2] for each in statements for action in each["Action"]}

    assert all(re.match(r"Get|List|Describe|View", verb) for verb in verbs)
    assert [each["Effect"] for each in statements] == ["Allow"]


def test_the_account_owner_sees_three_ways_and_no_link_without_a_template(
    settings: Any,
) -> None:
    settings.AWS_ROLE_TEMPLATE_URL = ""
    shown = provider("aws").describe_access(ORDER)

    assert [each.name for each in shown.documents] == [
        "trust",
        "permissions",
        "commands",
        "template",
    ]
    assert all(each.text for each in shown.documents)
    assert shown.links == ()


def test_with_a_template_on_s3_there_is_a_link(settings: Any) -> None:
    settings.AWS_ROLE_TEMPLATE_URL = TEMPLATE_URL
    (link,) = provider("aws").describe_access(ORDER).links

    assert f"param_ExternalId={EXTERNAL_ID}" in link.url


def test_every_provider_says_what_to_do() -> None:
    for each in PROVIDERS.values():
        shown = each.describe_access(ORDER)
        assert len(shown.steps) >= 3
        assert all(link.url.startswith("https://") for link in shown.links)


def test_a_new_external_id_fits_every_text() -> None:
    made = ids.new_external_id()

    assert made in access.cli_commands(made, PRINCIPAL)
