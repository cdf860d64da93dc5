"""Two people at once, about one account: one request, one decision, one ticket."""

import itertools
import uuid
from collections.abc import Callable

import pytest
from django.db import transaction
from django_tenants.utils import schema_context

from accounts.models import User
from approvals.flows import account_decisions as decisions
from approvals.flows import asking
from approvals.flows.asking import Asked, CannotAskError
from approvals.flows.decisions import AlreadyDecidedError, CannotDecideError, Refusal
from approvals.models import AccountRequest, ApprovalRequest
from audit.models import AuditEntry
from cloudaccounts.flows import statuses
from cloudaccounts.models import CloudAccount
from cloudaccounts.standing import Status
from notifications.models import OutgoingMail
from operations.models import FulfilmentTicket
from resellers.models import Reseller
from resellers.schemas import PUBLIC
from tests.factories.accounts import StaffMemberFactory
from tests.factories.approvals import AccountRequestFactory
from tests.factories.cloudaccounts import CloudAccountFactory, CustomerProviderFactory
from tests.races import overlap

pytestmark = pytest.mark.django_db(transaction=True)

Act = Callable[[], object]


@pytest.fixture
def pending(alpha: Reseller) -> ApprovalRequest:
    asked = AccountRequestFactory()
    CustomerProviderFactory(customer=asked.account.customer)
    request: ApprovalRequest = asked.request
    return request


def forwarding(request: ApprovalRequest, by: User) -> Act:
    return lambda: decisions.approve_and_forward(request, version=request.version, by=by)


def declining(request: ApprovalRequest, by: User) -> Act:
    refusal = Refusal(reason="credit")
    return lambda: decisions.decline(request, refusal, version=request.version, by=by)


def withdrawing(request: ApprovalRequest, by: User) -> Act:
    return lambda: asking.withdraw(request, version=request.version, by=by)


def questioning(request: ApprovalRequest, by: User) -> Act:
    return lambda: decisions.ask_for_information(request, "Who?", version=request.version, by=by)


ENDS = {"forwarded": forwarding, "declined": declining, "withdrawn": withdrawing}
WORDS = {"forwarded": "approved by", "declined": "declined by", "withdrawn": "withdrawn"}
ACCOUNT = {"forwarded": "in_progress", "declined": "draft", "withdrawn": "draft"}


def tickets() -> int:
    with schema_context(PUBLIC):
        return FulfilmentTicket.objects.count()


@pytest.mark.parametrize(
    ("one", "other"), [pair for pair in itertools.product(ENDS, repeat=2) if pair[0] != pair[1]]
)
def test_of_two_decisions_the_first_counts(
    alpha: Reseller, pending: ApprovalRequest, one: str, other: str
) -> None:
    dana, robin = (StaffMemberFactory(owner=True).user for _ in range(2))

    early, late = overlap(alpha, ENDS[one](pending, dana), ENDS[other](pending, robin))

    assert early.error is None
    assert isinstance(late.error, AlreadyDecidedError)
    assert f"Already {WORDS[one]}" in str(late.error)
    pending.refresh_from_db()
    assert pending.status == one
    assert CloudAccount.objects.get().status == ACCOUNT[one]
    assert tickets() == (one == "forwarded")
    assert OutgoingMail.objects.count() == (one != "withdrawn")


def test_two_who_forward_make_one_ticket(alpha: Reseller, pending: ApprovalRequest) -> None:
    dana, robin = (StaffMemberFactory(owner=True).user for _ in range(2))

    early, late = overlap(alpha, forwarding(pending, dana), forwarding(pending, robin))

    assert early.error is None
    assert isinstance(late.error, AlreadyDecidedError)
    assert tickets() == 1


def test_one_person_clicking_twice_forwards_once(alpha: Reseller, pending: ApprovalRequest) -> None:
    dana = StaffMemberFactory(owner=True).user

    early, late = overlap(alpha, forwarding(pending, dana), forwarding(pending, dana))

    assert (early.error, late.error) == (None, None)
    assert tickets() == 1
    assert OutgoingMail.objects.count() == 1


def test_what_was_asked_about_is_not_forwarded_in_the_same_moment(
    alpha: Reseller, pending: ApprovalRequest
) -> None:
    dana, robin = (StaffMemberFactory(owner=True).user for _ in range(2))

    early, late = overlap(alpha, questioning(pending, dana), forwarding(pending, robin))

    assert early.error is None
    assert isinstance(late.error, CannotDecideError)
    pending.refresh_from_db()
    assert pending.status == "needs_information"
    assert tickets() == 0


def test_two_who_ask_to_unlink_one_account_ask_once(alpha: Reseller) -> None:
    account = CloudAccountFactory(linked=True)
    dana, robin = (StaffMemberFactory().user for _ in range(2))

    def ask(by: User) -> Act:
        return lambda: asking.ask_to_unlink(account, Asked(), by=by, submission=uuid.uuid4())

    early, late = overlap(alpha, ask(dana), ask(robin))

    assert early.error is None
    assert isinstance(late.error, CannotAskError)
    assert AccountRequest.objects.count() == 1


def test_one_form_sent_twice_at_once_asks_once(alpha: Reseller) -> None:
    customer = CustomerProviderFactory().customer
    account, submission = CloudAccountFactory(customer=customer), uuid.uuid4()
    dana = StaffMemberFactory().user

    def ask() -> object:
        return asking.ask_to_link(account, Asked(), by=dana, submission=submission)

    early, late = overlap(alpha, ask, ask)

    assert (early.error, late.error) == (None, None)
    assert early.result == late.result == ApprovalRequest.objects.get()


def test_two_answers_at_once_are_one(alpha: Reseller) -> None:
    request = AccountRequestFactory(questioned=True).request
    dana, robin = (StaffMemberFactory().user for _ in range(2))

    early, late = overlap(
        alpha,
        lambda: asking.answer(request, "One.", by=dana),
        lambda: asking.answer(request, "Two.", by=robin),
    )

    assert early.error is None
    assert isinstance(late.error, CannotAskError)
    assert [message.text for message in request.messages.all()] == ["One."]


def test_an_account_that_is_linked_while_somebody_gives_up_stays_linked(alpha: Reseller) -> None:
    asked = AccountRequestFactory(under_way=True)
    dana = StaffMemberFactory(owner=True).user

    def link() -> None:
        with transaction.atomic():
            statuses.change(statuses.lock(asked.account), Status.LINKED, by=None)

    early, late = overlap(
        alpha, link, lambda: decisions.give_up_here(asked.request, "No.", version=1, by=dana)
    )

    assert early.error is None
    assert isinstance(late.error, CannotDecideError)
    asked.refresh_from_db()
    assert (asked.request.status, CloudAccount.objects.get().status) == ("fulfilled", "linked")
    assert AuditEntry.objects.filter(action="request.failed").count() == 0
