"""A company's people see their cloud accounts; its administrators link more."""

import re
import uuid
from typing import Any

import pytest

from accounts.models import User
from audit.models import AuditEntry
from cloudaccounts.models import CloudAccount
from customers.models import Customer
from customers.roles import CustomerRole
from demo.aws.world import MANAGEMENT
from resellers.models import Reseller
from tests.console.staff import NASTY
from tests.factories.cloudaccounts import (
    CloudAccountFactory,
    CustomerProviderFactory,
    role_of,
)
from tests.factories.customers import CustomFieldFactory, MembershipFactory
from tests.harness.clients import HostClient

FILLED = {"account_id": "1234-5678-9012", "name": "Web shop", "root_email": "root@acme.example"}
DO = ["access", "check"]


@pytest.fixture(autouse=True)
def principal(settings: Any) -> None:
    settings.AWS_PRINCIPAL = f"arn:aws:iam::{MANAGEMENT}:root"


@pytest.fixture
def customer(alpha: Reseller) -> Customer:
    """One whose people see AWS."""
    made: Customer = CustomerProviderFactory().customer
    return made


@pytest.fixture
def zoe(customer: Customer, alpha_client: HostClient) -> User:
    """The company's administrator, logged in."""
    user: User = MembershipFactory(customer=customer, user__full_name="Zoe").user
    alpha_client.force_login(user)
    return user


def accounts(customer: Customer, *parts: object) -> str:
    return f"/portal/{customer.pk}/accounts/" + "".join(f"{part}/" for part in parts)


def page_of(account: CloudAccount, *parts: object) -> str:
    return accounts(account.customer, account.pk, *parts)


