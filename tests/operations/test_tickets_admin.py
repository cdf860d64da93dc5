"""The tickets' list and pages, as operators in a browser meet them."""

import datetime as dt
from http import HTTPStatus
from typing import Any

import pytest
from django.utils import timezone
from django.utils.html import escape
from django_tenants.utils import tenant_context

from accounts.models import User
from audit.models import AuditEntry
from cloudaccounts.models import Invitation
from cloudaccounts.standing import Status
from notifications.models import OutgoingMail
from operations import tickets_admin
from operations.models import FulfilmentTicket, TicketNote
from operations.ticket_actions import ACTIONS
from resellers.models import Reseller
from resellers.schemas import connection
from tests.factories.accounts import UserFactory
from tests.factories.operations import FulfilmentTicketFactory, TicketNoteFactory
from tests.factories.resellers import ResellerFactory
from tests.harness.clients import HostClient
from tests.operations.cases import Forwarded, forwarded
from tests.operations.test_access import address

pytestmark = pytest.mark.django_db

MODEL = "operations_fulfilmentticket"
LIST, CHANGE = f"{MODEL}_changelist", f"{MODEL}_change"
NAMES = [action.name for action in ACTIONS]


@pytest.fixture
def case(alpha: Reseller, operator: User) -> Forwarded:
    found = forwarded(alpha)
    connection.set_schema_to_public()
    return found


def listed(admin: HostClient, **query: str) -> list[FulfilmentTicket]:
    response: Any = admin.get(address(LIST), query)
    assert response.status_code == HTTPStatus.OK
    return list(response.context["cl"].result_list)


def offered(admin: HostClient, ticket: FulfilmentTicket) -> list[str]:
    response: Any = admin.get(address(CHANGE, ticket.pk))
    return [each["url"].split("/")[-2] for each in response.context["ticket_actions"]]


def do(admin: HostClient, action: str, ticket: FulfilmentTicket, **typed: str) -> Any:
    return admin.post(address(f"{MODEL}_{action}", ticket.pk), typed)


class TestTheList:
    def test_shows_what_is_to_be_done_the_oldest_first(self, admin: HostClient) -> None:
        now = timezone.now()
        young, old = (
            FulfilmentTicketFactory(created_at=now - dt.timedelta(days=days)) for days in (1, 5)
        )
        under_way = FulfilmentTicketFactory(under_way=True)
        for trait in ("done", "failed"):
            FulfilmentTicketFactory(**{trait: True})

        assert listed(admin) == [old, young, under_way]

    def test_filters_by_state_kind_provider_reseller_and_age(self, admin: HostClient) -> None:
        week = timezone.now() - dt.timedelta(days=8)
        plain = FulfilmentTicketFactory(provider="azure")
        new = FulfilmentTicketFactory(new_account=True)
        old = FulfilmentTicketFactory(unlink=True, created_at=week)
        done = FulfilmentTicketFactory(done=True)

        assert listed(admin, state="done") == [done]
        assert len(listed(admin, state="all")) == 4
        assert listed(admin, kind__exact="new_account") == [new]
        assert listed(admin, provider__exact="azure") == [plain]
        assert listed(admin, reseller__id__exact=str(new.reseller_id)) == [new]
        assert listed(admin, older="7") == [old]

    def test_filters_by_whose_it_is(self, admin: HostClient, operator: User) -> None:
        mine = FulfilmentTicketFactory(assignee=operator)
        nobodys = FulfilmentTicketFactory()
        others = FulfilmentTicketFactory(assignee=UserFactory(is_staff=True))

        assert listed(admin, assigned="me") == [mine]
        assert listed(admin, assigned="nobody") == [nobodys]
        assert listed(admin, assigned="others") == [others]

    @pytest.mark.parametrize("text", ["acme", "ACME shop", "123456789012", "root@acme"])
    def test_finds_by_customer_account_id_and_email(self, admin: HostClient, text: str) -> None:
        wanted = FulfilmentTicketFactory(
            customer_name="Acme GmbH",
            account_name="Shop",
            account_id="123456789012",
            root_email="root@acme.example",
        )
        FulfilmentTicketFactory()

        assert listed(admin, q=text) == [wanted]

    def test_counts_no_further_than_anybody_turns_pages(
        self, admin: HostClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tickets_admin, "COUNTED", 60)
        FulfilmentTicketFactory.create_batch(70, reseller=ResellerFactory(ready=True))

        response: Any = admin.get(address(LIST))

        assert response.context["cl"].result_count == 60

    @pytest.mark.parametrize(
        "query",
        ["state=x", "older=x", "assigned=x", "q=%25_", "p=999", "o=9", "reseller__id__exact=x"],
    )
    def test_bears_nonsense_in_its_address(self, admin: HostClient, query: str) -> None:
        FulfilmentTicketFactory()

        assert admin.get(f"{address(LIST)}?{query}").status_code in {
            HTTPStatus.OK,
            HTTPStatus.FOUND,
        }

    def test_nobody_adds_changes_or_deletes_a_ticket(self, admin: HostClient) -> None:
        ticket = FulfilmentTicketFactory()
        before = FulfilmentTicket.objects.values().get()

        assert admin.get(address(f"{MODEL}_add")).status_code == HTTPStatus.FORBIDDEN
        assert admin.get(address(f"{MODEL}_delete", ticket.pk)).status_code == HTTPStatus.FORBIDDEN
        response = admin.post(address(CHANGE, ticket.pk), {"account_name": "Mallory's"})
        assert response.status_code == HTTPStatus.FORBIDDEN
        assert FulfilmentTicket.objects.values().get() == before


