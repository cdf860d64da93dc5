"""Requests about cloud accounts, as staff in a browser meet them."""

import uuid
from http import HTTPStatus
from typing import Any

import pytest
from django.utils.html import escape
from django_tenants.utils import schema_context, tenant_context

from accounts.models import User
from approvals.flows import account_decisions
from approvals.flows.decisions import Refusal
from approvals.models import AccountRequest, ApprovalRequest, RequestMessage
from audit.models import AuditEntry
from cloudaccounts.models import CloudAccount, Invitation
from notifications.models import OutgoingMail
from operations.models import FulfilmentTicket
from resellers.models import Reseller
from resellers.schemas import PUBLIC
from tests.console.staff import NASTY
from tests.factories.accounts import StaffMemberFactory
from tests.factories.approvals import (
    AccountRequestFactory,
    ApprovalRequestFactory,
    RequestMessageFactory,
)
from tests.factories.cloudaccounts import (
    CloudAccountFactory,
    ConnectionFactory,
    CustomerProviderFactory,
)
from tests.factories.customers import CustomerFactory
from tests.harness.clients import HostClient

QUEUE = "/console/requests/"
DECIDERS = ["owner", "admin"]
READERS = ["billing", "support", "viewer"]
DECISIONS = ["forward", "here", "decline", "question", "done", "failed"]
ASKERS = ["owner", "admin", "support"]


@pytest.fixture
def dana(alpha: Reseller, alpha_client: HostClient) -> User:
    user: User = StaffMemberFactory(admin=True, user__full_name="Dana Miller").user
    alpha_client.force_login(user)
    return user


@pytest.fixture
def asked(alpha: Reseller) -> AccountRequest:
    """A request to link an account that nothing stands in the way of."""
    found: AccountRequest = AccountRequestFactory(account__name="Production")
    CustomerProviderFactory(customer=found.account.customer)
    return found


def path_of(asked: AccountRequest, page: str = "") -> str:
    return f"{QUEUE}accounts/{asked.pk}/{page}"


def send(client: HostClient, asked: AccountRequest, page: str, **typed: Any) -> Any:
    return client.post(path_of(asked, f"{page}/"), {"version": 1, **typed})


