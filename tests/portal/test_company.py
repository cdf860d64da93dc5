"""What the people of a customer see, and what they do not."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer
from resellers.models import Reseller
from tests.factories.accounts import StaffMemberFactory, UserFactory
from tests.factories.customers import CustomerFactory, MembershipFactory
from tests.harness.clients import HostClient


@pytest.fixture
def customer(alpha: Reseller) -> Customer:
    made: Customer = CustomerFactory(
        complete=True, organization_name="Acme GmbH", notes="Pays late."
    )
    return made


def enter(client: HostClient, customer: Customer, **details: object) -> str:
    client.force_login(MembershipFactory(customer=customer, **details).user)
    return f"/portal/{customer.pk}/"


class TestHome:
    def test_takes_who_has_one_company_there(
        self, alpha_client: HostClient, customer: Customer
    ) -> None:
        overview = enter(alpha_client, customer)

        assert alpha_client.get("/portal/")["Location"] == overview

    def test_lists_the_companies_of_who_has_several_and_no_others(
        self, alpha_client: HostClient, customer: Customer
    ) -> None:
        user = MembershipFactory(customer=customer).user
        MembershipFactory(user=user, customer__organization_name="Beta AG")
        CustomerFactory(organization_name="Gamma SE")
        alpha_client.force_login(user)

        page = alpha_client.get("/portal/").content.decode()

        assert "Acme GmbH" in page
        assert "Beta AG" in page
        assert "Gamma SE" not in page

    def test_is_kind_to_who_has_none(self, alpha_client: HostClient, alpha: Reseller) -> None:
        alpha_client.force_login(UserFactory())

        page = alpha_client.get("/portal/").content.decode()

        assert "No company yet" in page
        assert 'href="/console/"' not in page

    def test_shows_staff_the_way_to_the_console(
        self, alpha_client: HostClient, alpha: Reseller
    ) -> None:
        alpha_client.force_login(StaffMemberFactory(viewer=True).user)

        assert 'href="/console/"' in alpha_client.get("/portal/").content.decode()

    def test_sends_strangers_to_log_in(self, alpha_client: HostClient, alpha: Reseller) -> None:
        assert alpha_client.get("/portal/")["Location"] == "/account/login/?next=/portal/"


class TestTheCompany:
    @pytest.mark.parametrize("role", ["administrator", "billing", "viewer"])
    def test_is_shown_to_its_people_with_their_role(
        self, alpha_client: HostClient, customer: Customer, role: str
    ) -> None:
        page = alpha_client.get(enter(alpha_client, customer, role=role)).content.decode()

        assert "Acme GmbH" in page
        assert "Invalidenstraße 116" in page
        assert f"Your role: {role.title()}" in page
        assert "Ask Alpha Cloud" in page
        assert "Pays late." not in page

    def test_names_people_only_to_who_may_see_them(
        self, alpha_client: HostClient, customer: Customer
    ) -> None:
        path = enter(alpha_client, customer, viewer=True)

        assert f"{path}people/" not in alpha_client.get(path).content.decode()
        assert alpha_client.get(f"{path}people/").status_code == 403

    @pytest.mark.parametrize("page", ["", "people/"])
    def test_does_not_exist_for_people_of_another_one(
        self, alpha_client: HostClient, customer: Customer, page: str
    ) -> None:
        enter(alpha_client, CustomerFactory())

        assert alpha_client.get(f"/portal/{customer.pk}/{page}").status_code == 404
        assert alpha_client.get(f"/portal/{uuid.uuid4()}/{page}").status_code == 404

    def test_is_no_page_of_staff(self, alpha_client: HostClient, customer: Customer) -> None:
        alpha_client.force_login(StaffMemberFactory(owner=True).user)

        assert alpha_client.get(f"/portal/{customer.pk}/").status_code == 404


class TestPeople:
    def test_are_listed_with_role_and_status_and_none_of_another_company(
        self, alpha_client: HostClient, customer: Customer
    ) -> None:
        path = enter(alpha_client, customer)
        MembershipFactory(customer=customer, viewer=True, suspended=True, user__full_name="Otto")
        MembershipFactory(user__full_name="Foreign Person")

        page = alpha_client.get(f"{path}people/").content.decode()

        assert "Otto" in page
        assert "Suspended" in page
        assert "2 people" in page
        assert "Foreign Person" not in page

    @pytest.mark.parametrize(
        ("text", "found"), [("otto", True), ("OTTO beta", True), ("otto zz", False)]
    )
    def test_are_found_by_every_word(
        self, alpha_client: HostClient, customer: Customer, text: str, found: bool
    ) -> None:
        path = enter(alpha_client, customer)
        MembershipFactory(
            customer=customer, user__full_name="Otto Schulz", user__email="os@beta.example"
        )

        page = alpha_client.get(f"{path}people/", {"q": text}).content.decode()

        assert ("os@beta.example" in page) is found

    @pytest.mark.parametrize("query", ["q=%00", "sort=x", "cursor=x", "view=x", "per=x", "q=%F0"])
    def test_nonsense_in_the_address_is_ignored(
        self, alpha_client: HostClient, customer: Customer, query: str
    ) -> None:
        path = enter(alpha_client, customer)

        assert alpha_client.get(f"{path}people/?{query}").status_code == 200

    def test_cost_no_more_queries_when_they_are_many(
        self, alpha_client: HostClient, customer: Customer
    ) -> None:
        path = enter(alpha_client, customer) + "people/"
        counts = []
        for _ in range(2):
            MembershipFactory.create_batch(10, customer=customer)
            alpha_client.get(path)  # the host is looked up once in a while
            with CaptureQueriesContext(connection) as queries:
                alpha_client.get(path)
            counts.append(len(queries))

        assert counts[0] == counts[1] <= 8


def test_the_top_bar_leads_to_the_company_and_its_people(
    alpha_client: HostClient, customer: Customer
) -> None:
    path = enter(alpha_client, customer)

    page = alpha_client.get(f"{path}people/").content.decode()

    assert f'href="{path}people/" aria-current="page"' in page
    assert f'href="{path}"' in page


def test_a_page_without_a_company_has_no_company_menu(
    alpha_client: HostClient, alpha: Reseller
) -> None:
    alpha_client.force_login(UserFactory())

    assert "portal/None" not in alpha_client.get("/portal/").content.decode()