class TestThePage:
    def test_tells_everything_without_the_resellers_schema(self, admin: HostClient) -> None:
        ticket = FulfilmentTicketFactory(
            customer_name="<b>Acme</b>",
            trouble_code="AccountOwnerNotVerifiedException",
            trouble_request_id="4711-req",
            assignee=UserFactory(is_staff=True, full_name="Omar"),
        )
        TicketNoteFactory(ticket=ticket, text="Called <them>.")

        page = admin.get(address(CHANGE, ticket.pk)).content.decode()

        for told in (
            *("<b>Acme</b>", ticket.account_name, ticket.account_id, ticket.root_email),
            *(ticket.role_arn, ticket.role_check, "We start in March.", "Robin Fisher"),
            *("Dana Miller", "Omar", "Called <them>.", "4711-req", ticket.reseller.name),
        ):
            assert escape(told) in page, told
        assert "verified" in page  # what AWS's code means, in words

    @pytest.mark.parametrize(
        ("traits", "names"),
        [
            ({}, ["invite", "done", "failed", "note", "take", "discard"]),
            ({"new_account": True}, ["create", "done", "failed", "note", "take", "discard"]),
            ({"unlink": True}, ["done", "failed", "note", "take", "discard"]),
            ({"provider": "azure"}, ["done", "failed", "note", "take", "discard"]),
            ({"under_way": True}, ["resend", "withdraw", "note", "take", "discard"]),
            ({"done": True}, ["note"]),
            ({"done": True, "new_account": True}, ["credentials", "note"]),
            ({"failed": True}, ["note"]),
        ],
    )
    def test_offers_what_can_be_done_now(
        self, admin: HostClient, traits: dict[str, Any], names: list[str]
    ) -> None:
        assert offered(admin, FulfilmentTicketFactory(**traits)) == names

    @pytest.mark.parametrize("name", NAMES)
    def test_each_action_asks_before_it_does_anything(
        self, admin: HostClient, case: Forwarded, name: str
    ) -> None:
        before = FulfilmentTicket.objects.values().get()

        response = admin.get(address(f"{MODEL}_{name}", case.ticket.pk))

        assert response.status_code == HTTPStatus.OK
        assert FulfilmentTicket.objects.values().get() == before
        assert not AuditEntry.objects.about(case.ticket.pk).exists()

    def test_an_invitation_is_ordered_and_seen(self, admin: HostClient, case: Forwarded) -> None:
        response = do(admin, "invite", case.ticket)

        assert response["Location"] == address(CHANGE, case.ticket.pk)
        with tenant_context(case.reseller):
            assert Invitation.objects.count() == 1
        page = admin.get(address(CHANGE, case.ticket.pk))
        assert "Invitation: Being sent" in page.content.decode()
        assert page["Refresh"]

    def test_what_is_refused_is_told_and_changes_nothing(
        self, admin: HostClient, case: Forwarded
    ) -> None:
        response = admin.post(address(f"{MODEL}_create", case.ticket.pk), follow=True)

        assert "not what this ticket asks for" in response.content.decode()
        assert case.fresh.state == "open"

    def test_a_failure_without_a_reason_is_asked_for_it(
        self, admin: HostClient, case: Forwarded
    ) -> None:
        response: Any = do(admin, "failed", case.ticket, reason="")

        assert response.context["form"].errors["reason"]
        assert case.request.status == "forwarded"

    def test_a_failure_is_told_to_the_reseller(self, admin: HostClient, case: Forwarded) -> None:
        do(admin, "failed", case.ticket, reason="AWS refuses.")

        assert (case.fresh.state, case.request.outcome_note) == ("failed", "AWS refuses.")
        with tenant_context(case.reseller):
            mail = OutgoingMail.objects.get()
        assert f"//{case.reseller.host}/console/requests/accounts/{case.asked.pk}/" in (
            mail.text_body
        )

    def test_a_bad_id_stands_beside_its_field(
        self, admin: HostClient, alpha: Reseller, operator: User
    ) -> None:
        case = forwarded(alpha, new_account=True)
        connection.set_schema_to_public()

        response: Any = do(admin, "done", case.ticket, account_id="12")

        assert "12 digits" in str(response.context["form"].errors["account_id"])
        assert case.fresh.state == "open"

    def test_a_note_is_written(self, admin: HostClient, case: Forwarded, operator: User) -> None:
        do(admin, "note", case.ticket, text="Called them.")

        assert TicketNote.objects.get().author == operator

    def test_one_takes_it_and_gives_it_back(
        self, admin: HostClient, case: Forwarded, operator: User
    ) -> None:
        do(admin, "take", case.ticket)
        assert case.fresh.assignee == operator
        assert "release" in offered(admin, case.fresh)

        do(admin, "release", case.ticket)
        assert case.fresh.assignee is None

    def test_credentials_go_by_a_link_and_are_not_shown_again(
        self, admin: HostClient, alpha: Reseller, operator: User
    ) -> None:
        case = forwarded(alpha)
        case.become(Status.LINKED)
        connection.set_schema_to_public()
        typed = {"email": "anna@acme.example", "name": "Anna", "text": "password: hunter2-x"}

        response = do(admin, "credentials", case.ticket, **typed)

        assert response.status_code == HTTPStatus.FOUND
        page = admin.get(address(CHANGE, case.ticket.pk)).content.decode()
        assert "hunter2-x" not in page
        with tenant_context(alpha):
            mail = OutgoingMail.objects.get(kind="credentials_link")
            assert mail.recipient_email == "anna@acme.example"
            assert "hunter2-x" not in mail.text_body + mail.html_body + mail.secret_link
        assert not AuditEntry.objects.filter(note__contains="hunter2-x").exists()

    @pytest.mark.parametrize("name", NAMES)
    def test_an_unknown_ticket_is_not_found(self, admin: HostClient, name: str) -> None:
        path = address(f"{MODEL}_{name}", "00000000-0000-4000-8000-000000000009")

        assert admin.get(path).status_code == HTTPStatus.NOT_FOUND
        assert admin.post(path, {"text": "x"}).status_code == HTTPStatus.NOT_FOUND
