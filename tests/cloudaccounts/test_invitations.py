"""Invitations: one for each order, whatever is lost on the way, and how each of them ended."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from cloudaccounts.providers.aws.cloud import AwsCloud
from cloudaccounts.providers.results import Invitation, InvitationOrder, InvitationState
from cloudaccounts.providers.troubles import CloudError, Kind
from demo.aws import control, organizations
from demo.aws.server import StandIn
from demo.aws.world import AwsError, access_key_of

ACCOUNT = "111122223333"
OTHER_ACCOUNT = "444455556666"


def order(account: str = ACCOUNT, message: str = "Join us.") -> InvitationOrder:
    return InvitationOrder(str(uuid.uuid4()), account, message)


def customer(account: str = ACCOUNT) -> Any:
    """The customer's own client: they answer through AWS, too."""
    return boto3.client(
        "organizations",
        region_name="us-east-1",
        aws_access_key_id=access_key_of(account),
        aws_secret_access_key="x",
    )


def pass_days(aws: StandIn, days: int) -> None:
    control.fulfil(aws.world, "pass-days", {"days": str(days)})


def sent(aws: StandIn) -> int:
    return aws.world.calls.count("InviteAccountToOrganization")


def test_an_invitation_waits_until_the_day_that_aws_names(aws: StandIn, cloud: AwsCloud) -> None:
    invitation = cloud.invite(order())

    assert invitation.state is InvitationState.PENDING
    assert invitation.account_id == ACCOUNT
    assert not invitation.was_there
    assert invitation.expires_at
    assert invitation.requested_at
    assert invitation.expires_at - invitation.requested_at == dt.timedelta(days=15)
    assert invitation.expires_at.tzinfo is dt.UTC
    assert cloud.poll_invitation(invitation.reference) == invitation


def test_an_open_state_is_pending_too(aws: StandIn, cloud: AwsCloud) -> None:
    invitation = cloud.invite(order())
    aws.world.handshakes[invitation.reference].state = "OPEN"

    assert state_of(cloud, invitation) is InvitationState.PENDING


def state_of(cloud: AwsCloud, invitation: Invitation) -> InvitationState:
    found = cloud.poll_invitation(invitation.reference)
    assert found
    return found.state


@pytest.mark.parametrize(
    ("act", "state"),
    [
        ("accept_handshake", InvitationState.ACCEPTED),
        ("decline_handshake", InvitationState.DECLINED),
    ],
)
def test_the_customers_answer_is_seen(
    aws: StandIn, cloud: AwsCloud, act: str, state: InvitationState
) -> None:
    invitation = cloud.invite(order())

    getattr(customer(), act)(HandshakeId=invitation.reference)

    assert state_of(cloud, invitation) is state


def test_fifteen_days_end_it(aws: StandIn, cloud: AwsCloud) -> None:
    invitation = cloud.invite(order())

    pass_days(aws, 14)
    assert state_of(cloud, invitation) is InvitationState.PENDING
    pass_days(aws, 1)
    assert state_of(cloud, invitation) is InvitationState.EXPIRED


def test_what_aws_has_forgotten_is_no_error(aws: StandIn, cloud: AwsCloud) -> None:
    invitation = cloud.invite(order())

    pass_days(aws, 46)

    assert cloud.poll_invitation(invitation.reference) is None
    assert cloud.cancel_invitation(invitation.reference) is None


def test_an_order_is_sent_once_however_often_it_is_tried(aws: StandIn, cloud: AwsCloud) -> None:
    ordered = order()
    first = cloud.invite(ordered)

    again = cloud.invite(ordered)

    assert (again.reference, again.was_there) == (first.reference, True)
    assert sent(aws) == 1


def test_an_answer_that_got_lost_is_looked_up(
    aws: StandIn, cloud: AwsCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordered = order()
    lose_answers(monkeypatch, "InviteAccountToOrganization")
    with pytest.raises(CloudError) as lost:
        cloud.invite(ordered)
    assert lost.value.trouble.kind is Kind.LATER

    monkeypatch.undo()
    invitation = AwsCloud(cloud._clients.connection)
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", access_key_of("100000000001"))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")

    assert invitation.invite(ordered).was_there
    assert sent(aws) == 1


