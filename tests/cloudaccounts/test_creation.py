"""New accounts: one for each order, whatever is lost on the way."""

import datetime as dt
from typing import Any

import pytest

from cloudaccounts.providers.aws.cloud import AwsCloud
from cloudaccounts.providers.results import AccountOrder, CreationState
from cloudaccounts.providers.troubles import CloudError, Kind
from demo.aws import control, organizations
from demo.aws.server import StandIn
from demo.aws.world import AwsError


def order(name: str = "Acme Shop", email: str = "aws@acme.example") -> AccountOrder:
    return AccountOrder(name, email, dt.datetime.now(dt.UTC))


def finish(aws: StandIn) -> None:
    control.fulfil(aws.world, "pass-days", {"days": "1"})


def ordered(aws: StandIn) -> int:
    return aws.world.calls.count("CreateAccount")


def test_an_account_is_made_while_we_come_back(aws: StandIn, cloud: AwsCloud) -> None:
    wanted = order()
    begun = cloud.create_account(wanted)
    assert (begun.state, begun.account_id) == (CreationState.IN_PROGRESS, "")

    waiting = cloud.poll_creation(begun.reference, wanted)
    assert waiting
    assert waiting.state is CreationState.IN_PROGRESS

    finish(aws)
    done = cloud.poll_creation(begun.reference, wanted)
    assert done
    assert done.state is CreationState.SUCCEEDED
    assert done.account_id in aws.world.members


@pytest.mark.parametrize(
    ("forced", "code", "kind"),
    [
        ("account-limit-exceeded", "CreateAccount/ACCOUNT_LIMIT_EXCEEDED", Kind.PERSON),
        ("invalid-email", "CreateAccount/INVALID_EMAIL", Kind.PERSON),
        ("internal-failure", "CreateAccount/INTERNAL_FAILURE", Kind.LATER),
    ],
)
def test_a_failure_is_told_in_words(
    aws: StandIn, cloud: AwsCloud, forced: str, code: str, kind: Kind
) -> None:
    wanted = order(email=f"aws+fail-{forced}@acme.example")
    begun = cloud.create_account(wanted)
    finish(aws)

    failed = cloud.poll_creation(begun.reference, wanted)

    assert failed
    assert (failed.state, failed.account_id) == (CreationState.FAILED, "")
    assert failed.trouble
    assert (failed.trouble.code, failed.trouble.kind) == (code, kind)


def test_an_email_that_somebody_else_has_is_a_failure(aws: StandIn, cloud: AwsCloud) -> None:
    wanted = order(email=aws.world.email)
    begun = cloud.create_account(wanted)
    finish(aws)

    failed = cloud.poll_creation(begun.reference, wanted)

    assert failed
    assert failed.trouble
    assert failed.trouble.code == "CreateAccount/EMAIL_ALREADY_EXISTS"


def test_a_lost_answer_costs_a_wait_and_no_second_account(
    aws: StandIn, cloud: AwsCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = order()
    lose_answer(monkeypatch)
    with pytest.raises(CloudError) as lost:
        cloud.create_account(wanted)
    assert lost.value.trouble.code == "ServiceException"
    assert ordered(aws) == 1  # botocore must not send it again by itself

    with pytest.raises(CloudError) as under_way:
        cloud.create_account(wanted)
    assert under_way.value.trouble.code == "CreateAccount/SAME_NAME_IN_PROGRESS"
    assert under_way.value.trouble.kind is Kind.LATER

    finish(aws)
    found = cloud.create_account(wanted)
    assert (found.state, found.was_there) == (CreationState.SUCCEEDED, True)
    assert ordered(aws) == 1


def lose_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS begins with the account, and breaks down before it has said so."""
    real: Any = organizations.OPERATIONS["CreateAccount"]

    def answer(*arguments: Any) -> Any:
        real(*arguments)
        raise AwsError("ServiceException", "gone", status=500)

    monkeypatch.setitem(organizations.OPERATIONS, "CreateAccount", answer)


def test_two_orders_of_one_name_are_kept_apart_by_their_email(
    aws: StandIn, cloud: AwsCloud
) -> None:
    first = order(email="one@acme.example")
    second = order(email="two@acme.example")
    begun = cloud.create_account(first)
    with pytest.raises(CloudError):
        cloud.create_account(second)
    finish(aws)

    other = cloud.create_account(second)

    assert other.reference != begun.reference
    assert not other.was_there
    assert ordered(aws) == 2


def test_an_older_account_of_the_same_name_and_email_is_not_this_order(
    aws: StandIn, cloud: AwsCloud
) -> None:
    cloud.create_account(order())
    finish(aws)
    later = AccountOrder("Acme Shop", "aws@acme.example", aws.world.now() + dt.timedelta(hours=1))

    begun = cloud.create_account(later)

    assert (begun.state, begun.was_there) == (CreationState.IN_PROGRESS, False)


def test_an_account_is_found_on_any_page(aws: StandIn, cloud: AwsCloud) -> None:
    for number in range(5):
        cloud.create_account(order(f"Shop {number}", f"{number}@acme.example"))
    wanted = order()
    cloud.create_account(wanted)
    finish(aws)

    assert cloud.create_account(wanted).was_there
    assert ordered(aws) == 6


def test_our_own_order_that_was_sent_twice_has_succeeded(aws: StandIn, cloud: AwsCloud) -> None:
    wanted = order()
    cloud.create_account(wanted)
    twice = cloud._clients.organizations().create_account(
        Email=wanted.email.upper(), AccountName=wanted.name
    )
    finish(aws)

    found = cloud.poll_creation(twice["CreateAccountStatus"]["Id"], wanted)

    assert found
    assert (found.state, found.was_there) == (CreationState.SUCCEEDED, True)
    assert len(aws.world.members) == 2


def test_what_aws_has_forgotten_is_no_error(aws: StandIn, cloud: AwsCloud) -> None:
    assert cloud.poll_creation("car-0123456789abcdef", order()) is None


def test_an_impossible_email_is_refused_before_anything_is_sent(
    aws: StandIn, cloud: AwsCloud
) -> None:
    with pytest.raises(CloudError) as refused:
        cloud.create_account(order(email="x@y"))

    assert refused.value.trouble.code == "Client.ParamValidation"
    assert ordered(aws) == 0