def text_of(client: HostClient, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, url
    return str(response.content.decode())


def names_of(page: str) -> list[str]:
    return re.findall(r'<th scope="row"[^>]*><a [^>]*>(.*?)</a>', page)


class TestWhoMay:
    @pytest.mark.parametrize("role", [CustomerRole.BILLING, CustomerRole.VIEWER])
    def test_others_look_and_are_told_no_external_id(
        self, customer: Customer, alpha_client: HostClient, role: str
    ) -> None:
        account = CloudAccountFactory(customer=customer, checked=True)
        alpha_client.force_login(MembershipFactory(customer=customer, role=role).user)

        for url in (accounts(customer), page_of(account)):
            page = text_of(alpha_client, url)
            assert account.name in page
            assert account.external_id not in page
            assert "/accounts/add/" not in page
            assert page_of(account, "access") not in page
        for url in (accounts(customer, "add"), accounts(customer, "add", "aws")):
            assert alpha_client.get(url).status_code == 403
        assert alpha_client.get(page_of(account, "access")).status_code == 403
        assert alpha_client.post(page_of(account, "check")).status_code == 403
        account.refresh_from_db()
        assert account.access_state == "ok"

    @pytest.mark.parametrize("name", ["", *DO])
    def test_another_companys_account_is_not_found(
        self, customer: Customer, zoe: User, alpha_client: HostClient, name: str
    ) -> None:
        theirs = CloudAccountFactory(customer=CustomerProviderFactory().customer)
        parts = [name] if name else []

        for url in (page_of(theirs, *parts), accounts(customer, theirs.pk, *parts)):
            assert alpha_client.post(url).status_code in {404, 405}
            assert alpha_client.get(url).status_code in {404, 405}
        theirs.refresh_from_db()
        assert theirs.access_state == "not_checked"


class TestList:
    def test_holds_what_is_shown_to_the_company(
        self, customer: Customer, zoe: User, alpha_client: HostClient
    ) -> None:
        CustomerProviderFactory(customer=customer, provider="google", hidden=True)
        CloudAccountFactory(customer=customer, name="Own", linked=True)
        CloudAccountFactory(customer=customer, name="Old", unlinked=True)
        CloudAccountFactory(customer=customer, name="Given up", discarded=True)
        hidden = CloudAccountFactory(customer=customer, name="Hidden", google=True)
        CloudAccountFactory(name="Foreign")

        assert names_of(text_of(alpha_client, accounts(customer))) == ["Own"]
        assert names_of(text_of(alpha_client, accounts(customer) + "?view=ended")) == ["Old"]
        assert alpha_client.get(page_of(hidden)).status_code == 404

    def test_does_not_search_what_it_does_not_show(
        self, customer: Customer, zoe: User, alpha_client: HostClient
    ) -> None:
        account = CloudAccountFactory(customer=customer, account_id="111122223333")
        CloudAccount.objects.update(custom_search="their discount")

        for words, found in (
            ("1111-2222-3333", [account.name]),
            (account.root_email, [account.name]),
            ("discount", []),
        ):
            page = text_of(alpha_client, f"{accounts(customer)}?q={words}")
            assert names_of(page) == found

    def test_nothing_of_it_is_shown_once_the_provider_is_hidden(
        self, customer: Customer, zoe: User, alpha_client: HostClient
    ) -> None:
        account = CloudAccountFactory(customer=customer)
        customer.providers.update(shown_in_portal=False)

        assert names_of(text_of(alpha_client, accounts(customer))) == []
        assert alpha_client.get(page_of(account)).status_code == 404
        assert alpha_client.get(accounts(customer, "add", "aws")).status_code == 404


class TestAdd:
    def test_leads_from_the_provider_to_the_role(
        self, customer: Customer, zoe: User, alpha_client: HostClient
    ) -> None:
        CustomFieldFactory(applies_to="cloud_account", key="owner", label="Owner", required=True)
        add = accounts(customer, "add", "aws")
        assert add in text_of(alpha_client, accounts(customer, "add"))
        key = uuid.uuid4()

        for _again in range(2):
            response = alpha_client.post(add, {**FILLED, "key": str(key)})

        account = CloudAccount.objects.get()
        assert (account.pk, account.customer, account.status) == (key, customer, "draft")
        assert response["Location"] == page_of(account, "access")
        assert AuditEntry.objects.get().actor_id == zoe.pk
        page = text_of(alpha_client, response["Location"])
        assert account.external_id in page
        assert "Trust policy" in page

    def test_tells_nobody_whose_account_it_is(
        self, customer: Customer, zoe: User, alpha_client: HostClient
    ) -> None:
        CloudAccountFactory(
            account_id="123456789012", name="Theirs", customer__organization_name="Nordic Steel"
        )

        response = alpha_client.post(accounts(customer, "add", "aws"), FILLED)

        page = response.content.decode()
        assert "This account is known here already." in page
        assert "Theirs" not in page
        assert "Nordic Steel" not in page
        assert CloudAccount.objects.count() == 1

    @pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
    @pytest.mark.parametrize("field", [*FILLED, "key"])
    def test_takes_or_refuses_whatever_is_typed(
        self, customer: Customer, zoe: User, alpha_client: HostClient, field: str, text: str
    ) -> None:
        told = {**FILLED, field: text}

        assert alpha_client.post(accounts(customer, "add", "aws"), told).status_code in {200, 302}

    def test_says_so_where_the_company_has_no_provider(
        self, customer: Customer, zoe: User, alpha_client: HostClient
    ) -> None:
        customer.providers.update(shown_in_portal=False)

        assert "No provider yet" in text_of(alpha_client, accounts(customer, "add"))


class TestAccess:
    def test_an_administrator_names_the_role_and_has_it_checked(
        self, customer: Customer, zoe: User, alpha_client: HostClient
    ) -> None:
        account = CloudAccountFactory(customer=customer)
        told = {"role_arn": role_of(account.account_id), "version": "1"}

        response = alpha_client.post(page_of(account, "access"), told, follow=True)

        account.refresh_from_db()
        assert (account.role_arn, account.access_state) == (told["role_arn"], "checking")
        assert "data-progress" in response.content.decode()

    def test_checks_it_again(self, customer: Customer, zoe: User, alpha_client: HostClient) -> None:
        account = CloudAccountFactory(customer=customer, refused=True)
        page = text_of(alpha_client, page_of(account, "access"))
        assert "What to do:" in page

        alpha_client.post(page_of(account, "check"))

        account.refresh_from_db()
        assert account.access_state == "checking"

    @pytest.mark.parametrize(
        "told",
        [
            {"role_arn": role_of("999999999999"), "version": "1"},
            {"role_arn": role_of("123456789012"), "version": "2"},
        ],
    )
    def test_refuses_another_accounts_role_and_an_older_page(
        self, customer: Customer, zoe: User, alpha_client: HostClient, told: dict[str, str]
    ) -> None:
        account = CloudAccountFactory(customer=customer, account_id="123456789012")

        response = alpha_client.post(page_of(account, "access"), told)

        assert response.status_code == 200
        assert response.context["form"].errors
        account.refresh_from_db()
        assert account.role_arn == ""

    def test_accounts_of_other_clouds_have_steps_and_no_role(
        self, customer: Customer, zoe: User, alpha_client: HostClient
    ) -> None:
        CustomerProviderFactory(customer=customer, provider="google")
        account = CloudAccountFactory(customer=customer, google=True)

        page = text_of(alpha_client, page_of(account, "access"))

        assert "billing account" in page
        assert "role_arn" not in page
