"""New accounts: ordered once, made once, and why one could not be made."""

from collections.abc import Callable

import pytest

from cloudaccounts.errands import creating, leases
from cloudaccounts.errands.clouds import Clouds
from cloudaccounts.flows import creations as flows
from cloudaccounts.flows.statuses import CannotChangeAccountError
from cloudaccounts.models import CloudAccount, Creation, Holding
from cloudaccounts.providers import results
from cloudaccounts.providers.aws.advice import explain
from cloudaccounts.providers.aws.failures import FAILURES
from cloudaccounts.providers.results import CreationState
from cloudaccounts.providers.troubles import Kind
from cloudaccounts.standing import Status
from demo.aws.server import StandIn
from demo.aws.world import MANAGEMENT
from resellers.models import Reseller
from tests.cloudaccounts.errands import actions_about, connect_platform, make_due, play, turn
from tests.factories.cloudaccounts import CloudAccountFactory, CreationFactory

State = Creation.State
PLATFORM = Creation.Via.PLATFORM
pytestmark = pytest.mark.usefixtures("alpha", "platform")


@pytest.fixture
def platform(alpha: Reseller) -> None:
    connect_platform()


def wanted(**more: object) -> CloudAccount:
    account: CloudAccount = CloudAccountFactory(in_progress=True, created=True, **more)
    return account


def ordered(**more: object) -> Creation:
    return flows.order_creation(wanted(**more), via=PLATFORM, by=None)


def test_an_order_keeps_what_was_ordered(aws: StandIn) -> None:
    creation = ordered(name="  Shop   production ", root_email="aws+shop@acme.example")

    assert (creation.name, creation.root_email) == ("Shop production", "aws+shop@acme.example")
    assert (creation.state, creation.management_account_id) == (State.ASKING, MANAGEMENT)
    assert actions_about(creation.account) == ["creation.ordered"]


def test_a_made_account_is_linked_with_its_id(aws: StandIn) -> None:
    creation = ordered()
    turn(creation)
    assert creation.state == State.IN_PROGRESS
    assert creation.account.status == Status.IN_PROGRESS
    play(aws, "pass-days", days="1")

    turn(creation)

    made = next(iter(aws.world.creations.values()))
    assert (creation.state, creation.due_at) == (State.SUCCEEDED, None)
    assert (creation.account.account_id, creation.account.status) == (
        made.account_id,
        Status.LINKED,
    )
    assert Holding.objects.get().account == creation.account
    assert actions_about(creation.account) == [
        "creation.ordered",
        "creation.changed",
        "creation.changed",
        "account.status_changed",
    ]


LATER = {code for code, advice in FAILURES.items() if advice.kind is Kind.LATER}


@pytest.mark.parametrize("code", sorted(set(FAILURES) - LATER))
def test_every_reason_why_an_account_is_not_made_reaches_the_account(
    aws: StandIn, code: str
) -> None:
    creation = CreationFactory(in_progress=True)
    held = claimed(creation)

    creating.store(
        held, results.Creation("car-1", CreationState.FAILED, trouble=explain(code, "11-22"))
    )

    creation.refresh_from_db()
    creation.account.refresh_from_db()
    advice = FAILURES[code]
    assert (creation.state, creation.trouble_code) == (State.FAILED, code)
    assert creation.account.status == Status.DRAFT
    assert creation.account.status_reason == f"{advice.sentence} {advice.next_step}"


def test_a_forced_failure_of_the_stand_in_comes_through(aws: StandIn) -> None:
    creation = ordered(root_email="x+fail-account-limit-exceeded@acme.example")
    turn(creation)
    play(aws, "pass-days", days="1")

    turn(creation)

    assert (creation.state, creation.trouble_code) == (
        State.FAILED,
        "CreateAccount/ACCOUNT_LIMIT_EXCEEDED",
    )
    assert creation.account.status == Status.DRAFT
    assert creation.account.account_id == ""


def test_what_may_work_in_a_while_is_ordered_again_but_not_for_ever(aws: StandIn) -> None:
    creation = ordered(root_email="x+fail-internal-failure@acme.example")
    for number in range(1, creating.MOST_ORDERS + 1):
        turn(creation)
        assert (creation.state, creation.orders) == (State.IN_PROGRESS, number)
        play(aws, "pass-days", days="1")
        turn(creation)

    assert creation.state == State.FAILED
    assert len(aws.world.creations) == creating.MOST_ORDERS
    assert creation.account.status == Status.DRAFT


