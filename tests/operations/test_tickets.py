"""What operators do with tickets: at the provider, at the reseller, and on the ticket."""

import uuid
from collections.abc import Callable

import pytest
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from accounts.models import User
from approvals.flows import account_decisions
from approvals.models import AccountRequest
from audit.models import AuditEntry
from cloudaccounts.models import CloudAccount, Creation, Invitation
from cloudaccounts.standing import Status
from cloudaccounts.tasks import errands
from notifications.models import OutgoingMail
from notifications.recipients import Recipient
from operations import restoring
from operations.flows import tickets
from operations.flows.tickets import CannotActError
from operations.models import FulfilmentTicket, TicketNote
from resellers import hosts
from resellers.hooks import Restoration
from resellers.models import Reseller
from resellers.schemas import PUBLIC, connection
from tests.factories.accounts import StaffMemberFactory, UserFactory
from tests.factories.approvals import AccountRequestFactory
from tests.factories.cloudaccounts import (
    CloudAccountFactory,
    CustomerProviderFactory,
    InvitationFactory,
)
from tests.factories.operations import FulfilmentTicketFactory
from tests.isolation.database import fingerprint
from tests.operations.cases import Forwarded, forwarded

pytestmark = pytest.mark.django_db

Act = Callable[[Forwarded, User], object]


@pytest.fixture
def case(alpha: Reseller, operator: User) -> Forwarded:
    """A ticket to link an account of a customer of alpha."""
    found = forwarded(alpha)
    connection.set_schema_to_public()
    return found


@pytest.fixture
def new_account(alpha: Reseller, operator: User) -> Forwarded:
    found = forwarded(alpha, new_account=True)
    connection.set_schema_to_public()
    return found


@pytest.fixture
def unlinking(alpha: Reseller, operator: User) -> Forwarded:
    found = forwarded(alpha, unlink=True)
    connection.set_schema_to_public()
    return found


def invite(case: Forwarded, by: User) -> None:
    tickets.send_invitation(case.ticket, by=by)


def resend(case: Forwarded, by: User) -> None:
    tickets.resend_invitation(case.ticket, by=by)


def cancel(case: Forwarded, by: User) -> None:
    tickets.cancel_invitation(case.ticket, by=by)


def create(case: Forwarded, by: User) -> None:
    tickets.create_account(case.ticket, by=by)


def done(case: Forwarded, by: User) -> None:
    tickets.mark_done(case.ticket, account_id="", by=by)


def failed(case: Forwarded, by: User) -> None:
    tickets.mark_failed(case.ticket, reason="The provider refuses.", by=by)


def actions(case: Forwarded) -> list[tuple[str, str]]:
    with schema_context(PUBLIC):
        entries = AuditEntry.objects.about(case.ticket.pk).order_by("at", "id")
        return list(entries.values_list("action", "actor_name"))


def world(case: Forwarded) -> dict[str, str]:
    """Every table of both schemas."""
    return {
        f"{schema}.{table}": mark
        for schema in ("public", case.reseller.schema_name)
        for table, mark in fingerprint(schema).items()
    }


