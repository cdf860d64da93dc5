"""The check of a customer's role: it must let us in, and only us."""

import json
from typing import Any

import pytest

from cloudaccounts.providers.aws.cloud import AwsCloud
from cloudaccounts.providers.results import AccessOutcome, Connection, Grant
from demo.aws import sts
from demo.aws.server import StandIn
from demo.aws.world import MANAGEMENT, AwsError, Caller

ACCOUNT = "111122223333"
OTHER_ACCOUNT = "444455556666"
EXTERNAL_ID = "5f0c1d9ab6e84a3b9c2d7e1f0a4b8c6d3e5f7a91"
ARN = f"arn:aws:iam::{ACCOUNT}:role/ResellerPortal"


def grant(arn: str = ARN, account: str = ACCOUNT, external_id: str = EXTERNAL_ID) -> Grant:
    return Grant(account, arn, external_id)


def make_role(aws: StandIn, trust: str, account: str = ACCOUNT) -> None:
    sts.create_role(aws.world, account, "ResellerPortal", trust)


def trust(**changes: Any) -> str:
    policy = json.loads(sts.usual_trust(EXTERNAL_ID))
    policy["Statement"][0] |= changes
    return json.dumps(policy)


def test_a_role_as_shown_is_fine(aws: StandIn, cloud: AwsCloud) -> None:
    make_role(aws, sts.usual_trust(EXTERNAL_ID))

    check = cloud.check_access(grant())

    assert (check.outcome, check.trouble) == (AccessOutcome.OK, None)
    assert aws.world.calls == [
        "AssumeRole",  # with our external id
        "GetCallerIdentity",
        "AssumeRole",  # without one
        "AssumeRole",  # with another one
    ]


@pytest.mark.parametrize(
    "policy",
    [
        sts.usual_trust("another-id"),
        trust(Principal={"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"}),
        trust(Action="sts:TagSession"),
        trust(Effect="Deny"),
    ],
)
def test_a_role_that_does_not_trust_us_is_refused(
    aws: StandIn, cloud: AwsCloud, policy: str
) -> None:
    make_role(aws, policy)

    check = cloud.check_access(grant())

    assert check.outcome is AccessOutcome.REFUSED
    assert check.trouble
    assert check.trouble.code == "AccessDenied/CUSTOMER_ROLE"
    assert check.trouble.request_id
    assert "trust policy" in str(check.trouble.next_step)


def test_a_role_that_does_not_exist_is_refused(aws: StandIn, cloud: AwsCloud) -> None:
    assert cloud.check_access(grant()).outcome is AccessOutcome.REFUSED


@pytest.mark.parametrize(
    "policy",
    [
        sts.usual_trust(""),
        trust(Condition={}),
        trust(Condition={"StringLike": {"sts:ExternalId": "*"}}),
        trust(Principal="*", Condition={}),
    ],
)
def test_a_role_that_lets_others_in_is_found_out(
    aws: StandIn, cloud: AwsCloud, policy: str
) -> None:
    make_role(aws, policy)

    assert cloud.check_access(grant()).outcome is AccessOutcome.OPEN_TO_OTHERS


@pytest.mark.parametrize(
    ("arn", "account", "outcome"),
    [
        ("", ACCOUNT, AccessOutcome.UNUSABLE_ARN),
        ("arn:aws:iam::*:role/ResellerPortal", ACCOUNT, AccessOutcome.UNUSABLE_ARN),
        (ARN + "\n", ACCOUNT, AccessOutcome.UNUSABLE_ARN),
        (ARN.replace("aws", "aws-cn", 1), ACCOUNT, AccessOutcome.UNUSABLE_ARN),
        (ARN, OTHER_ACCOUNT, AccessOutcome.OTHER_ACCOUNT),
        (f"arn:aws:iam::{MANAGEMENT}:role/Admin", MANAGEMENT, AccessOutcome.OWN_ACCOUNT),
        (f"arn:aws:iam::{MANAGEMENT}:role/Admin", ACCOUNT, AccessOutcome.OWN_ACCOUNT),
    ],
)
def test_what_cannot_be_right_never_reaches_aws(
    aws: StandIn, cloud: AwsCloud, arn: str, account: str, outcome: AccessOutcome
) -> None:
    make_role(aws, sts.usual_trust(EXTERNAL_ID))

    assert cloud.check_access(grant(arn, account)).outcome is outcome
    assert aws.world.calls == []


