"""Requests about accounts: every act in every status. What may not follow changes nothing."""

from collections.abc import Callable

import pytest

from accounts.models import User
from approvals.flows import account_decisions as decisions
from approvals.flows import asking
from approvals.flows.asking import CannotAskError
from approvals.flows.decisions import CannotDecideError, Refusal
from approvals.models import ApprovalRequest
from tests.factories.approvals import AccountRequestFactory
from tests.factories.cloudaccounts import ConnectionFactory, CustomerProviderFactory
from tests.isolation.database import fingerprint

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alpha", "desk")]

Act = Callable[[ApprovalRequest, User], object]
ACTS: dict[str, Act] = {
    "forward": lambda request, by: decisions.approve_and_forward(
        request, version=request.version, by=by
    ),
    "begin here": lambda request, by: decisions.approve_here(
        request, version=request.version, by=by
    ),
    "decline": lambda request, by: decisions.decline(
        request, Refusal(reason="incomplete"), version=request.version, by=by
    ),
    "ask back": lambda request, by: decisions.ask_for_information(
        request, "Whose is it?", version=request.version, by=by
    ),
    "answer": lambda request, by: asking.answer(request, "Ours.", by=by),
    "withdraw": lambda request, by: asking.withdraw(request, version=request.version, by=by),
    "finish": lambda request, by: decisions.finish_here(
        request, account_id="", version=request.version, by=by
    ),
    "give up": lambda request, by: decisions.give_up_here(
        request, "No.", version=request.version, by=by
    ),
}
# Where a request stands → how the factory makes one.
STATUSES = {
    "pending": "",
    "needs_information": "questioned",
    "forwarded": "under_way",
    "fulfilled": "fulfilled",
    "failed": "failed",
    "declined": "refused",
    "withdrawn": "withdrawn",
}
FOLLOWS = {
    ("forward", "pending"): "forwarded",
    ("begin here", "pending"): "forwarded",
    ("decline", "pending"): "declined",
    ("decline", "needs_information"): "declined",
    ("ask back", "pending"): "needs_information",
    ("answer", "needs_information"): "pending",
    ("withdraw", "pending"): "withdrawn",
    ("withdraw", "needs_information"): "withdrawn",
    ("finish", "forwarded"): "fulfilled",
    ("give up", "forwarded"): "failed",
}
AGAIN = {("withdraw", "withdrawn")}  # is no error, and changes nothing


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("act", ACTS)
def test_only_what_may_follow_follows(dana: User, act: str, status: str) -> None:
    trait = STATUSES[status]
    asked = AccountRequestFactory(**({trait: True} if trait else {}))
    CustomerProviderFactory(customer=asked.account.customer)
    ConnectionFactory()
    before = fingerprint("alpha")

    if wanted := FOLLOWS.get((act, status)):
        ACTS[act](asked.request, dana)
        assert ApprovalRequest.objects.get().status == wanted
        return
    if (act, status) in AGAIN:
        ACTS[act](asked.request, dana)
    else:
        with pytest.raises((CannotAskError, CannotDecideError)):
            ACTS[act](asked.request, dana)
    assert fingerprint("alpha") == before
