"""What a customer's administrators ask for about cloud accounts, in the portal."""

import uuid
from http import HTTPStatus
from typing import Any

import pytest
from django.utils.html import escape
from django_tenants.utils import tenant_context

from accounts.models import User
from approvals.flows import account_decisions
from approvals.flows.decisions import Refusal
from approvals.models import AccountRequest, ApprovalRequest
from cloudaccounts.models import CloudAccount
from customers.models import Customer
from notifications.models import OutgoingMail
from resellers.models import Reseller
from tests.console.staff import NASTY
from tests.factories.accounts import StaffMemberFactory
from tests.factories.approvals import AccountRequestFactory, RequestMessageFactory
from tests.factories.cloudaccounts import CloudAccountFactory, CustomerProviderFactory
from tests.factories.customers import MembershipFactory
from tests.harness.clients import HostClient

PAGES = ["", "answer/", "withdraw/"]


@pytest.fixture
def customer(alpha: Reseller) -> Customer:
    customer: Customer = CustomerProviderFactory().customer
    return customer


@pytest.fixture
def anna(customer: Customer, alpha_client: HostClient) -> User:
    """An administrator of the customer, logged in."""
    user: User = MembershipFactory(customer=customer, user__full_name="Anna Schmidt").user
    alpha_client.force_login(user)
    return user


@pytest.fixture
def asked(anna: User, customer: Customer) -> AccountRequest:
    """What Anna asked for."""
    found: AccountRequest = AccountRequestFactory(
        in_portal=True,
        account__customer=customer,
        account__name="Production",
        request__requester=anna,
    )
    return found


def base(customer: Customer) -> str:
    return f"/portal/{customer.pk}/requests/"


def path_of(asked: AccountRequest, page: str = "") -> str:
    return f"{base(asked.account.customer)}{asked.pk}/{page}"


def new_account(**typed: str) -> dict[str, str]:
    return {
        "provider": "aws",
        "name": "Shop",
        "root_email": "root@acme.example",
        "support": "business",
        "reason": "We start in March.",
        "submission": str(uuid.uuid4()),
        **typed,
    }


class TestAsking:
    def test_a_new_account_is_asked_for_and_the_approvers_are_mailed(
        self, alpha_client: HostClient, anna: User, customer: Customer
    ) -> None:
        dana = StaffMemberFactory(admin=True).user
        page = f"{base(customer)}new-account/"
        assert "Amazon Web Services" in alpha_client.get(page).content.decode()

        response = alpha_client.post(page, new_account())

        asked = AccountRequest.objects.select_related("account", "request").get()
        assert response["Location"] == path_of(asked)
        assert asked.in_portal
        assert (asked.request.requester, asked.request.kind) == (anna, "new_account")
        assert (asked.account.name, asked.account.status) == ("Shop", "requested")
        assert OutgoingMail.objects.get().recipient_email == dana.email

    @pytest.mark.parametrize(("traits", "kind"), [({}, "link"), ({"linked": True}, "unlink")])
    def test_an_account_of_the_company_is_asked_about(
        self,
        alpha_client: HostClient,
        anna: User,
        customer: Customer,
        traits: dict[str, bool],
        kind: str,
    ) -> None:
        account = CloudAccountFactory(customer=customer, **traits)
        page = f"{base(customer)}ask/{account.pk}/"
        assert alpha_client.get(page).status_code == HTTPStatus.OK
        typed = {"reason": "x", "submission": str(uuid.uuid4())}

        places = {alpha_client.post(page, typed)["Location"] for _click in range(2)}

        asked = AccountRequest.objects.select_related("request", "account__customer").get()
        assert asked.request.kind == kind
        assert places == {path_of(asked)}

    def test_a_provider_that_is_not_shown_is_not_offered(
        self, alpha_client: HostClient, anna: User, customer: Customer
    ) -> None:
        customer.providers.update(shown_in_portal=False)
        account = CloudAccountFactory(customer=customer)

        response = alpha_client.post(f"{base(customer)}new-account/", new_account())

        assert response.context["form"].errors["provider"]
        assert alpha_client.get(f"{base(customer)}ask/{account.pk}/").status_code == 404
        assert alpha_client.post(f"{base(customer)}ask/{account.pk}/", {}).status_code == 404
        assert not ApprovalRequest.objects.exists()

    @pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
    def test_every_text_is_taken_or_refused_with_a_sentence(
        self, alpha_client: HostClient, anna: User, customer: Customer, text: str
    ) -> None:
        typed = new_account(name=text, reason=text)

        response = alpha_client.post(f"{base(customer)}new-account/", typed)

        assert response.status_code in {HTTPStatus.OK, HTTPStatus.FOUND}
        taken = response.status_code == HTTPStatus.FOUND
        assert AccountRequest.objects.exists() is taken
        if taken:
            page = alpha_client.get(response["Location"]).content.decode()
            assert "<script>alert" not in page


