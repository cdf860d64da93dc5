"""Asking about cloud accounts, answering and withdrawing: the effects, and what is refused."""

import uuid

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from approvals.flows import asking
from approvals.flows.asking import Asked, CannotAskError
from approvals.flows.decisions import AlreadyDecidedError, CannotDecideError
from approvals.models import AccountRequest, ApprovalRequest, RequestMessage
from audit.models import AuditEntry
from cloudaccounts.models import CloudAccount
from customers.models import Customer
from notifications.models import OutgoingMail
from resellers.models import Reseller
from tests.factories.accounts import StaffMemberFactory
from tests.factories.approvals import AccountRequestFactory
from tests.factories.cloudaccounts import CloudAccountFactory, CustomerProviderFactory
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def robin(alpha: Reseller) -> User:
    """Somebody of the staff who asks."""
    user: User = StaffMemberFactory(user__full_name="Robin Fisher").user
    return user


@pytest.fixture
def customer(alpha: Reseller) -> Customer:
    customer: Customer = CustomerFactory(organization_name="Acme GmbH")
    CustomerProviderFactory(customer=customer)
    return customer


def ask_about(account: CloudAccount, by: User, asked: Asked | None = None) -> ApprovalRequest:
    flow = {"linked": asking.ask_to_unlink, "suspended": asking.ask_to_unlink}.get(
        account.status, asking.ask_to_link if account.account_id else asking.ask_for_new
    )
    return flow(account, asked or Asked(), by=by, submission=uuid.uuid4())


def world() -> dict[str, object]:
    """All that asking may touch."""
    return {
        "requests": list(ApprovalRequest.objects.order_by("pk").values()),
        "asked": list(AccountRequest.objects.order_by("pk").values()),
        "messages": list(RequestMessage.objects.order_by("pk").values()),
        "accounts": list(CloudAccount.objects.order_by("pk").values()),
        "audit": AuditEntry.objects.count(),
        "mails": OutgoingMail.objects.count(),
    }


