"""Deciding about cloud accounts: the effects, who is told, and what is refused without a trace."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from approvals import checks
from approvals.flows import account_decisions as decisions
from approvals.flows import asking
from approvals.flows.decisions import AlreadyDecidedError, CannotDecideError, Refusal
from approvals.hooks import Forwarded
from approvals.models import AccountRequest, ApprovalRequest, RequestMessage
from audit.models import AuditEntry
from cloudaccounts.flows import statuses
from cloudaccounts.models import CloudAccount, Creation, Invitation
from cloudaccounts.standing import Status as AccountStatus
from customers.models import Customer
from notifications.models import OutgoingMail
from resellers.models import Reseller
from tests.approvals.test_asking import world
from tests.factories.accounts import StaffMemberFactory
from tests.factories.approvals import AccountRequestFactory
from tests.factories.cloudaccounts import (
    CloudAccountFactory,
    ConnectionFactory,
    CreationFactory,
    CustomerProviderFactory,
    InvitationFactory,
)

pytestmark = pytest.mark.django_db

REFUSAL = Refusal(reason="incomplete", message="Whose account is it?")
Act = Callable[[ApprovalRequest, User], object]


def forward(request: ApprovalRequest, by: User) -> ApprovalRequest:
    return decisions.approve_and_forward(request, version=request.version, by=by)


def here(request: ApprovalRequest, by: User) -> ApprovalRequest:
    return decisions.approve_here(request, version=request.version, by=by)


def decline(request: ApprovalRequest, by: User) -> ApprovalRequest:
    return decisions.decline(request, REFUSAL, version=request.version, by=by)


def question(request: ApprovalRequest, by: User) -> ApprovalRequest:
    return decisions.ask_for_information(request, "Who?", version=request.version, by=by)


def answer(request: ApprovalRequest, by: User) -> ApprovalRequest:
    return asking.answer(request, "Me.", by=by)


def withdraw(request: ApprovalRequest, by: User) -> ApprovalRequest:
    return asking.withdraw(request, version=request.version, by=by)


def finish(request: ApprovalRequest, by: User) -> ApprovalRequest:
    return decisions.finish_here(request, account_id="", version=request.version, by=by)


def give_up(request: ApprovalRequest, by: User) -> ApprovalRequest:
    return decisions.give_up_here(request, "No.", version=request.version, by=by)


def ready(**traits: object) -> ApprovalRequest:
    """A request that nothing stands in the way of."""
    asked = AccountRequestFactory(**traits)
    CustomerProviderFactory(customer=asked.account.customer)
    request: ApprovalRequest = asked.request
    return request


class TestForwarding:
    @pytest.mark.parametrize(
        ("traits", "status"),
        [({}, "in_progress"), ({"new_account": True}, "in_progress"), ({"unlink": True}, "linked")],
    )
    def test_hands_it_to_the_desk_and_mails_the_requester(
        self, dana: User, desk: list[Forwarded], traits: dict[str, bool], status: str
    ) -> None:
        request = ready(**traits)

        forward(request, dana)

        asked = AccountRequest.objects.select_related("request", "account").get()
        assert (asked.request.status, asked.request.decided_by, asked.request.version) == (
            "forwarded",
            dana,
            2,
        )
        assert asked.account.status == status
        assert asked.ticket_id
        assert asked.is_open
        assert [(each.request.pk, each.approved_by) for each in desk] == [
            (request.pk, "Dana Miller")
        ]
        mail = OutgoingMail.objects.get()
        assert (mail.kind, mail.recipient_email) == (
            "account_request_approved",
            request.requester.email,
        )
        entry = AuditEntry.objects.get(action="request.forwarded")
        assert set(entry.about) == {request.pk, asked.account_id, asked.account.customer_id}

    def test_a_second_click_is_the_same_forwarding(self, dana: User, desk: list[Forwarded]) -> None:
        request = ready()
        forward(request, dana)
        before = world()

        forward(request, dana)

        assert world() == before
        assert len(desk) == 1

    def test_is_undone_as_a_whole_when_the_desk_fails(
        self, dana: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(_forwarded: Forwarded) -> None:
            raise RuntimeError

        monkeypatch.setattr("approvals.hooks._desks", [fail])
        request = ready()
        before = world()

        with pytest.raises(RuntimeError), transaction.atomic():
            forward(request, dana)

        assert world() == before

    def test_the_requester_may_be_the_one_who_decides(
        self, dana: User, desk: list[Forwarded]
    ) -> None:
        request = ready(request__requester=dana)

        forward(request, dana)

        assert len(desk) == 1


def archive_customer(asked: AccountRequest) -> None:
    Customer.objects.filter(pk=asked.account.customer_id).update(
        status="archived", archived_from="active"
    )


def suspend_customer(asked: AccountRequest) -> None:
    Customer.objects.filter(pk=asked.account.customer_id).update(status="suspended")


def switch_provider_off(asked: AccountRequest) -> None:
    asked.account.customer.providers.update(is_enabled=False)


def forget_check(asked: AccountRequest) -> None:
    CloudAccount.objects.filter(pk=asked.account_id).update(access_state="not_checked")


def fail_check(asked: AccountRequest) -> None:
    CloudAccount.objects.filter(pk=asked.account_id).update(access_state="failed")


def begin_check(asked: AccountRequest) -> None:
    CloudAccount.objects.filter(pk=asked.account_id).update(
        access_state="checking", access_check_began_at=timezone.now()
    )


OBSTACLES = [
    (archive_customer, "is archived. Reactivate"),
    (suspend_customer, "is suspended. Reactivate"),
    (switch_provider_off, "is not enabled for the customer"),
    (forget_check, "The role was not checked"),
    (fail_check, "The last check of the role failed"),
    (begin_check, "The role is being checked"),
]


class TestChecks:
    @pytest.mark.parametrize(("spoil", "sentence"), OBSTACLES)
    @pytest.mark.parametrize("approve", [forward, here])
    def test_what_blocks_keeps_everybody_from_approving(
        self,
        dana: User,
        desk: list[Forwarded],
        spoil: Callable[[AccountRequest], None],
        sentence: str,
        approve: Act,
    ) -> None:
        request = ready()
        ConnectionFactory()
        spoil(request.account_request)
        before = world()

        with pytest.raises(CannotDecideError, match=sentence):
            approve(request, dana)

        assert world() == before
        assert desk == []

    def found(self, request: ApprovalRequest) -> dict[str, str]:
        asked = AccountRequest.objects.select_related("request", "account__customer").get(
            pk=request.pk
        )
        return {each.check.name: each.finding.level.value for each in checks.answers(asked)}

    def test_all_is_well_with_a_fresh_check(self, alpha: Reseller) -> None:
        assert self.found(ready()) == {
            "customer_active": "ok",
            "provider_enabled": "ok",
            "id_free": "ok",
            "role_works": "ok",
        }

    @pytest.mark.parametrize(("hours", "level"), [(23, "ok"), (25, "warn")])
    def test_a_check_older_than_a_day_warns(self, alpha: Reseller, hours: int, level: str) -> None:
        checked_at = timezone.now() - dt.timedelta(hours=hours)

        request = ready(account__access_checked_at=checked_at)

        assert self.found(request)["role_works"] == level

    def test_an_account_that_was_another_customers_warns(self, alpha: Reseller) -> None:
        request = ready()
        account_id = request.account_request.account.account_id
        CloudAccountFactory(unlinked=True, account_id=account_id)

        assert self.found(request)["id_free"] == "warn"

    def test_an_account_that_was_the_same_customers_does_not(self, alpha: Reseller) -> None:
        request = ready()
        account = request.account_request.account
        CloudAccountFactory(unlinked=True, account_id=account.account_id, customer=account.customer)

        assert self.found(request)["id_free"] == "ok"

    def test_nobody_asks_for_the_role_of_a_new_account(self, alpha: Reseller) -> None:
        assert set(self.found(ready(new_account=True))) == {"customer_active", "provider_enabled"}

    def test_nothing_keeps_an_account_from_being_unlinked(
        self, dana: User, desk: list[Forwarded]
    ) -> None:
        request = AccountRequestFactory(unlink=True).request
        suspend_customer(request.account_request)

        forward(request, dana)

        assert len(desk) == 1

    def test_a_later_area_adds_its_own(
        self, dana: User, desk: list[Forwarded], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(checks, "_checks", dict(checks._checks))
        blocks = checks.Finding(checks.Level.BLOCK, "Set a pricebook.")
        check = checks.Check("pricebook", "Pricebook", lambda _asked: blocks)
        checks.register(check)
        request = ready()

        with pytest.raises(CannotDecideError, match="Set a pricebook"):
            forward(request, dana)
        with pytest.raises(ValueError, match="Another check is named"):
            checks.register(checks.Check("pricebook", "Other", lambda _asked: None))


class TestApprovingHere:
    def test_invites_through_the_own_connection(self, dana: User, desk: list[Forwarded]) -> None:
        ConnectionFactory()
        request = ready()

        here(request, dana)

        asked = AccountRequest.objects.select_related("request", "account").get()
        assert (asked.request.status, asked.ticket_id) == ("forwarded", None)
        assert asked.account.status == "in_progress"
        invitation = Invitation.objects.get()
        assert (invitation.account_id, invitation.via) == (asked.account_id, "reseller")
        assert AuditEntry.objects.filter(action="request.approved_here").count() == 1
        assert desk == []

    def test_orders_a_new_account_through_the_own_connection(self, dana: User) -> None:
        ConnectionFactory()
        request = ready(new_account=True)

        here(request, dana)

        creation = Creation.objects.get()
        assert (creation.account, creation.via) == (request.account_request.account, "reseller")

    def test_an_account_to_be_unlinked_waits_for_somebody_to_do_it(self, dana: User) -> None:
        ConnectionFactory()
        request = ready(unlink=True)

        here(request, dana)

        request.refresh_from_db()
        assert request.status == "forwarded"
        assert not Invitation.objects.exists()

    @pytest.mark.parametrize("trait", ["unchecked", "failed", None])
    def test_is_refused_without_a_connection_that_works(
        self, dana: User, trait: str | None
    ) -> None:
        if trait:
            ConnectionFactory(**{trait: True})
        request = ready()
        before = world()

        with pytest.raises(CannotDecideError, match="Connect your own"):
            here(request, dana)

        assert world() == before


class TestDeclining:
    @pytest.mark.parametrize(
        ("traits", "status"),
        [
            ({}, "draft"),
            ({"questioned": True}, "draft"),
            ({"new_account": True}, "draft"),
            ({"unlink": True}, "linked"),
        ],
    )
    def test_tells_the_requester_why_and_gives_the_account_back(
        self, dana: User, traits: dict[str, bool], status: str
    ) -> None:
        request = ready(**traits)

        decline(request, dana)

        asked = AccountRequest.objects.select_related("request", "account").get()
        assert (asked.request.status, asked.is_open, asked.account.status) == (
            "declined",
            False,
            status,
        )
        mail = OutgoingMail.objects.get()
        assert (mail.kind, mail.recipient_email) == (
            "account_request_declined",
            request.requester.email,
        )
        assert "Whose account is it?" in mail.text_body
        assert AuditEntry.objects.get(action="request.refused").note == "Whose account is it?"

    @pytest.mark.parametrize("reason", ["", "duplicate", "nonsense"])
    def test_needs_a_reason_that_fits(self, dana: User, reason: str) -> None:
        request = ready()
        before = world()

        with pytest.raises(CannotDecideError) as refused:
            decisions.decline(request, Refusal(reason=reason), version=1, by=dana)

        assert refused.value.field == "reason"
        assert world() == before

    def test_can_be_asked_again_afterwards(self, dana: User) -> None:
        request = ready()
        decline(request, dana)
        account = CloudAccount.objects.get()

        again = asking.ask_to_link(
            account, asking.Asked(), by=dana, submission=request.requester_id
        )

        assert again.status == "pending"


class TestAskingForInformation:
    def test_gives_the_requester_the_ball(self, dana: User) -> None:
        request = ready()

        question(request, dana)

        request.refresh_from_db()
        assert request.status == "needs_information"
        message = RequestMessage.objects.get()
        assert (message.kind, message.text, message.author) == ("question", "Who?", dana)
        mail = OutgoingMail.objects.get()
        assert (mail.kind, mail.recipient_email) == ("request_question", request.requester.email)
        assert "Who?" in mail.text_body

    def test_the_link_in_the_mail_leads_the_customers_people_to_their_portal(
        self, dana: User
    ) -> None:
        request = ready(in_portal=True)

        question(request, dana)

        customer = request.account_request.account.customer
        path = f"/portal/{customer.pk}/requests/{request.pk}/"
        assert path in OutgoingMail.objects.get().text_body

    def test_an_empty_question_is_none(self, dana: User) -> None:
        request = ready()
        before = world()

        with pytest.raises(CannotDecideError) as refused:
            decisions.ask_for_information(request, " ", version=1, by=dana)

        assert refused.value.field == "text"
        assert world() == before


def become(account: CloudAccount, status: AccountStatus, note: str = "") -> None:
    """As a task does it when the provider has answered."""
    with transaction.atomic():
        statuses.change(statuses.lock(account), status, by=None, note=note)


class TestSettling:
    @pytest.mark.parametrize("traits", [{}, {"new_account": True}])
    def test_a_linked_account_fulfils_its_request(
        self, alpha: Reseller, traits: dict[str, bool]
    ) -> None:
        asked = AccountRequestFactory(**traits, under_way=True)
        CloudAccount.objects.filter(account_id="").update(account_id="111122223333")

        become(asked.account, AccountStatus.LINKED)

        asked.refresh_from_db()
        assert (asked.request.status, asked.is_open) == ("fulfilled", False)
        assert asked.request.ended_at
        assert OutgoingMail.objects.get().kind == "account_request_done"
        entry = AuditEntry.objects.get(action="request.fulfilled")
        assert entry.actor_id is None

    def test_an_unlinked_account_fulfils_its_request(self, alpha: Reseller) -> None:
        asked = AccountRequestFactory(unlinking=True)

        become(asked.account, AccountStatus.UNLINKED)

        asked.refresh_from_db()
        assert (asked.request.status, asked.is_open) == ("fulfilled", False)

    def test_an_account_that_comes_back_fails_its_request_and_says_why(
        self, alpha: Reseller
    ) -> None:
        asked = AccountRequestFactory(under_way=True)

        become(asked.account, AccountStatus.DRAFT, note="The owner declined.")

        asked.refresh_from_db()
        assert (asked.request.status, asked.is_open, asked.request.outcome_note) == (
            "failed",
            False,
            "The owner declined.",
        )
        mail = OutgoingMail.objects.get()
        assert mail.kind == "account_request_failed"
        assert "The owner declined." in mail.text_body

    def test_a_suspension_ends_no_request_to_unlink(self, alpha: Reseller) -> None:
        asked = AccountRequestFactory(unlinking=True)

        become(asked.account, AccountStatus.SUSPENDED)
        become(asked.account, AccountStatus.LINKED)

        asked.refresh_from_db()
        assert asked.request.status == "forwarded"
        assert not OutgoingMail.objects.exists()


class TestDoneByHand:
    def test_an_account_that_was_unlinked_in_the_console_is_noted(self, dana: User) -> None:
        request = AccountRequestFactory(unlinking=True).request

        finish(request, dana)

        assert CloudAccount.objects.get().status == "unlinked"
        assert ApprovalRequest.objects.get().status == "fulfilled"

    def test_a_new_account_gets_the_id_that_was_typed(self, dana: User) -> None:
        request = AccountRequestFactory(new_account=True, under_way=True).request

        decisions.finish_here(request, account_id="1111-2222-3333", version=1, by=dana)

        account = CloudAccount.objects.get()
        assert (account.account_id, account.status) == ("111122223333", "linked")

    @pytest.mark.parametrize("typed", ["", "12", "a" * 12])
    def test_a_bad_id_is_named_beside_its_field(self, dana: User, typed: str) -> None:
        request = AccountRequestFactory(new_account=True, under_way=True).request
        before = world()

        with pytest.raises(CannotDecideError) as refused:
            decisions.finish_here(request, account_id=typed, version=1, by=dana)

        assert refused.value.field == "account_id"
        assert world() == before

    def test_giving_up_fails_the_request_and_leaves_the_account_linked(self, dana: User) -> None:
        request = AccountRequestFactory(unlinking=True).request

        give_up(request, dana)

        request.refresh_from_db()
        assert (request.status, request.outcome_note) == ("failed", "No.")
        assert CloudAccount.objects.get().status == "linked"

    def test_giving_up_a_link_gives_the_account_back(self, dana: User) -> None:
        request = AccountRequestFactory(under_way=True).request

        give_up(request, dana)

        request.refresh_from_db()
        assert (request.status, request.outcome_note) == ("failed", "No.")
        assert CloudAccount.objects.get().status == "draft"

    @pytest.mark.parametrize("act", [finish, give_up])
    def test_what_cloud_ops_does_is_not_theirs_to_end(self, dana: User, act: Act) -> None:
        request = AccountRequestFactory(forwarded=True).request
        before = world()

        with pytest.raises(CannotDecideError, match="Cloud Ops does this"):
            act(request, dana)

        assert world() == before

    @pytest.mark.parametrize("errand", [InvitationFactory, CreationFactory])
    @pytest.mark.parametrize("act", [finish, give_up])
    def test_what_the_provider_works_on_is_cancelled_first(
        self, dana: User, act: Act, errand: Callable[..., object]
    ) -> None:
        request = AccountRequestFactory(under_way=True).request
        errand(account=request.account_request.account)
        before = world()

        with pytest.raises(CannotDecideError, match="working on it"):
            act(request, dana)

        assert world() == before


ACTS: dict[str, tuple[Act, set[str]]] = {
    "forward": (forward, {"pending"}),
    "here": (here, {"pending"}),
    "decline": (decline, {"pending", "needs_information"}),
    "question": (question, {"pending"}),
    "answer": (answer, {"needs_information"}),
    "withdraw": (withdraw, {"pending", "needs_information", "withdrawn"}),
    "finish": (finish, {"forwarded"}),
    "give_up": (give_up, {"forwarded"}),
}
TRAITS: dict[str, dict[str, bool]] = {
    "pending": {},
    "needs_information": {"questioned": True},
    "forwarded": {"under_way": True},
    "fulfilled": {"fulfilled": True},
    "failed": {"failed": True},
    "declined": {"refused": True},
    "withdrawn": {"withdrawn": True},
}


@pytest.mark.parametrize("old", TRAITS)
@pytest.mark.parametrize("name", ACTS)
def test_what_may_be_done_depends_on_where_a_request_stands(
    dana: User, desk: list[Forwarded], old: str, name: str
) -> None:
    act, allowed = ACTS[name]
    ConnectionFactory()
    request = ready(**TRAITS[old])
    before = world()

    if old in allowed:
        act(request, dana)
        return
    with pytest.raises((CannotDecideError, asking.CannotAskError)):
        act(request, dana)

    assert world() == before


@pytest.mark.parametrize("name", ["forward", "here", "decline", "question", "withdraw"])
def test_what_changed_since_it_was_read_is_not_decided(
    dana: User, desk: list[Forwarded], name: str
) -> None:
    ConnectionFactory()
    request = ready()
    ApprovalRequest.objects.update(version=2)
    before = world()

    with pytest.raises(CannotDecideError, match="changed meanwhile"):
        ACTS[name][0](request, dana)

    assert world() == before


def test_who_comes_late_reads_who_decided(dana: User, desk: list[Forwarded]) -> None:
    request = ready()
    forward(request, dana)

    with pytest.raises(AlreadyDecidedError, match="Already approved by Dana Miller at"):
        decline(request, StaffMemberFactory(owner=True).user)