class TestThePage:
    @pytest.mark.parametrize(
        ("trait", "words"),
        [
            ("", "decides about your request"),
            ("questioned", "needs your answer"),
            ("under_way", "sees to it that it is done"),
            ("fulfilled", "Done"),
            ("failed", "The owner of the account declined the invitation."),
            ("refused", "Details are incomplete"),
            ("withdrawn", "Withdrawn"),
        ],
    )
    def test_tells_where_it_stands_and_who_has_the_ball(
        self, alpha_client: HostClient, anna: User, customer: Customer, trait: str, words: str
    ) -> None:
        traits = {trait: True} if trait else {}
        asked = AccountRequestFactory(in_portal=True, **traits)
        CloudAccount.objects.update(customer=customer)
        ApprovalRequest.objects.update(customer=customer)

        page = alpha_client.get(f"{base(customer)}{asked.pk}/").content.decode()

        assert escape(words) in page
        assert "Cloud Ops" not in page

    def test_lists_what_the_companys_people_asked_for(
        self, alpha_client: HostClient, asked: AccountRequest, customer: Customer
    ) -> None:
        AccountRequestFactory(account__customer=customer, account__name="Internal of the reseller")

        page = alpha_client.get(base(customer)).content.decode()

        assert "Production" in page
        assert "Internal of the reseller" not in page

    def test_what_staff_asked_for_is_not_the_companys_to_see(
        self, alpha_client: HostClient, anna: User, customer: Customer
    ) -> None:
        internal = AccountRequestFactory(account__customer=customer, questioned=True)

        for page in PAGES:
            assert alpha_client.get(path_of(internal, page)).status_code == 404
            assert alpha_client.post(path_of(internal, page)).status_code in {404, 405}
        internal.request.refresh_from_db()
        assert internal.request.status == "needs_information"

    @pytest.mark.parametrize("role", ["billing", "viewer"])
    def test_only_administrators_ask(
        self, alpha_client: HostClient, asked: AccountRequest, customer: Customer, role: str
    ) -> None:
        alpha_client.force_login(MembershipFactory(customer=customer, role=role).user)
        account = CloudAccountFactory(customer=customer)

        for page in ("", "new-account/", f"ask/{account.pk}/", f"{asked.pk}/"):
            assert alpha_client.get(base(customer) + page).status_code == 403
        alpha_client.post(path_of(asked, "withdraw/"))
        asked.request.refresh_from_db()
        assert asked.request.status == "pending"

    def test_another_companys_requests_are_not_found(
        self, alpha_client: HostClient, anna: User, customer: Customer
    ) -> None:
        foreign = AccountRequestFactory(in_portal=True, questioned=True)
        foreign_account = CloudAccountFactory()

        for page in PAGES:
            for path in (path_of(foreign, page), f"{base(customer)}{foreign.pk}/{page}"):
                assert alpha_client.get(path).status_code == 404
                assert alpha_client.post(path, {"text": "x"}).status_code in {404, 405}
        assert alpha_client.get(f"{base(customer)}ask/{foreign_account.pk}/").status_code == 404
        foreign.request.refresh_from_db()
        assert foreign.request.status == "needs_information"

    def test_another_resellers_requests_are_not_found(
        self, alpha_client: HostClient, anna: User, customer: Customer, bravo: Reseller
    ) -> None:
        with tenant_context(bravo):
            foreign = AccountRequestFactory(in_portal=True)

        assert alpha_client.get(f"{base(customer)}{foreign.pk}/").status_code == 404


class TestAnsweringAndWithdrawing:
    def test_a_question_is_shown_and_answered(
        self, alpha_client: HostClient, asked: AccountRequest
    ) -> None:
        dana = StaffMemberFactory(admin=True).user
        account_decisions.ask_for_information(asked.request, "Who owns it?", version=1, by=dana)
        assert "Who owns it?" in alpha_client.get(path_of(asked, "answer/")).content.decode()

        response = alpha_client.post(path_of(asked, "answer/"), {"text": "Our <b>IT</b>."})

        assert response["Location"] == path_of(asked)
        page = alpha_client.get(path_of(asked)).content.decode()
        assert "Our &lt;b&gt;IT&lt;/b&gt;." in page
        asked.request.refresh_from_db()
        assert asked.request.status == "pending"

    def test_what_nobody_asked_is_not_answered(
        self, alpha_client: HostClient, asked: AccountRequest
    ) -> None:
        assert alpha_client.get(path_of(asked, "answer/"))["Location"] == path_of(asked)

        page = alpha_client.post(path_of(asked, "answer/"), {"text": "x"}, follow=True)

        assert "Nobody waits for an answer" in page.content.decode()

    def test_a_request_is_withdrawn_after_a_question(
        self, alpha_client: HostClient, asked: AccountRequest
    ) -> None:
        assert alpha_client.get(path_of(asked, "withdraw/")).status_code == HTTPStatus.OK
        asked.request.refresh_from_db()
        assert asked.request.status == "pending"

        alpha_client.post(path_of(asked, "withdraw/"))

        asked.request.refresh_from_db()
        asked.account.refresh_from_db()
        assert (asked.request.status, asked.account.status) == ("withdrawn", "draft")

    def test_what_was_decided_meanwhile_is_told(
        self, alpha_client: HostClient, asked: AccountRequest
    ) -> None:
        dana = StaffMemberFactory(admin=True, user__full_name="Dana Miller").user
        account_decisions.decline(asked.request, Refusal(reason="credit"), version=1, by=dana)

        page = alpha_client.post(path_of(asked, "withdraw/"), follow=True).content.decode()

        assert "Already declined by Dana Miller" in page

    def test_the_conversation_names_no_staff(
        self, alpha_client: HostClient, asked: AccountRequest
    ) -> None:
        message: Any = RequestMessageFactory(request=asked.request)

        page = alpha_client.get(path_of(asked)).content.decode()

        assert message.text in page
        assert str(message.author) not in page