class TestTheQueue:
    def test_shows_every_kind_in_one_list(self, alpha_client: HostClient, dana: User) -> None:
        signup = ApprovalRequestFactory(signup__company="Applicant GmbH")
        link = AccountRequestFactory(customer_name="Acme GmbH")
        AccountRequestFactory(new_account=True, customer_name="Beta AG")
        AccountRequestFactory(unlink=True, customer_name="Gamma KG")

        page = alpha_client.get(QUEUE).content.decode()

        for told in (
            *("From", "Request type", "Provider", "Status", "Created", "Waiting"),
            *("Applicant GmbH", "Acme GmbH", "Beta AG", "Gamma KG"),
            *("Sign-up", "Link account", "New account", "Unlink account", "Amazon Web Services"),
        ):
            assert told in page, told
        assert f'href="{QUEUE}{signup.pk}/"' in page
        assert f'href="{path_of(link)}"' in page
        assert "4 requests" in page

    @pytest.mark.parametrize(
        ("query", "number"),
        [
            ("", 2),
            ("?view=asked", 1),
            ("?view=decided", 5),
            ("?view=all", 8),
            ("?view=all&status=failed", 1),
            ("?view=all&status=withdrawn", 1),
            ("?view=all&kind=unlink", 1),
            ("?view=all&kind=signup", 0),
            ("?view=all&provider=aws", 8),
            ("?view=all&provider=google", 0),
            ("?view=all&kind=unlink&provider=aws&status=pending", 1),
        ],
    )
    def test_views_and_filters_narrow_it(
        self, alpha_client: HostClient, dana: User, query: str, number: int
    ) -> None:
        for traits in (
            *({}, {"unlink": True}, {"questioned": True}, {"under_way": True}),
            *({"fulfilled": True}, {"failed": True}, {"refused": True}, {"withdrawn": True}),
        ):
            AccountRequestFactory(**traits)

        listing = alpha_client.get(QUEUE + query).context["listing"]

        assert len(listing.rows) == number
        assert listing.notices == []

    @pytest.mark.parametrize("text", ["acme", "ACME prod", "123456789012", "4567"])
    def test_finds_by_customer_account_and_id(
        self, alpha_client: HostClient, dana: User, text: str
    ) -> None:
        wanted = AccountRequestFactory(
            customer_name="Acme GmbH", account_name="Production", account_id_then="123456789012"
        )
        AccountRequestFactory(account_id_then="000000000000")
        ApprovalRequestFactory(signup__company="Applicant", signup__phone="0")

        listing = alpha_client.get(QUEUE, {"q": text}).context["listing"]

        assert [row.record.pk for row in listing.rows] == [wanted.pk]

    def test_one_search_finds_both_kinds(self, alpha_client: HostClient, dana: User) -> None:
        ApprovalRequestFactory(signup__company="Acme Subsidiary")
        AccountRequestFactory(customer_name="Acme GmbH")

        listing = alpha_client.get(QUEUE, {"q": "acme"}).context["listing"]

        assert len(listing.rows) == 2

    @pytest.mark.parametrize("role", DECIDERS + READERS)
    def test_offers_decisions_about_many_to_who_may_decide(
        self, alpha_client: HostClient, asked: AccountRequest, role: str
    ) -> None:
        alpha_client.force_login(StaffMemberFactory(role=role).user)

        page = alpha_client.get(QUEUE).content.decode()

        assert ('name="ids"' in page) is (role in DECIDERS)

    def test_never_shows_another_resellers(
        self, alpha_client: HostClient, dana: User, bravo: Reseller
    ) -> None:
        with tenant_context(bravo):
            foreign = AccountRequestFactory(customer_name="Foreign AG")

        for query in ("", "?view=all", "?q=foreign"):
            assert "Foreign AG" not in alpha_client.get(QUEUE + query).content.decode()
        for page in ("", *(f"{each}/" for each in [*DECISIONS, "answer", "withdraw"])):
            for method in (alpha_client.get, alpha_client.post):
                response = method(path_of(foreign, page))
                assert response.status_code in {404, 405}, page


class TestThePage:
    def test_shows_what_is_asked_and_what_the_checks_find(
        self, alpha_client: HostClient, dana: User, asked: AccountRequest
    ) -> None:
        page = alpha_client.get(path_of(asked)).content.decode()

        for told in (
            *("Production", asked.customer_name, asked.account.account_id),
            *(asked.account.root_email, asked.account.role_arn, "We start in March."),
            *("Business", str(asked.request.requester)),
            "is enabled for the customer",
            "The role works",
            "belongs to nobody else",
        ):
            assert escape(told) in page, told

    @pytest.mark.parametrize("role", DECIDERS + READERS)
    def test_every_role_reads_and_some_decide(
        self, alpha_client: HostClient, asked: AccountRequest, role: str
    ) -> None:
        alpha_client.force_login(StaffMemberFactory(role=role).user)

        page = alpha_client.get(path_of(asked)).content.decode()

        assert ("Approve and forward" in page) is (role in DECIDERS)
        assert ("Withdraw the request" in page) is (role in ASKERS)

    def test_offers_the_own_connection_where_there_is_one(
        self, alpha_client: HostClient, dana: User, asked: AccountRequest
    ) -> None:
        words = "through your own connection"
        assert words not in alpha_client.get(path_of(asked)).content.decode()

        ConnectionFactory()

        assert words in alpha_client.get(path_of(asked)).content.decode()

    def test_offers_no_approval_that_a_check_blocks(
        self, alpha_client: HostClient, dana: User
    ) -> None:
        page = alpha_client.get(path_of(AccountRequestFactory())).content.decode()

        assert "is not enabled for the customer" in page
        assert "Approve and forward" not in page
        assert "Ask for information" in page

    @pytest.mark.parametrize(
        "trait",
        [
            *("new_account", "unlink", "questioned", "under_way", "unlinking", "forwarded"),
            *("fulfilled", "failed", "refused", "withdrawn"),
        ],
    )
    def test_reads_well_wherever_it_stands(
        self, alpha_client: HostClient, dana: User, trait: str
    ) -> None:
        asked = AccountRequestFactory(**{trait: True})
        RequestMessageFactory(request=asked.request, text="Who <b>owns</b> it?")

        page = alpha_client.get(path_of(asked)).content.decode()

        assert escape(asked.request.get_status_display()) in page
        assert "Who &lt;b&gt;owns&lt;/b&gt; it?" in page

    def test_a_sign_up_is_no_request_about_an_account(
        self, alpha_client: HostClient, dana: User, asked: AccountRequest
    ) -> None:
        signup = ApprovalRequestFactory()

        assert alpha_client.get(f"{QUEUE}accounts/{signup.pk}/").status_code == 404
        assert alpha_client.get(f"{QUEUE}{asked.pk}/").status_code == 404
        assert alpha_client.post(f"{QUEUE}{asked.pk}/delete/").status_code == 404
        assert ApprovalRequest.objects.filter(pk=asked.pk).exists()


