"""Two at once about one ticket: operators, and the provider's answer."""

from collections.abc import Callable

import pytest
from django.db import transaction
from django_tenants.utils import schema_context, tenant_context

from accounts.models import User
from cloudaccounts.flows import statuses
from cloudaccounts.models import CloudAccount, Creation, Invitation
from cloudaccounts.standing import Status
from operations.flows import tickets
from operations.flows.tickets import CannotActError
from resellers.models import Reseller
from resellers.schemas import PUBLIC, connection
from tests.factories.accounts import UserFactory
from tests.operations.cases import Forwarded, forwarded
from tests.races import overlap

pytestmark = pytest.mark.django_db(transaction=True)

Act = Callable[[], object]


@pytest.fixture
def operators(db: None) -> list[User]:
    connection.set_schema_to_public()
    return list(UserFactory.create_batch(2, is_staff=True, is_superuser=True))


def at_the_platform(act: Act) -> Act:
    """As an operator does it: on the platform's host."""

    def run() -> object:
        with schema_context(PUBLIC):
            return act()

    return run


def inviting(case: Forwarded, by: User) -> Act:
    return at_the_platform(lambda: tickets.send_invitation(case.ticket, by=by))


def creating(case: Forwarded, by: User) -> Act:
    return at_the_platform(lambda: tickets.create_account(case.ticket, by=by))


def finishing(case: Forwarded, by: User) -> Act:
    return at_the_platform(lambda: tickets.mark_done(case.ticket, account_id="", by=by))


def failing(case: Forwarded, by: User) -> Act:
    return at_the_platform(lambda: tickets.mark_failed(case.ticket, reason="No.", by=by))


def answered(case: Forwarded, status: Status) -> Act:
    """As a task does it at the reseller when the provider has answered."""

    def run() -> None:
        with transaction.atomic():
            account = CloudAccount.objects.get(pk=case.asked.account_id)
            statuses.change(statuses.lock(account), status, by=None)

    return run


@pytest.mark.parametrize(
    ("traits", "order", "model"),
    [({}, inviting, Invitation), ({"new_account": True}, creating, Creation)],
    ids=["invitation", "creation"],
)
def test_two_operators_order_once(
    alpha: Reseller,
    operators: list[User],
    traits: dict[str, bool],
    order: Callable[[Forwarded, User], Act],
    model: type[Invitation | Creation],
) -> None:
    case = forwarded(alpha, **traits)

    early, late = overlap(alpha, order(case, operators[0]), order(case, operators[1]))

    assert early.error is None
    assert isinstance(late.error, CannotActError)
    with tenant_context(alpha):
        assert model._default_manager.count() == 1


@pytest.mark.parametrize(
    ("one", "other", "state"),
    [
        (finishing, failing, "done"),
        (failing, finishing, "failed"),
        (inviting, failing, "under_way"),
        (failing, inviting, "failed"),
        (inviting, finishing, "under_way"),
        (finishing, inviting, "done"),
    ],
)
def test_of_two_operators_the_first_counts(
    alpha: Reseller,
    operators: list[User],
    one: Callable[[Forwarded, User], Act],
    other: Callable[[Forwarded, User], Act],
    state: str,
) -> None:
    case = forwarded(alpha)

    early, late = overlap(alpha, one(case, operators[0]), other(case, operators[1]))

    assert early.error is None
    assert isinstance(late.error, CannotActError)
    assert case.fresh.state == state


@pytest.mark.parametrize("act", [finishing, failing])
@pytest.mark.parametrize(("status", "state"), [(Status.LINKED, "done"), (Status.DRAFT, "failed")])
def test_the_providers_answer_and_an_operator_do_not_wait_for_each_other(
    alpha: Reseller,
    operators: list[User],
    act: Callable[[Forwarded, User], Act],
    status: Status,
    state: str,
) -> None:
    case = forwarded(alpha)

    early, late = overlap(alpha, answered(case, status), act(case, operators[0]))

    assert early.error is None
    assert isinstance(late.error, CannotActError)
    assert (case.fresh.state, case.account.status) == (state, status)


def test_two_who_take_a_ticket_leave_it_with_the_later(
    alpha: Reseller, operators: list[User]
) -> None:
    case = forwarded(alpha)

    def taking(by: User) -> Act:
        return at_the_platform(lambda: tickets.assign(case.ticket, by, by=by))

    early, late = overlap(alpha, taking(operators[0]), taking(operators[1]))

    assert (early.error, late.error) == (None, None)
    assert case.fresh.assignee_id == operators[1].pk
    assert case.fresh.version == 3
