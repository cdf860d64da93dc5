"""The stand-in for AWS: what a newcomer plays with it, and that production has none."""

import http.client
import re
from collections.abc import Callable, Iterator
from functools import partial
from io import StringIO
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from django.conf import settings
from django.core.management import CommandError, call_command

from config.environment import Mode
from demo.aws import command
from demo.aws.server import StandIn, running
from demo.aws.world import MANAGEMENT, access_key_of

ACCOUNT = "111122223333"


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    with running() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        yield server


def client(service: str, account: str = MANAGEMENT, region: str = "us-east-1") -> Any:
    make: Any = boto3.client
    return make(
        service,
        region_name=region,
        aws_access_key_id=access_key_of(account),
        aws_secret_access_key="x",
    )


def refused(call: Callable[[], object]) -> tuple[str, int]:
    with pytest.raises(ClientError) as error:
        call()
    answer = error.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


def play(*words: str) -> str:
    heard = StringIO()
    call_command("demo_aws", *words, stdout=heard)
    return heard.getvalue()


def invite(account: str = ACCOUNT) -> str:
    answer = client("organizations").invite_account_to_organization(
        Target={"Id": account, "Type": "ACCOUNT"}
    )
    return str(answer["Handshake"]["Id"])


def state_of(handshake: str) -> str:
    answer = client("organizations").describe_handshake(HandshakeId=handshake)
    return str(answer["Handshake"]["State"])


def test_the_story_of_an_invitation_can_be_played(stand_in: StandIn) -> None:
    first = invite()
    assert play("accept", ACCOUNT) == f"{ACCOUNT} accepted the invitation {first}.\n"
    assert state_of(first) == "ACCEPTED"

    second = invite("444455556666")
    play("decline", "444455556666")
    assert state_of(second) == "DECLINED"

    third = invite("444455556666")
    play("pass-days", "15")
    assert state_of(third) == "EXPIRED"

    shown = play("show")
    assert re.search(rf"member +{ACCOUNT}", shown)
    assert re.search(r"invitation +444455556666 +EXPIRED", shown)


def test_a_role_can_be_granted_and_taken_back(stand_in: StandIn) -> None:
    said = play("grant", ACCOUNT, "--external-id", "abc-123")
    arn = said.split()[-1]
    session = {"RoleArn": arn, "RoleSessionName": "test"}
    sts = client("sts")

    assert sts.assume_role(**session, ExternalId="abc-123")["Credentials"]["SessionToken"]
    assert refused(lambda: sts.assume_role(**session)) == ("AccessDenied", 403)
    assert refused(lambda: sts.assume_role(**session, ExternalId="x-2")) == ("AccessDenied", 403)
    stranger = client("sts", "999900009999")
    assert refused(lambda: stranger.assume_role(**session, ExternalId="abc-123"))[1] == 403

    play("revoke", ACCOUNT)
    assert refused(lambda: sts.assume_role(**session, ExternalId="abc-123"))[1] == 403


def test_credentials_of_a_role_are_those_of_its_account(stand_in: StandIn) -> None:
    arn = play("grant", ACCOUNT, "--external-id", "abc-123").split()[-1]
    got = client("sts").assume_role(RoleArn=arn, RoleSessionName="test", ExternalId="abc-123")[
        "Credentials"
    ]
    keys = {"aws_access_key_id": got["AccessKeyId"], "aws_secret_access_key": "x"}

    inside = boto3.client(
        "sts", region_name="us-east-1", aws_session_token=got["SessionToken"], **keys
    )
    forged = boto3.client("sts", region_name="us-east-1", aws_session_token="forged", **keys)

    assert inside.get_caller_identity()["Account"] == ACCOUNT
    assert refused(forged.get_caller_identity) == ("InvalidClientTokenId", 403)


def test_only_the_parties_may_act_on_an_invitation(stand_in: StandIn) -> None:
    handshake = {"HandshakeId": invite()}
    stranger, customer = client("organizations", "999900009999"), client("organizations", ACCOUNT)

    for call in (
        stranger.accept_handshake,
        stranger.describe_handshake,
        customer.cancel_handshake,
        client("organizations").accept_handshake,
    ):
        assert refused(partial(call, **handshake))[0] == "AccessDeniedException"
    assert customer.list_handshakes_for_account()["Handshakes"][0]["State"] == "REQUESTED"
    assert stranger.list_handshakes_for_account()["Handshakes"] == []


def test_what_aws_would_not_understand_is_not_understood(stand_in: StandIn) -> None:
    elsewhere = client("organizations", region="eu-central-1")

    assert refused(elsewhere.describe_organization) == ("SignatureDoesNotMatch", 403)
    assert refused(client("organizations").list_roots)[0] == "UnknownOperationException"
    found = refused(lambda: client("sts").assume_role(RoleArn="x" * 20, RoleSessionName="test"))
    assert found == ("ValidationError", 400)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["accept", ACCOUNT], f"No invitation waits for {ACCOUNT}"),
        (["revoke", ACCOUNT], "There is no role"),
        (["pass-days", "0"], "Between 1 and 3650"),
        (["grant", ACCOUNT, "--trust", "{"], "invalid Json"),
        (["grant", ACCOUNT, "--name", "a b"], "roleName is invalid"),
    ],
)
def test_what_cannot_be_played_is_said(stand_in: StandIn, words: list[str], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        play(*words)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [("nonsense", "{}", 404), ("accept", "{}", 400), ("accept", "[]", 400), ("accept", "{", 400)],
)
def test_nonsense_does_not_break_it(stand_in: StandIn, path: str, body: str, status: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", stand_in.server_address[1], timeout=5)
    connection.request("POST", f"/stand-in/{path}", body)

    assert connection.getresponse().status == status
    connection.close()
    assert "Organization" in play("show")


def test_without_one_the_customer_cannot_be_played(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with pytest.raises(CommandError, match="does not name"):
        play("show")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(CommandError, match="does not answer"):
        play("show")


def test_production_has_no_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "MODE", Mode.PRODUCTION)
    with pytest.raises(CommandError, match="In production AWS is asked"):
        play("serve")


def test_it_listens_on_this_machine_only_and_minds_its_port(stand_in: StandIn) -> None:
    assert stand_in.server_address[0] == "127.0.0.1"
    with pytest.raises(command.CannotPlayError, match="taken"):
        command.serve(Mode.DEMO, stand_in.server_address[1])