def test_the_answering_account_decides_and_not_the_arn(
    aws: StandIn, cloud: AwsCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_role(aws, sts.usual_trust(EXTERNAL_ID))
    stranger = Caller(OTHER_ACCOUNT, "arn:aws:sts::444455556666:assumed-role/x/y", "")
    monkeypatch.setattr(aws.world, "caller_of", caller_of(aws, stranger))

    assert cloud.check_access(grant()).outcome is AccessOutcome.OTHER_ACCOUNT


def caller_of(aws: StandIn, stranger: Caller) -> Any:
    real = aws.world.caller_of

    def answer(key: str, token: str) -> Caller:
        return stranger if token else real(key, token)

    return answer


@pytest.mark.parametrize("failing", [1, 2, 3])
def test_a_trouble_of_aws_neither_damns_a_role_nor_passes_for_a_refusal(
    aws: StandIn, cloud: AwsCloud, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    make_role(aws, sts.usual_trust(EXTERNAL_ID))
    real: Any = sts.OPERATIONS["AssumeRole"]
    asked: list[Any] = []

    def sometimes(*arguments: Any) -> Any:
        asked.append(arguments)
        if len(asked) >= failing:
            raise AwsError("RegionDisabledException", "switched off", status=403)
        return real(*arguments)

    monkeypatch.setitem(sts.OPERATIONS, "AssumeRole", sometimes)

    check = cloud.check_access(grant())

    assert check.outcome is AccessOutcome.UNKNOWN
    assert check.trouble
    assert check.trouble.code == "RegionDisabledException"


def test_a_connection_whose_own_role_fails_says_nothing_about_the_customers(
    aws: StandIn,
) -> None:
    make_role(aws, sts.usual_trust(EXTERNAL_ID))
    cloud = AwsCloud(Connection(OTHER_ACCOUNT, f"arn:aws:iam::{OTHER_ACCOUNT}:role/Missing"))

    check = cloud.check_access(grant())

    assert check.outcome is AccessOutcome.UNKNOWN
    assert check.trouble
    assert check.trouble.code == "AccessDenied/CONNECTION"


def test_an_external_id_that_is_not_ours_is_a_fault_of_the_product(
    aws: StandIn, cloud: AwsCloud
) -> None:
    with pytest.raises(ValueError, match="external id"):
        cloud.check_access(grant(external_id="${aws:userid}"))
    assert aws.world.calls == []


def test_the_session_of_a_check_may_do_nothing(
    aws: StandIn, cloud: AwsCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_role(aws, sts.usual_trust(EXTERNAL_ID))
    real: Any = sts.OPERATIONS["AssumeRole"]
    asked: list[Any] = []

    def note(*given: Any) -> Any:
        asked.append(given[2])
        return real(*given)

    monkeypatch.setitem(sts.OPERATIONS, "AssumeRole", note)

    cloud.check_access(grant())

    assert [each.get("ExternalId") for each in asked[:2]] == [EXTERNAL_ID, None]
    assert asked[2]["ExternalId"] not in {EXTERNAL_ID, ""}
    for each in asked:
        assert each["DurationSeconds"] == 900
        (statement,) = json.loads(each["Policy"])["Statement"]
        assert (statement["Effect"], statement["Action"]) == ("Deny", "*")


def test_every_outcome_but_ok_says_what_to_do() -> None:
    assert [each for each in AccessOutcome if not each.next_step] == [AccessOutcome.OK]
    assert len({str(each.sentence) for each in AccessOutcome}) == len(AccessOutcome)