class TestDeciding:
    @pytest.mark.parametrize("role", READERS)
    @pytest.mark.parametrize("page", DECISIONS)
    def test_who_only_reads_decides_nothing(
        self, alpha_client: HostClient, asked: AccountRequest, role: str, page: str
    ) -> None:
        alpha_client.force_login(StaffMemberFactory(role=role).user)

        response = send(alpha_client, asked, page, reason="other", message="x", text="x", note="x")

        assert response.status_code == HTTPStatus.FORBIDDEN
        asked.request.refresh_from_db()
        assert asked.request.status == "pending"

    def test_forwarding_makes_a_ticket_and_leads_to_the_next_request(
        self, alpha_client: HostClient, dana: User, asked: AccountRequest
    ) -> None:
        following = ApprovalRequestFactory()

        response = send(alpha_client, asked, "forward")

        assert response["Location"] == f"{QUEUE}{following.pk}/"
        with schema_context(PUBLIC):
            assert FulfilmentTicket.objects.get().request_id == asked.pk
        page = alpha_client.get(path_of(asked)).content.decode()
        assert "Cloud Ops has it" in page

    def test_the_last_decision_leads_to_the_queue(
        self, alpha_client: HostClient, dana: User, asked: AccountRequest
    ) -> None:
        assert send(alpha_client, asked, "forward")["Location"] == QUEUE

    def test_approving_here_orders_the_invitation(
        self, alpha_client: HostClient, dana: User, asked: AccountRequest
    ) -> None:
        ConnectionFactory()

        send(alpha_client, asked, "here")

        assert Invitation.objects.get().via == "reseller"

    def test_declining_mails_the_reason(
        self, alpha_client: HostClient, dana: User, asked: AccountRequest
    ) -> None:
        assert "Decline" in alpha_client.get(path_of(asked, "decline/")).content.decode()

        send(alpha_client, asked, "decline", reason="credit", message="Bills are open.")

        assert "Bills are open." in OutgoingMail.objects.get().text_body
        page = alpha_client.get(path_of(asked)).content.decode()
        assert "Bills are open." in page

    @pytest.mark.parametrize("reason", ["", "duplicate", "other"])
    def test_declining_needs_a_reason_in_words(
        self, alpha_client: HostClient, dana: User, asked: AccountRequest, reason: str
    ) -> None:
        response = send(alpha_client, asked, "decline", reason=reason, message="")

        assert response.context["form"].errors
        asked.request.refresh_from_db()
        assert asked.request.status == "pending"

    def test_a_question_goes_out_and_its_answer_comes_back(
        self, alpha_client: HostClient, dana: User, asked: AccountRequest
    ) -> None:
        assert alpha_client.get(path_of(asked, "question/")).status_code == HTTPStatus.OK
        send(alpha_client, asked, "question", text="Who owns the mailbox?")

        page = alpha_client.get(path_of(asked, "answer/")).content.decode()
        assert "Who owns the mailbox?" in page
        send(alpha_client, asked, "answer", text="Our head of IT.")

        asked.request.refresh_from_db()
        assert asked.request.status == "pending"
        kinds = list(RequestMessage.objects.values_list("kind", flat=True))
        assert kinds == ["question", "answer"]

    def test_what_was_unlinked_by_hand_is_noted(self, alpha_client: HostClient, dana: User) -> None:
        asked = AccountRequestFactory(unlinking=True)
        assert "To be done by you" in alpha_client.get(path_of(asked)).content.decode()

        send(alpha_client, asked, "done")

        assert CloudAccount.objects.get().status == "unlinked"

    def test_what_could_not_be_done_by_hand_is_noted(
        self, alpha_client: HostClient, dana: User
    ) -> None:
        asked = AccountRequestFactory(unlinking=True)

        send(alpha_client, asked, "failed", note="AWS refuses.")

        asked.request.refresh_from_db()
        assert (asked.request.status, asked.request.outcome_note) == ("failed", "AWS refuses.")

    def test_a_withdrawal_asks_first(
        self, alpha_client: HostClient, dana: User, asked: AccountRequest
    ) -> None:
        assert alpha_client.get(path_of(asked, "withdraw/")).status_code == HTTPStatus.OK
        asked.request.refresh_from_db()
        assert asked.request.status == "pending"

        alpha_client.post(path_of(asked, "withdraw/"))

        asked.request.refresh_from_db()
        assert asked.request.status == "withdrawn"

    @pytest.mark.parametrize("page", ["forward", "here", "decline", "question"])
    def test_who_comes_late_reads_who_decided(
        self, alpha_client: HostClient, dana: User, asked: AccountRequest, page: str
    ) -> None:
        ConnectionFactory()
        robin = StaffMemberFactory(owner=True, user__full_name="Robin Fisher").user
        account_decisions.decline(asked.request, Refusal(reason="credit"), version=1, by=robin)
        mails = OutgoingMail.objects.count()

        response = send(alpha_client, asked, page, reason="other", message="x", text="x")

        assert response.status_code == HTTPStatus.CONFLICT
        assert "Already declined by Robin Fisher" in response.content.decode()
        assert OutgoingMail.objects.count() == mails

    @pytest.mark.parametrize("page", ["decline", "question", "answer", "done", "failed"])
    def test_a_form_that_has_no_meaning_any_more_says_so(
        self, alpha_client: HostClient, dana: User, page: str
    ) -> None:
        asked = AccountRequestFactory(withdrawn=True)

        response = alpha_client.get(path_of(asked, f"{page}/"))

        assert response.status_code == HTTPStatus.CONFLICT
        assert "Already withdrawn" in response.content.decode()

    @pytest.mark.parametrize("version", ["", "0", "-1", "x", "9" * 30, "٣", "2"])
    @pytest.mark.parametrize("page", ["forward", "here"])
    def test_a_version_that_nobody_saw_decides_nothing(
        self, alpha_client: HostClient, dana: User, asked: AccountRequest, page: str, version: str
    ) -> None:
        ConnectionFactory()

        response = alpha_client.post(path_of(asked, f"{page}/"), {"version": version})

        assert response.status_code == HTTPStatus.CONFLICT
        asked.request.refresh_from_db()
        assert asked.request.status == "pending"

    @pytest.mark.parametrize("page", ["forward", "here"])
    def test_opening_a_decision_decides_nothing(
        self, alpha_client: HostClient, dana: User, asked: AccountRequest, page: str
    ) -> None:
        response = alpha_client.get(path_of(asked, f"{page}/"))

        assert response.status_code == HTTPStatus.METHOD_NOT_ALLOWED