class TestForwarding:
    """From the reseller's queue to the desk."""

    def test_makes_a_ticket_that_tells_all_that_is_needed(self, alpha: Reseller) -> None:
        dana = StaffMemberFactory(admin=True, user__full_name="Dana Miller").user
        asked = AccountRequestFactory(
            request__requester=StaffMemberFactory(user__full_name="Robin Fisher").user
        )
        CustomerProviderFactory(customer=asked.account.customer)

        account_decisions.approve_and_forward(asked.request, version=1, by=dana)

        asked.refresh_from_db()
        account = asked.account
        with schema_context(PUBLIC):
            ticket = FulfilmentTicket.objects.get()
            assert AuditEntry.objects.about(ticket.pk).get().action == "ticket.received"
            assert AuditEntry.objects.about(alpha.pk).filter(subject_id=ticket.pk).exists()
        assert asked.ticket_id == ticket.pk
        assert (ticket.reseller_id, ticket.request_id, ticket.cloud_account_id) == (
            alpha.pk,
            asked.pk,
            account.pk,
        )
        assert (ticket.kind, ticket.state, ticket.provider) == ("link", "open", "aws")
        assert (ticket.customer_name, ticket.account_name, ticket.account_id) == (
            str(account.customer),
            account.name,
            account.account_id,
        )
        assert (ticket.root_email, ticket.role_arn) == (account.root_email, account.role_arn)
        assert ticket.role_check.startswith("OK, 20")
        assert (ticket.support, ticket.reason) == ("Business", "We start in March.")
        assert (ticket.requested_by, ticket.approved_by) == ("Robin Fisher", "Dana Miller")

    def test_leaves_neither_when_the_transaction_fails(
        self, alpha: Reseller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        dana = StaffMemberFactory(admin=True).user
        asked = AccountRequestFactory()
        CustomerProviderFactory(customer=asked.account.customer)

        def fail(_request: object) -> None:
            raise RuntimeError

        monkeypatch.setattr("approvals.account_mails.approved", fail)
        with pytest.raises(RuntimeError):
            account_decisions.approve_and_forward(asked.request, version=1, by=dana)

        asked.request.refresh_from_db()
        assert asked.request.status == "pending"
        with schema_context(PUBLIC):
            assert not FulfilmentTicket.objects.exists()


class TestAtTheProvider:
    def test_an_invitation_is_ordered_through_the_platform(
        self, case: Forwarded, operator: User
    ) -> None:
        invite(case, operator)

        with tenant_context(case.reseller):
            invitation = Invitation.objects.get()
        assert (invitation.account_id, invitation.via) == (case.asked.account_id, "platform")
        ticket = case.fresh
        assert (ticket.state, ticket.errand) == ("under_way", "Invitation: Being sent")
        assert actions(case) == [
            ("ticket.errand_changed", ""),
            ("ticket.invitation_ordered", "Olivia"),
        ]
        assert connection.schema_name == "public"

    @pytest.mark.django_db(transaction=True)
    def test_what_is_sent_to_a_worker_belongs_to_the_reseller(
        self, case: Forwarded, operator: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sent: list[str] = []
        monkeypatch.setattr(
            errands.run_errands, "delay", lambda **_told: sent.append(str(connection.schema_name))
        )

        invite(case, operator)

        assert sent == ["alpha"]

    def test_an_account_is_ordered_through_the_platform(
        self, new_account: Forwarded, operator: User
    ) -> None:
        create(new_account, operator)

        with tenant_context(new_account.reseller):
            creation = Creation.objects.get()
        assert (creation.account_id, creation.via) == (new_account.asked.account_id, "platform")
        assert new_account.fresh.errand == "New account: Being ordered"

    def test_two_orders_are_one(self, case: Forwarded, operator: User) -> None:
        invite(case, operator)
        before = world(case)

        with pytest.raises(CannotActError, match="under way"):
            invite(case, operator)

        assert world(case) == before

    def test_an_invitation_that_waits_is_sent_again_or_withdrawn(
        self, case: Forwarded, operator: User
    ) -> None:
        with tenant_context(case.reseller):
            InvitationFactory(account=case.account, pending=True)

        resend(case, operator)
        cancel(case, operator)

        with tenant_context(case.reseller):
            assert Invitation.objects.get().is_to_be_cancelled
        assert [action for action, name in actions(case) if name] == [
            "ticket.invitation_resent",
            "ticket.invitation_withdrawn",
        ]

    @pytest.mark.parametrize("act", [resend, cancel])
    def test_what_does_not_wait_is_neither(self, case: Forwarded, operator: User, act: Act) -> None:
        before = world(case)

        with pytest.raises(CannotActError, match="No invitation waits"):
            act(case, operator)

        assert world(case) == before

    @pytest.mark.parametrize("act", [invite, create])
    def test_nothing_is_ordered_that_the_ticket_does_not_ask_for(
        self, unlinking: Forwarded, operator: User, act: Act
    ) -> None:
        before = world(unlinking)

        with pytest.raises(CannotActError, match="not what this ticket asks for"):
            act(unlinking, operator)

        assert world(unlinking) == before


class TestByHand:
    def test_a_linked_account_closes_the_ticket_and_the_request(
        self, case: Forwarded, operator: User
    ) -> None:
        done(case, operator)

        assert (case.fresh.state, case.request.status, case.account.status) == (
            "done",
            "fulfilled",
            "linked",
        )
        assert ("ticket.done_by_hand", "Olivia") in actions(case)

    def test_an_unlinked_account_closes_both(self, unlinking: Forwarded, operator: User) -> None:
        done(unlinking, operator)

        assert (unlinking.fresh.state, unlinking.request.status, unlinking.account.status) == (
            "done",
            "fulfilled",
            "unlinked",
        )

    def test_a_new_account_gets_the_id_that_was_typed(
        self, new_account: Forwarded, operator: User
    ) -> None:
        tickets.mark_done(new_account.ticket, account_id="3333-4444-5555", by=operator)

        assert new_account.account.account_id == "333344445555"
        assert (new_account.fresh.account_id, new_account.fresh.state) == ("333344445555", "done")

    def test_an_account_of_another_reseller_is_linked_to_nobody_else(
        self, case: Forwarded, bravo: Reseller, operator: User
    ) -> None:
        with tenant_context(bravo):
            CloudAccountFactory(linked=True, account_id=case.account.account_id)
        before = world(case)

        with pytest.raises(CannotActError, match="Another reseller"):
            done(case, operator)

        assert world(case) == before

    def test_a_new_account_of_another_reseller_is_linked_to_nobody_else(
        self, new_account: Forwarded, bravo: Reseller, operator: User
    ) -> None:
        with tenant_context(bravo):
            CloudAccountFactory(linked=True, account_id="333344445555")

        with pytest.raises(CannotActError, match="Another reseller"):
            tickets.mark_done(new_account.ticket, account_id="333344445555", by=operator)

        assert new_account.account.account_id == ""

    def test_a_bad_id_is_named_beside_its_field(
        self, new_account: Forwarded, operator: User
    ) -> None:
        before = world(new_account)

        with pytest.raises(CannotActError) as refused:
            done(new_account, operator)

        assert refused.value.field == "account_id"
        assert world(new_account) == before

    @pytest.mark.parametrize(
        ("fixture", "status"),
        [("case", "draft"), ("new_account", "draft"), ("unlinking", "linked")],
    )
    def test_a_failure_is_told_to_the_reseller(
        self, request: pytest.FixtureRequest, operator: User, fixture: str, status: str
    ) -> None:
        case: Forwarded = request.getfixturevalue(fixture)

        failed(case, operator)

        ticket = case.fresh
        assert (ticket.state, ticket.outcome_note) == ("failed", "The provider refuses.")
        assert (case.request.status, case.request.outcome_note) == (
            "failed",
            "The provider refuses.",
        )
        assert case.account.status == status
        with tenant_context(case.reseller):
            mail = OutgoingMail.objects.get()
        assert mail.kind == "account_request_failed"
        assert "The provider refuses." in mail.text_body

    def test_a_failure_needs_a_reason(self, case: Forwarded, operator: User) -> None:
        before = world(case)

        with pytest.raises(CannotActError) as refused:
            tickets.mark_failed(case.ticket, reason=" ", by=operator)

        assert refused.value.field == "reason"
        assert world(case) == before

    @pytest.mark.parametrize("act", [done, failed])
    def test_what_the_provider_works_on_is_withdrawn_first(
        self, case: Forwarded, operator: User, act: Act
    ) -> None:
        with tenant_context(case.reseller):
            InvitationFactory(account=case.account, pending=True)
        before = world(case)

        with pytest.raises(CannotActError, match="working on it"):
            act(case, operator)

        assert world(case) == before


class TestFollowing:
    def test_an_accepted_invitation_closes_the_ticket(self, case: Forwarded) -> None:
        case.become(Status.LINKED)

        assert (case.fresh.state, case.request.status) == ("done", "fulfilled")
        assert actions(case) == [("ticket.closed", "")]

    def test_an_account_that_comes_back_fails_the_ticket(self, case: Forwarded) -> None:
        case.become(Status.DRAFT, note="The owner declined.")

        assert (case.fresh.state, case.fresh.outcome_note) == ("failed", "The owner declined.")

    def test_a_ticket_of_another_reseller_with_the_same_account_stays(
        self, case: Forwarded, bravo: Reseller
    ) -> None:
        other = FulfilmentTicketFactory(reseller=bravo, cloud_account_id=case.asked.account_id)

        case.become(Status.LINKED)

        other.refresh_from_db()
        assert other.state == "open"

    def test_credentials_are_sent_by_a_link_after_the_account_was_linked(
        self, case: Forwarded, operator: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        case.become(Status.LINKED)

        tickets.send_credentials(
            case.ticket,
            text="user: admin, password: s3cret",
            to=Recipient(email="anna@acme.example", name="Anna"),
            by=operator,
        )

        assert case.fresh.credentials_sent_at
        assert ("ticket.credentials_attached", "Olivia") in actions(case)
        with tenant_context(case.reseller):
            kinds = set(OutgoingMail.objects.values_list("kind", flat=True))
        assert "credentials_link" in kinds

    def test_credentials_of_an_account_that_is_not_linked_are_refused(
        self, case: Forwarded, operator: User
    ) -> None:
        before = world(case)

        with pytest.raises(CannotActError, match="for linked accounts only"):
            tickets.send_credentials(
                case.ticket, text="x", to=Recipient(email="anna@acme.example"), by=operator
            )

        assert world(case) == before


class TestWhoseItIs:
    def test_an_operator_takes_it_and_gives_it_away(self, case: Forwarded, operator: User) -> None:
        tickets.assign(case.ticket, operator, by=operator)
        assert case.fresh.assignee == operator

        tickets.assign(case.ticket, None, by=operator)
        assert FulfilmentTicket.objects.get().assignee_id is None
        assert [action for action, _name in actions(case)] == ["ticket.assigned"] * 2

    def test_taking_it_twice_is_taking_it_once(self, case: Forwarded, operator: User) -> None:
        tickets.assign(case.ticket, operator, by=operator)
        before = world(case)

        tickets.assign(case.ticket, operator, by=operator)

        assert world(case) == before

    def test_only_operators_have_tickets(self, case: Forwarded, operator: User) -> None:
        before_everything = UserFactory(is_staff=False)
        before = world(case)

        with pytest.raises(CannotActError, match="Only an active operator"):
            tickets.assign(case.ticket, before_everything, by=operator)

        assert world(case) == before

    def test_a_note_stays_with_the_operators(self, case: Forwarded, operator: User) -> None:
        tickets.note(case.ticket, "Called the customer.", by=operator)

        written = TicketNote.objects.get()
        assert (written.ticket, written.author, written.text) == (
            case.ticket,
            operator,
            "Called the customer.",
        )
        assert AuditEntry.objects.about(case.ticket.pk).get().note == ""

    def test_an_empty_note_is_none(self, case: Forwarded, operator: User) -> None:
        with pytest.raises(CannotActError):
            tickets.note(case.ticket, "\n", by=operator)

        assert not TicketNote.objects.exists()


ACTS: dict[str, Act] = {
    "invite": invite,
    "resend": resend,
    "cancel": cancel,
    "create": create,
    "done": done,
    "failed": failed,
    "assign": lambda case, by: tickets.assign(case.ticket, by, by=by),
    "discard": lambda case, by: tickets.discard(case.ticket, by=by),
}


@pytest.mark.parametrize("state", ["done", "failed", "cancelled"])
@pytest.mark.parametrize("name", ACTS)
def test_a_closed_ticket_stays_as_it_is(
    case: Forwarded, operator: User, name: str, state: str
) -> None:
    FulfilmentTicket.objects.update(state=state, closed_at=timezone.now(), outcome_note="Over.")
    before = world(case)

    with pytest.raises(CannotActError, match="This ticket is closed"):
        ACTS[name](case, operator)

    assert world(case) == before


@pytest.mark.parametrize("name", ["invite", "resend", "cancel", "create", "done", "failed"])
def test_nothing_is_done_at_a_reseller_out_of_service(
    case: Forwarded, operator: User, name: str
) -> None:
    Reseller.objects.filter(pk=case.reseller.pk).update(
        suspended_at=timezone.now(), suspension_reason="Unpaid"
    )
    hosts.forget()
    before = world(case)

    with pytest.raises(CannotActError, match="not in service"):
        ACTS[name](case, operator)

    assert world(case) == before


class TestAfterARestore:
    def test_a_ticket_that_nobody_waits_for_is_discarded(
        self, alpha: Reseller, operator: User
    ) -> None:
        connection.set_schema_to_public()
        ticket = FulfilmentTicketFactory(reseller=alpha)
        case = Forwarded(alpha, ticket, AccountRequest(pk=uuid.uuid4()))

        with pytest.raises(CannotActError, match="do not know this request"):
            invite(case, operator)
        tickets.discard(ticket, by=operator)

        ticket.refresh_from_db()
        assert ticket.state == "cancelled"

    def test_a_ticket_that_somebody_waits_for_is_not_discarded(
        self, case: Forwarded, operator: User
    ) -> None:
        before = world(case)

        with pytest.raises(CannotActError, match="waits for this"):
            tickets.discard(case.ticket, by=operator)

        assert world(case) == before

    def test_requests_and_tickets_that_do_not_know_each_other_end(
        self, case: Forwarded, alpha: Reseller
    ) -> None:
        orphan = FulfilmentTicketFactory(reseller=alpha)
        with tenant_context(alpha):
            lost = AccountRequestFactory(forwarded=True)
            told = list(restoring.set_right(Restoration(alpha, alpha.host, takes_over=True)))

            lost.refresh_from_db()
            lost.account.refresh_from_db()
            assert (lost.request.status, lost.is_open, lost.account.status) == (
                "failed",
                False,
                "draft",
            )
            assert not OutgoingMail.objects.exists()
            assert CloudAccount.objects.get(pk=case.asked.account_id).status == "in_progress"
        orphan.refresh_from_db()
        assert orphan.state == "cancelled"
        assert (case.fresh.state, case.request.status) == ("open", "forwarded")
        assert [sentence.split()[0] for sentence in told] == ["1", "1"]