class TestAsking:
    @pytest.mark.parametrize(
        ("traits", "kind", "status"),
        [
            ({}, "link", "requested"),
            ({"created": True}, "new_account", "requested"),
            ({"linked": True}, "unlink", "linked"),
            ({"suspended": True}, "unlink", "suspended"),
        ],
    )
    def test_each_kind_waits_for_a_decision_with_its_account(
        self, customer: Customer, robin: User, traits: dict[str, bool], kind: str, status: str
    ) -> None:
        account = CloudAccountFactory(customer=customer, name="Production", **traits)

        request = ask_about(account, robin, Asked(reason="For the shop.", support="business"))

        account.refresh_from_db()
        assert (request.kind, request.status, account.status) == (kind, "pending", status)
        assert (request.requester, request.customer) == (robin, customer)
        asked = AccountRequest.objects.get(pk=request.pk)
        assert (asked.customer_name, asked.account_name, asked.account_id_then) == (
            "Acme GmbH",
            "Production",
            account.account_id,
        )
        assert (asked.reason, asked.support, asked.in_portal) == (
            "For the shop.",
            "business",
            False,
        )

    def test_stands_on_three_timelines_and_is_mailed_to_the_approvers(
        self, customer: Customer, robin: User, dana: User
    ) -> None:
        account = CloudAccountFactory(customer=customer)

        request = ask_about(account, robin, Asked(reason="For the shop."))

        entry = AuditEntry.objects.get(action="request.asked")
        assert set(entry.about) == {request.pk, account.pk, customer.pk}
        assert (entry.actor_name, entry.note) == ("Robin Fisher", "For the shop.")
        mail = OutgoingMail.objects.get()
        assert (mail.kind, mail.recipient_email) == ("request_account_received", dana.email)
        assert f"/console/requests/accounts/{request.pk}/" in mail.text_body
        assert "For the shop." in mail.text_body

    def test_the_same_form_sent_twice_asks_once(self, customer: Customer, robin: User) -> None:
        account, submission = CloudAccountFactory(customer=customer), uuid.uuid4()
        first = asking.ask_to_link(account, Asked(), by=robin, submission=submission)
        before = world()

        again = asking.ask_to_link(account, Asked(), by=robin, submission=submission)

        assert again == first
        assert world() == before

    def test_one_form_is_not_sent_for_two_accounts(self, customer: Customer, robin: User) -> None:
        submission = uuid.uuid4()
        account, other = CloudAccountFactory.create_batch(2, customer=customer)
        asking.ask_to_link(account, Asked(), by=robin, submission=submission)
        before = world()

        with pytest.raises(CannotAskError, match="was sent already"):
            asking.ask_to_link(other, Asked(), by=robin, submission=submission)

        assert world() == before

    @pytest.mark.parametrize(
        ("traits", "ask", "sentence"),
        [
            ({"requested": True}, asking.ask_to_link, "that cannot be asked"),
            ({"in_progress": True}, asking.ask_to_link, "that cannot be asked"),
            ({"linked": True}, asking.ask_to_link, "that cannot be asked"),
            ({"unlinked": True}, asking.ask_to_link, "that cannot be asked"),
            ({"discarded": True}, asking.ask_to_link, "that cannot be asked"),
            ({"created": True}, asking.ask_to_link, "that cannot be asked"),
            ({}, asking.ask_for_new, "that cannot be asked"),
            ({}, asking.ask_to_unlink, "that cannot be asked"),
            ({"unlinked": True}, asking.ask_to_unlink, "that cannot be asked"),
        ],
    )
    def test_what_does_not_fit_the_account_is_refused_without_a_trace(
        self,
        customer: Customer,
        robin: User,
        traits: dict[str, bool],
        ask: object,
        sentence: str,
    ) -> None:
        account = CloudAccountFactory(customer=customer, **traits)
        before = world()

        assert callable(ask)
        with pytest.raises(CannotAskError, match=sentence):
            ask(account, Asked(), by=robin, submission=uuid.uuid4())

        assert world() == before

    def test_an_account_has_one_open_request(self, customer: Customer, robin: User) -> None:
        account = CloudAccountFactory(customer=customer, linked=True)
        ask_about(account, robin)
        before = world()

        with pytest.raises(CannotAskError, match="There is an open request"):
            ask_about(account, robin)

        assert world() == before

    def test_the_database_refuses_a_second_open_request_written_around_the_flow(
        self, customer: Customer, robin: User
    ) -> None:
        asked = AccountRequestFactory(unlink=True)

        with (
            pytest.raises(IntegrityError, match="account_request_one_open_per_account"),
            transaction.atomic(),
        ):
            AccountRequestFactory(unlink=True, account=asked.account)

    @pytest.mark.parametrize("status", ["suspended", "archived"])
    def test_nothing_is_asked_for_a_customer_out_of_business(
        self, customer: Customer, robin: User, status: str
    ) -> None:
        Customer.objects.filter(pk=customer.pk).update(
            status=status, archived_from="active" if status == "archived" else ""
        )
        account = CloudAccountFactory(customer=customer)
        before = world()

        with pytest.raises(CannotAskError, match="is not active"):
            ask_about(account, robin)

        assert world() == before

    @pytest.mark.parametrize(("in_portal", "is_allowed"), [(False, True), (True, False)])
    def test_a_provider_that_the_portal_hides_is_asked_for_by_staff_alone(
        self, alpha: Reseller, robin: User, in_portal: bool, is_allowed: bool
    ) -> None:
        customer = CustomerProviderFactory(hidden=True).customer
        account = CloudAccountFactory(customer=customer)

        if is_allowed:
            ask_about(account, robin, Asked(in_portal=in_portal))
        else:
            with pytest.raises(CannotAskError, match="is not enabled for"):
                ask_about(account, robin, Asked(in_portal=in_portal))

        assert ApprovalRequest.objects.exists() is is_allowed

    def test_an_account_of_a_provider_that_was_switched_off_can_still_be_unlinked(
        self, alpha: Reseller, robin: User
    ) -> None:
        customer = CustomerProviderFactory(disabled=True).customer

        request = ask_about(CloudAccountFactory(customer=customer, linked=True), robin)

        assert request.status == "pending"

    def test_a_support_level_that_nobody_sells_is_named_beside_its_field(
        self, customer: Customer, robin: User
    ) -> None:
        with pytest.raises(CannotAskError) as refused:
            ask_about(CloudAccountFactory(customer=customer), robin, Asked(support="gold"))

        assert refused.value.field == "support"