class TestAsking:
    @pytest.mark.parametrize("role", DECIDERS + READERS)
    def test_who_manages_accounts_asks(
        self, alpha_client: HostClient, alpha: Reseller, role: str
    ) -> None:
        customer = CustomerProviderFactory().customer
        account = CloudAccountFactory(customer=customer)
        alpha_client.force_login(StaffMemberFactory(role=role).user)
        path = f"{QUEUE}ask/{account.pk}/"

        response = alpha_client.post(path, {"reason": "x", "submission": str(uuid.uuid4())})

        assert AccountRequest.objects.exists() is (role in ASKERS)
        assert (response.status_code == HTTPStatus.FOUND) is (role in ASKERS)

    @pytest.mark.parametrize(
        ("traits", "heading"),
        [
            ({}, "Ask to link this account"),
            ({"created": True}, "Ask for this new account"),
            ({"linked": True}, "Ask to unlink this account"),
        ],
    )
    def test_the_page_asks_what_fits_the_account(
        self, alpha_client: HostClient, dana: User, traits: dict[str, bool], heading: str
    ) -> None:
        account = CloudAccountFactory(**traits)

        assert heading in alpha_client.get(f"{QUEUE}ask/{account.pk}/").content.decode()

    def test_who_asks_again_is_led_to_what_was_asked(
        self, alpha_client: HostClient, dana: User, asked: AccountRequest
    ) -> None:
        response = alpha_client.get(f"{QUEUE}ask/{asked.account_id}/")

        assert response["Location"] == path_of(asked)

    def test_the_form_sent_twice_is_one_request(self, alpha_client: HostClient, dana: User) -> None:
        account = CloudAccountFactory(customer=CustomerProviderFactory().customer)
        typed = {"reason": "x", "submission": str(uuid.uuid4())}

        places = {
            alpha_client.post(f"{QUEUE}ask/{account.pk}/", typed)["Location"] for _ in range(2)
        }

        assert places == {path_of(AccountRequest.objects.get())}

    def test_an_account_that_is_over_is_not_asked_about(
        self, alpha_client: HostClient, dana: User
    ) -> None:
        account = CloudAccountFactory(discarded=True)

        for method in (alpha_client.get, alpha_client.post):
            assert method(f"{QUEUE}ask/{account.pk}/").status_code == HTTPStatus.NOT_FOUND

    def test_a_new_account_is_set_up_and_asked_for_in_one_go(
        self, alpha_client: HostClient, dana: User
    ) -> None:
        customer = CustomerProviderFactory().customer
        path = f"{QUEUE}new-account/{customer.pk}/"
        assert "Amazon Web Services" in alpha_client.get(path).content.decode()
        typed = {
            "provider": "aws",
            "name": "Shop",
            "root_email": "root@acme.example",
            "support": "developer",
            "reason": "",
            "submission": str(uuid.uuid4()),
        }

        response = alpha_client.post(path, typed)

        asked = AccountRequest.objects.select_related("account").get()
        assert response["Location"] == path_of(asked)
        assert (asked.account.name, asked.account.origin, asked.support) == (
            "Shop",
            "created",
            "developer",
        )

    def test_only_enabled_providers_are_offered(self, alpha_client: HostClient, dana: User) -> None:
        customer = CustomerFactory()
        typed = {
            "provider": "aws",
            "name": "Shop",
            "root_email": "root@acme.example",
            "submission": str(uuid.uuid4()),
        }

        response = alpha_client.post(f"{QUEUE}new-account/{customer.pk}/", typed)

        assert response.context["form"].errors["provider"]
        assert not CloudAccount.objects.exists()

    @pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
    def test_every_text_is_taken_or_refused_with_a_sentence(
        self, alpha_client: HostClient, dana: User, text: str
    ) -> None:
        customer = CustomerProviderFactory().customer
        typed = {
            "provider": "aws",
            "name": text,
            "root_email": "root@acme.example",
            "reason": text,
            "submission": str(uuid.uuid4()),
        }

        response = alpha_client.post(f"{QUEUE}new-account/{customer.pk}/", typed)

        assert response.status_code in {HTTPStatus.OK, HTTPStatus.FOUND}
        taken = response.status_code == HTTPStatus.FOUND
        assert AccountRequest.objects.exists() is taken
        if taken:
            page = alpha_client.get(response["Location"]).content.decode()
            assert "<script>alert" not in page


def test_the_search_in_everything_finds_requests_about_accounts(
    alpha_client: HostClient, dana: User
) -> None:
    asked = AccountRequestFactory(customer_name="Acme GmbH", account_name="Production")

    for text in ("production", str(asked.pk)):
        page = alpha_client.get("/console/search", {"q": text}, follow=True).content.decode()
        assert path_of(asked) in page


def test_the_timeline_of_the_account_tells_of_its_request(
    alpha_client: HostClient, dana: User, asked: AccountRequest
) -> None:
    send(alpha_client, asked, "forward")

    entries = AuditEntry.objects.about(asked.account_id).values_list("action", flat=True)
    assert "request.forwarded" in list(entries)
