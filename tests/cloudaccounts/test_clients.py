"""How we speak to AWS: as whom, where to, for how long, and what is never written down."""

import datetime as dt
import logging
import logging.config
import uuid
from collections.abc import Iterator
from copy import deepcopy
from io import StringIO
from typing import Any

import pytest
from botocore.stub import Stubber
from django.conf import settings

from cloudaccounts.providers.aws import clients
from cloudaccounts.providers.aws.clients import MAKING, READING, Clients, RoleSessions
from cloudaccounts.providers.aws.cloud import AwsCloud
from cloudaccounts.providers.aws.speaking import speaking
from cloudaccounts.providers.results import (
    AccessOutcome,
    AccountOrder,
    Connection,
    Grant,
    InvitationOrder,
)
from cloudaccounts.providers.troubles import CloudError, Kind
from demo.aws import sts
from demo.aws.server import StandIn
from demo.aws.world import MANAGEMENT, AwsError, access_key_of

MACHINE = "999900009999"
SECRET_ID = "external-id-of-the-connection"
ROLE = f"arn:aws:iam::{MANAGEMENT}:role/Connection"
CONNECTION = Connection(MANAGEMENT, ROLE, SECRET_ID)


@pytest.fixture
def by_role(aws: StandIn, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    """The machine is another account, which takes on a role of the management account."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", access_key_of(MACHINE))
    monkeypatch.setattr(clients, "_sessions", RoleSessions())
    trust = sts.usual_trust(SECRET_ID).replace(MANAGEMENT, MACHINE)
    sts.create_role(aws.world, MANAGEMENT, "Connection", trust)
    return aws


def test_a_connection_by_role_acts_as_the_management_account(by_role: StandIn) -> None:
    cloud = AwsCloud(CONNECTION)

    cloud.check_connection()

    assert by_role.world.calls == [
        "AssumeRole",
        "GetCallerIdentity",
        "DescribeOrganization",
        "AssumeRole",  # without the external ID, and with another one: both are refused
        "AssumeRole",
    ]


def test_a_role_that_is_open_to_others_is_no_connection(by_role: StandIn) -> None:
    trust = sts.usual_trust("").replace(MANAGEMENT, MACHINE)
    sts.create_role(by_role.world, MANAGEMENT, "Connection", trust)

    with pytest.raises(CloudError) as refused:
        AwsCloud(CONNECTION).check_connection()

    assert refused.value.trouble.code == "ConnectionOpenToOthers"


@pytest.mark.parametrize(
    ("connection", "code"),
    [
        (Connection(MANAGEMENT, ROLE, "another-id"), "AccessDenied/CONNECTION"),
        (Connection(MANAGEMENT, ROLE), "AccessDenied/CONNECTION"),
        (Connection("111122223333", ROLE, SECRET_ID), "OtherConnectedAccount"),
        (Connection(MACHINE), "AWSOrganizationsNotInUseException"),
        (Connection(MANAGEMENT, "nonsense", SECRET_ID), "Client.ParamValidation"),
    ],
)
def test_a_wrong_connection_is_refused_before_it_is_saved(
    by_role: StandIn, connection: Connection, code: str
) -> None:
    with pytest.raises(CloudError) as refused:
        AwsCloud(connection).check_connection()

    assert refused.value.trouble.code == code


def test_a_member_account_is_no_connection(aws: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    member = next(iter(aws.world.members.values()))
    aws.world.members["111122223333"] = member
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", access_key_of("111122223333"))

    with pytest.raises(CloudError) as refused:
        AwsCloud(Connection("111122223333")).check_connection()
    assert refused.value.trouble.code == "NotManagementAccount"


def test_a_role_is_taken_on_once_until_shortly_before_its_end(by_role: StandIn) -> None:
    now = dt.datetime.now(dt.UTC)
    clock = [now]
    sessions = RoleSessions(lambda: clock[0])

    first = sessions.of(CONNECTION)
    clock[0] = now + dt.timedelta(minutes=50)
    assert sessions.of(CONNECTION) is first
    clock[0] = now + dt.timedelta(minutes=56)
    second = sessions.of(CONNECTION)

    assert second is not first
    assert by_role.world.calls.count("AssumeRole") == 2


def test_a_client_outlives_the_credentials_of_its_connection(by_role: StandIn) -> None:
    clock = [dt.datetime.now(dt.UTC)]
    kept = Clients(CONNECTION, RoleSessions(lambda: clock[0]))
    kept.organizations().describe_organization()
    by_role.world.sessions.clear()  # they have ended

    clock[0] += dt.timedelta(hours=1)
    answer = kept.organizations().describe_organization()

    assert answer["Organization"]["MasterAccountId"] == MANAGEMENT


def test_a_changed_connection_is_asked_anew(by_role: StandIn) -> None:
    sessions = RoleSessions()
    first = sessions.of(CONNECTION)

    sessions.forget(CONNECTION)

    assert sessions.of(CONNECTION) is not first


def test_where_we_call_does_not_depend_on_the_surroundings(
    aws: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    kept = Clients(Connection(MANAGEMENT))

    assert kept.sts().meta.endpoint_url == "https://sts.us-east-1.amazonaws.com"
    assert kept.organizations().meta.endpoint_url == "https://organizations.us-east-1.amazonaws.com"


def test_what_makes_something_is_sent_once_and_everything_ends(
    aws: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "50")
    monkeypatch.setenv("AWS_RETRY_MODE", "legacy")
    kept = Clients(Connection(MANAGEMENT))
    reading: Any = kept.organizations(READING).meta.config
    making: Any = kept.organizations(MAKING).meta.config

    assert (reading.retries["mode"], reading.retries["total_max_attempts"]) == ("adaptive", 4)
    assert making.retries["total_max_attempts"] == 1
    for each in (reading, making):
        assert (each.connect_timeout, each.read_timeout) == (5, 20)


def test_nobody_listening_is_told_as_a_pause(aws: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(CloudError) as failed, speaking("InviteAccountToOrganization"):
        Clients(Connection(MANAGEMENT)).organizations(MAKING).list_handshakes_for_organization()

    assert failed.value.trouble.code == "Client.Connection"
    assert failed.value.trouble.retry_after == dt.timedelta(seconds=30)


def test_a_slow_answer_is_told_as_unknown(aws: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    aws.world.seconds_to_answer = 0.5
    hasty = MAKING.merge(type(MAKING)(read_timeout=0.1))
    with pytest.raises(CloudError) as failed, speaking("CreateAccount"):
        Clients(Connection(MANAGEMENT)).organizations(hasty).describe_organization()

    assert failed.value.trouble.code == "Client.Timeout"


def test_throttling_is_told_with_a_pause(aws: StandIn) -> None:
    client = Clients(Connection(MANAGEMENT)).organizations(MAKING)
    with Stubber(client) as stub:
        stub.add_client_error(
            "create_account",
            "TooManyRequestsException",
            response_meta={"RequestId": "11-22", "HTTPHeaders": {"retry-after": "7"}},
        )
        with pytest.raises(CloudError) as failed, speaking("CreateAccount"):
            client.create_account(Email="aws@acme.example", AccountName="Acme")

    assert failed.value.trouble.kind is Kind.LATER
    assert failed.value.trouble.retry_after == dt.timedelta(seconds=7)
    assert failed.value.trouble.request_id == "11-22"


@pytest.fixture
def everything_logged() -> Iterator[StringIO]:
    """The product's own logging, at its loudest: what LOG_LEVEL=DEBUG writes."""
    heard = StringIO()
    loud: Any = deepcopy(settings.LOGGING)
    loud["root"]["level"] = loud["loggers"]["django"]["level"] = "DEBUG"
    loud["handlers"]["console"]["stream"] = heard
    root, before = logging.getLogger(), (logging.getLogger().level, logging.getLogger().handlers[:])
    logging.config.dictConfig(loud)
    yield heard
    logging.config.dictConfig(settings.LOGGING)
    root.level, root.handlers = before


def quote(_world: Any, _caller: Any, asked: dict[str, Any]) -> Any:
    """Refuse as AWS does where a pattern is missed: with the value in its words."""
    told = f"Value '{asked.get('ExternalId', '')}' at 'externalId' failed to satisfy constraint"
    raise AwsError("ValidationError", told)


def test_no_secret_is_ever_logged_or_shown(
    by_role: StandIn, everything_logged: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer_id = "external-id-of-the-customer"
    cloud = AwsCloud(CONNECTION)
    grant = Grant("111122223333", "arn:aws:iam::111122223333:role/ResellerPortal", customer_id)
    trust = sts.usual_trust(customer_id)
    cloud.check_access(grant)
    sts.create_role(by_role.world, "111122223333", "ResellerPortal", trust)
    cloud.check_access(grant)
    cloud.check_access(Grant("111122223333", grant.role_arn, "a wrong one".replace(" ", "-")))
    cloud.invite(InvitationOrder(str(uuid.uuid4()), "111122223333"))
    with pytest.raises(CloudError) as refused:
        cloud.create_account(AccountOrder("", "root.of.acme@acme.example", dt.datetime.now(dt.UTC)))

    credentials = clients._sessions.of(CONNECTION)
    monkeypatch.setitem(sts.OPERATIONS, "AssumeRole", quote)
    assert cloud.check_access(grant).outcome is AccessOutcome.UNKNOWN

    written = everything_logged.getvalue() + repr(
        [credentials, CONNECTION, cloud, grant, refused.value, refused.value.trouble]
    )
    tokens = [each.token for each in by_role.world.sessions.values()]
    keys = [*by_role.world.sessions]
    assert "AWS refused AssumeRole of a customer" in written
    assert "Client.ParamValidation" in written
    assert "code=ValidationError" in written
    assert len(tokens) == 2  # of the connection, and of the check that found the role
    for secret in (SECRET_ID, customer_id, "of-the-machine", "root.of.acme", *tokens, *keys):
        assert secret not in written


def test_botocores_own_words_would_have_held_them(
    by_role: StandIn, everything_logged: StringIO
) -> None:
    """So that the test above is known to look at the right place."""
    logging.getLogger("botocore").setLevel(logging.DEBUG)
    try:
        AwsCloud(CONNECTION).check_connection()
    finally:
        logging.getLogger("botocore").setLevel(logging.WARNING)

    assert SECRET_ID in everything_logged.getvalue()