class TestOrdering:
    def test_makes_the_new_account_and_the_request_together(
        self, customer: Customer, robin: User
    ) -> None:
        details = {"provider": "aws", "name": "Shop", "root_email": "root@acme.example"}

        for _click in range(2):
            request = asking.order_new(
                customer,
                details,  # type: ignore[arg-type]
                Asked(),
                by=robin,
                submission=SUBMISSION,
            )

        account = CloudAccount.objects.get()
        assert (account.name, account.origin, account.status) == ("Shop", "created", "requested")
        assert AccountRequest.objects.get().account == account
        assert request.kind == "new_account"

    def test_an_account_that_is_refused_leaves_nothing_behind(
        self, customer: Customer, robin: User
    ) -> None:
        before = world()

        with pytest.raises(CannotAskError) as refused:
            asking.order_new(
                customer,
                {"provider": "aws", "name": "x" * 80, "root_email": "root@acme.example"},
                Asked(),
                by=robin,
                submission=SUBMISSION,
            )

        assert refused.value.field == "name"
        assert world() == before

    def test_a_request_that_is_refused_leaves_no_account_behind(
        self, alpha: Reseller, robin: User
    ) -> None:
        customer = CustomerProviderFactory(hidden=True).customer
        before = world()

        with pytest.raises(CannotAskError, match="is not enabled"):
            asking.order_new(
                customer,
                {"provider": "aws", "name": "Shop", "root_email": "root@acme.example"},
                Asked(in_portal=True),
                by=robin,
                submission=SUBMISSION,
            )

        assert world() == before


SUBMISSION = uuid.UUID("00000000-0000-4000-8000-000000000001")


class TestAnswering:
    def test_gives_the_ball_back_to_the_approvers(self, robin: User, dana: User) -> None:
        request = AccountRequestFactory(questioned=True).request

        asking.answer(request, "Our head of IT.", by=robin)

        request.refresh_from_db()
        assert (request.status, request.version) == ("pending", 2)
        message = RequestMessage.objects.get()
        assert (message.kind, message.text, message.author) == ("answer", "Our head of IT.", robin)
        assert AuditEntry.objects.get(action="request.answered").note == "Our head of IT."
        mail = OutgoingMail.objects.get()
        assert (mail.kind, mail.recipient_email) == ("request_answered", dana.email)
        assert "Our head of IT." in mail.text_body

    @pytest.mark.parametrize(
        "trait", ["under_way", "fulfilled", "failed", "refused", "withdrawn", "unlink"]
    )
    def test_what_nobody_asked_about_is_not_answered(self, robin: User, trait: str) -> None:
        request = AccountRequestFactory(**{trait: True}).request
        before = world()

        with pytest.raises(CannotAskError, match="Nobody waits for an answer"):
            asking.answer(request, "Yes", by=robin)

        assert world() == before

    def test_an_empty_answer_is_none(self, robin: User) -> None:
        request = AccountRequestFactory(questioned=True).request
        before = world()

        with pytest.raises(CannotAskError) as refused:
            asking.answer(request, " \n ", by=robin)

        assert refused.value.field == "text"
        assert world() == before


class TestWithdrawing:
    @pytest.mark.parametrize(
        ("traits", "status"),
        [
            ({}, "draft"),
            ({"questioned": True}, "draft"),
            ({"new_account": True}, "draft"),
            ({"unlink": True}, "linked"),
        ],
    )
    def test_gives_the_account_back_and_lets_somebody_ask_again(
        self, robin: User, traits: dict[str, bool], status: str
    ) -> None:
        asked = AccountRequestFactory(**traits)
        CustomerProviderFactory(customer=asked.account.customer)

        asking.withdraw(asked.request, version=1, by=robin)

        asked.refresh_from_db()
        asked.account.refresh_from_db()
        assert (asked.request.status, asked.is_open, asked.account.status) == (
            "withdrawn",
            False,
            status,
        )
        assert asked.request.ended_at
        entry = AuditEntry.objects.get(action="request.withdrawn")
        assert set(entry.about) == {asked.pk, asked.account_id, asked.account.customer_id}
        assert not OutgoingMail.objects.exists()
        assert ask_about(asked.account, robin).status == "pending"

    def test_again_changes_nothing(self, robin: User) -> None:
        request = AccountRequestFactory(withdrawn=True).request
        before = world()

        asking.withdraw(request, version=1, by=robin)

        assert world() == before

    @pytest.mark.parametrize(
        ("trait", "sentence"),
        [
            ("under_way", "Already approved by"),
            ("fulfilled", "Already approved by"),
            ("failed", "Already approved by"),
            ("refused", "Already declined by"),
        ],
    )
    def test_what_was_decided_stays(self, robin: User, trait: str, sentence: str) -> None:
        request = AccountRequestFactory(**{trait: True}).request
        before = world()

        with pytest.raises(AlreadyDecidedError, match=sentence):
            asking.withdraw(request, version=1, by=robin)

        assert world() == before

    def test_what_changed_since_it_was_read_stays(self, robin: User) -> None:
        request = AccountRequestFactory(request__version=2).request
        before = world()

        with pytest.raises(CannotDecideError, match="changed meanwhile"):
            asking.withdraw(request, version=1, by=robin)

        assert world() == before