def test_an_order_that_the_provider_forgot_is_looked_up_and_then_given_up(aws: StandIn) -> None:
    creation = ordered()
    turn(creation)
    aws.world.creations.clear()

    turn(creation)

    assert (creation.state, creation.trouble_code) == (State.FAILED, creating.FORGOTTEN)


def test_an_id_that_somebody_typed_meanwhile_is_not_taken_twice(aws: StandIn) -> None:
    creation = CreationFactory(in_progress=True)
    other = CloudAccountFactory()

    creating.store(
        claimed(creation), results.Creation("car-1", CreationState.SUCCEEDED, other.account_id)
    )

    creation.refresh_from_db()
    creation.account.refresh_from_db()
    assert (creation.state, creation.trouble_code) == (State.FAILED, creating.KNOWN_ALREADY)
    assert creation.account.account_id == ""


@pytest.mark.parametrize("status", [each for each in Status if each != Status.IN_PROGRESS])
def test_only_an_account_that_is_being_linked_is_made(status: Status) -> None:
    held = status in {Status.LINKED, Status.SUSPENDED, Status.UNLINKED}
    account = CloudAccountFactory(status=status, **({} if held else {"created": True}))

    with pytest.raises(CannotChangeAccountError):
        flows.order_creation(account, via=PLATFORM, by=None)

    assert not Creation.objects.exists()


@pytest.mark.parametrize(
    ("make", "match", "field"),
    [
        (lambda: CloudAccountFactory(in_progress=True), "has an ID", None),
        (lambda: wanted(provider="azure"), "provider's own console", None),
        (lambda: wanted(name="Müller"), "without accents", "name"),
        (lambda: wanted(name="x" * 51), "50", "name"),
        (lambda: wanted(root_email=""), "root e-mail", "root_email"),
        (lambda: wanted(root_email=f"{'a' * 60}@acme.example"), "root e-mail", "root_email"),
        (lambda: CreationFactory().account, "under way", None),
    ],
)
def test_what_cannot_be_made_says_why(
    make: Callable[[], CloudAccount], match: str, field: str | None
) -> None:
    account = make()
    before = Creation.objects.count()

    with pytest.raises(CannotChangeAccountError, match=match) as refused:
        flows.order_creation(account, via=PLATFORM, by=None)

    assert refused.value.field == field
    assert Creation.objects.count() == before
    assert actions_about(account) == []


TRAITS: dict[str, dict[str, bool]] = {
    State.ASKING: {},
    State.IN_PROGRESS: {"in_progress": True},
    State.SUCCEEDED: {"succeeded": True},
    State.FAILED: {"failed": True},
}
ENDS = {
    CreationState.IN_PROGRESS: Status.IN_PROGRESS,
    CreationState.SUCCEEDED: Status.LINKED,
    CreationState.FAILED: Status.DRAFT,
}


@pytest.mark.parametrize("new", CreationState)
@pytest.mark.parametrize("old", State)
def test_what_an_answer_makes_of_each_state(old: State, new: CreationState) -> None:
    creation = CreationFactory(**TRAITS[old])
    held = claimed(creation)
    trouble = explain("CreateAccount/INVALID_EMAIL") if new is CreationState.FAILED else None
    account_id = "222233334444" if new is CreationState.SUCCEEDED else ""

    creating.store(held, results.Creation("car-1", new, account_id, trouble))

    creation.refresh_from_db()
    creation.account.refresh_from_db()
    is_open = old in {State.ASKING, State.IN_PROGRESS}
    assert creation.state == (new.value if is_open else old)
    assert creation.account.status == (ENDS[new] if is_open else Status.IN_PROGRESS)
    assert creation.account.account_id == (account_id if is_open else "")


def claimed(creation: Creation) -> Creation:
    """As a worker holds it that has just asked; also one that ended meanwhile."""
    make_due(creation)
    held = leases.claim(Creation, creation.pk)
    return held or Creation.objects.select_related("account").get(pk=creation.pk)


def test_a_round_through_a_connection_that_is_gone_waits(aws: StandIn) -> None:
    creation = ordered()
    connect_platform(state="failed")

    trouble = creating.run(creation.pk, Clouds())

    creation.refresh_from_db()
    assert trouble is not None
    assert (creation.state, creation.trouble_code) == (State.ASKING, "ConnectionNotUsable")
    assert len(aws.world.creations) == 0