def lose_answers(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """AWS does what it is asked, and breaks down before it has said so."""
    real: Callable[..., Any] = organizations.OPERATIONS[name]

    def answer(*arguments: Any) -> Any:
        real(*arguments)
        raise AwsError("ServiceException", "gone", status=500)

    monkeypatch.setitem(organizations.OPERATIONS, name, answer)


@pytest.mark.parametrize("answer", ["accept_handshake", "decline_handshake"])
def test_an_order_that_was_answered_meanwhile_is_not_sent_again(
    aws: StandIn, cloud: AwsCloud, answer: str
) -> None:
    ordered = order()
    first = cloud.invite(ordered)
    getattr(customer(), answer)(HandshakeId=first.reference)

    again = cloud.invite(ordered)

    assert (again.reference, again.was_there) == (first.reference, True)
    assert again.state is not InvitationState.PENDING
    assert sent(aws) == 1


def test_a_new_order_after_a_refusal_is_a_new_invitation(aws: StandIn, cloud: AwsCloud) -> None:
    declined = cloud.invite(order())
    customer().decline_handshake(HandshakeId=declined.reference)

    resent = cloud.invite(order())

    assert resent.reference != declined.reference
    assert resent.state is InvitationState.PENDING


def test_one_that_somebody_sent_in_the_console_is_taken_over(aws: StandIn, cloud: AwsCloud) -> None:
    by_hand = cloud._clients.organizations().invite_account_to_organization(
        Target={"Id": ACCOUNT, "Type": "ACCOUNT"}
    )

    found = cloud.invite(order())

    assert (found.reference, found.was_there) == (by_hand["Handshake"]["Id"], True)
    assert sent(aws) == 1


def test_one_that_crosses_ours_is_found_by_awss_refusal(
    aws: StandIn, cloud: AwsCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    real: Any = organizations.OPERATIONS["InviteAccountToOrganization"]

    def crossed(*arguments: Any) -> Any:
        real(*arguments[:2], {"Target": arguments[2]["Target"]})  # somebody was a moment faster
        return real(*arguments)

    monkeypatch.setitem(organizations.OPERATIONS, "InviteAccountToOrganization", crossed)

    assert cloud.invite(order()).was_there
    assert len(aws.world.handshakes) == 1


def test_the_order_is_found_on_any_page_and_no_other_accounts(
    aws: StandIn, cloud: AwsCloud
) -> None:
    others = [cloud.invite(order(f"{number:012}")) for number in range(1, 6)]
    ordered = order()
    own = cloud.invite(ordered)

    assert cloud.invite(ordered).reference == own.reference
    assert len({each.reference for each in [*others, own]}) == 6
    assert sent(aws) == 6


def test_a_member_needs_no_invitation(aws: StandIn, cloud: AwsCloud) -> None:
    first = cloud.invite(order())
    customer().accept_handshake(HandshakeId=first.reference)
    pass_days(aws, 100)

    again = cloud.invite(order())

    assert (again.state, again.was_there) == (InvitationState.ACCEPTED, True)
    assert (again.reference, again.expires_at) == ("", None)


def test_a_member_of_another_organization_is_told_so(
    aws: StandIn, cloud: AwsCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: Any) -> Any:
        code = "HandshakeConstraintViolationException"
        raise AwsError(code, "taken", reason="ALREADY_IN_AN_ORGANIZATION")

    monkeypatch.setitem(organizations.OPERATIONS, "InviteAccountToOrganization", refuse)

    with pytest.raises(CloudError) as refused:
        cloud.invite(order())
    assert "another AWS organization" in str(refused.value.trouble.sentence)
    assert refused.value.trouble.request_id


def test_a_withdrawn_one_is_cancelled_however_often(aws: StandIn, cloud: AwsCloud) -> None:
    invitation = cloud.invite(order())

    for _ in range(2):
        found = cloud.cancel_invitation(invitation.reference)
        assert found
        assert found.state is InvitationState.CANCELLED


def test_who_accepted_first_is_not_cancelled(aws: StandIn, cloud: AwsCloud) -> None:
    invitation = cloud.invite(order())
    customer().accept_handshake(HandshakeId=invitation.reference)

    found = cloud.cancel_invitation(invitation.reference)

    assert found
    assert found.state is InvitationState.ACCEPTED


def test_a_member_account_may_not_invite(
    aws: StandIn, cloud: AwsCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", access_key_of(OTHER_ACCOUNT))

    with pytest.raises(CloudError) as refused:
        cloud.invite(order())
    assert refused.value.trouble.code == "AccessDeniedException"
    assert refused.value.trouble.kind is Kind.PERSON


def test_a_hostile_reference_is_refused_by_form(aws: StandIn, cloud: AwsCloud) -> None:
    with pytest.raises(CloudError) as refused:
        cloud.poll_invitation("h-../../x")
    assert refused.value.trouble.code == "InvalidInputException/INVALID_PATTERN"


def test_a_long_message_leaves_room_for_the_reference(aws: StandIn, cloud: AwsCloud) -> None:
    ordered = order(message="Ä" * 3000)
    invitation = cloud.invite(ordered)

    notes = aws.world.handshakes[invitation.reference].notes
    assert len(notes) == 1024
    assert notes.endswith(f"\nReference: {ordered.reference}")
