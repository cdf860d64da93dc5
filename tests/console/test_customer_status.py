"""Pages that make a customer quickly, suspend, archive, restore and merge one."""

import pytest
from django.urls import reverse

from accounts.roles import StaffRole
from customers.flows import lifecycle
from customers.models import Customer
from resellers.models import Reseller
from tests.console.staff import log_in
from tests.factories.accounts import StaffMemberFactory
from tests.factories.customers import CustomerFactory, MembershipFactory
from tests.harness.clients import HostClient

QUICK = {"organization_name": "Acme", "contact_email": "anna@acme.example", "domain": ""}


def page_of(name: str, *args: object) -> str:
    return reverse(f"console:customers:{name}", "config.urls_reseller", args=args)


@pytest.fixture
def owner_client(alpha: Reseller, alpha_client: HostClient) -> HostClient:
    log_in(alpha_client, StaffRole.OWNER)
    return alpha_client


class TestQuickCreate:
    def test_needs_a_name_an_e_mail_and_no_more(self, owner_client: HostClient) -> None:
        response = owner_client.post(page_of("quick"), QUICK)

        customer = Customer.objects.get()
        assert response["Location"].endswith(f"/customers/{customer.pk}/people/add/")
        assert (customer.organization_name, customer.code) == ("Acme", "ACME")
        assert (customer.contact_email, customer.domain) == ("anna@acme.example", "acme.example")

    def test_anybodys_mailbox_is_no_domain(self, owner_client: HostClient) -> None:
        owner_client.post(page_of("quick"), {**QUICK, "contact_email": "anna@gmail.com"})

        assert Customer.objects.get().domain == ""

    def test_asks_once_where_another_looks_the_same(self, owner_client: HostClient) -> None:
        known = CustomerFactory(organization_name="ACME Inc.")

        asked = owner_client.post(page_of("quick"), QUICK)

        assert asked.status_code == 200
        page = asked.content.decode()
        assert f'href="/console/customers/{known.pk}/"' in page
        assert "Same name" in page
        assert Customer.objects.count() == 1
        assert 'value="anna@acme.example"' in page

        owner_client.post(page_of("quick"), {**QUICK, "despite": "on"})

        assert Customer.objects.count() == 2

    def test_a_double_click_makes_one_customer(self, owner_client: HostClient) -> None:
        form = owner_client.get(page_of("quick")).context["form"]
        data = {**QUICK, "key": str(form["key"].value())}

        answers = [owner_client.post(page_of("quick"), data) for _click in range(2)]

        assert [answer.status_code for answer in answers] == [302, 302]
        assert Customer.objects.count() == 1

    @pytest.mark.parametrize(
        ("field", "typed"),
        [("organization_name", ""), ("contact_email", "anna"), ("domain", "not a domain")],
    )
    def test_tells_what_is_wrong_and_keeps_it(
        self, owner_client: HostClient, field: str, typed: str
    ) -> None:
        response = owner_client.post(page_of("quick"), {**QUICK, field: typed})

        assert response.context["form"].errors[field]
        assert response.context["form"][field].value() == typed
        assert not Customer.objects.exists()


def test_the_full_form_asks_once_where_another_looks_the_same(owner_client: HostClient) -> None:
    CustomerFactory(organization_name="ACME Inc.")
    data = {**QUICK, "contact_name": "Anna"}

    asked = owner_client.post(page_of("create"), data)

    assert "Same name" in asked.content.decode()
    assert Customer.objects.count() == 1


class TestSuspension:
    def test_the_page_says_so_and_offers_the_way_back(self, owner_client: HostClient) -> None:
        customer = CustomerFactory()

        owner_client.post(page_of("suspend", customer.pk), {"reason": "Bills are open"})

        page = owner_client.get(page_of("detail", customer.pk)).content.decode()
        assert "Bills are open" in page
        assert page_of("reactivate", customer.pk) in page

        owner_client.post(page_of("reactivate", customer.pk))

        customer.refresh_from_db()
        assert customer.status == "active"

    def test_its_people_cannot_log_in_and_are_told_why(
        self, alpha: Reseller, alpha_client: HostClient
    ) -> None:
        membership = MembershipFactory(user__password="a-Passw0rd-here")
        membership.user.set_password("a-Passw0rd-here")
        membership.user.save(update_fields=["password"])
        dana = StaffMemberFactory().user
        lifecycle.suspend(membership.customer, by=dana, reason="Bills are open")
        login = {"login": membership.user.email, "password": "a-Passw0rd-here"}

        page = alpha_client.post(
            reverse("account_login", "config.urls_reseller"), login, follow=True
        ).content.decode()

        assert "Company suspended" in page
        assert "Bills are open" in page
        assert "_auth_user_id" not in alpha_client.session

    def test_who_belongs_to_another_customer_works_on_there(
        self, alpha: Reseller, alpha_client: HostClient
    ) -> None:
        here = MembershipFactory()
        there = MembershipFactory(user=here.user)
        lifecycle.suspend(here.customer, by=StaffMemberFactory().user, reason="Bills")
        alpha_client.force_login(here.user)

        def overview(customer: Customer) -> int:
            where = reverse("portal:company:overview", "config.urls_reseller", args=[customer.pk])
            return alpha_client.get(where).status_code

        assert (overview(here.customer), overview(there.customer)) == (403, 200)


class TestArchive:
    def test_leaves_the_list_and_comes_back(self, owner_client: HostClient) -> None:
        customer = CustomerFactory(organization_name="Acme")

        owner_client.post(page_of("archive", customer.pk), {"reason": "Moved away"})

        listed = owner_client.get(page_of("list")).content.decode()
        assert page_of("detail", customer.pk) not in listed
        archived = owner_client.get(page_of("list"), {"view": "archived"}).content.decode()
        assert page_of("detail", customer.pk) in archived
        page = owner_client.get(page_of("detail", customer.pk)).content.decode()
        assert "It can be restored until" in page

        owner_client.post(page_of("restore", customer.pk))

        listed = owner_client.get(page_of("list")).content.decode()
        assert page_of("detail", customer.pk) in listed

    @pytest.mark.parametrize("name", ["suspend", "archive", "reactivate", "restore"])
    def test_what_cannot_be_done_is_said(self, owner_client: HostClient, name: str) -> None:
        status = "active" if name in {"reactivate", "restore"} else "archived"
        more = {"archived_from": "active"} if status == "archived" else {}
        customer = CustomerFactory(status=status, **more)

        page = owner_client.post(page_of(name, customer.pk), follow=True).content.decode()

        assert "cannot be done now" in page or "is not archived" in page
        customer.refresh_from_db()
        assert customer.status == status


class TestMerge:
    def test_shows_what_will_happen_before_it_does(self, owner_client: HostClient) -> None:
        duplicate = CustomerFactory(complete=True)
        survivor = CustomerFactory(code="KEPT")
        MembershipFactory(customer=duplicate)

        page = owner_client.post(page_of("merge", duplicate.pk), {"into": "kept"}).content.decode()

        assert "This cannot be undone" in page
        assert "https://www.example.com/" in page
        duplicate.refresh_from_db()
        assert duplicate.status == "active"

        done = owner_client.post(
            page_of("merge", duplicate.pk), {"into": "KEPT", "confirmed": "1"}, follow=True
        )

        assert "Merged into" in done.content.decode()
        assert survivor.memberships.count() == 1

    @pytest.mark.parametrize("code", ["", "NOBODY", "SELF", "\x00", "x" * 300])
    def test_a_code_of_nobody_is_told_beside_the_box(
        self, owner_client: HostClient, code: str
    ) -> None:
        customer = CustomerFactory(code="SELF")

        response = owner_client.post(
            page_of("merge", customer.pk), {"into": code, "confirmed": "1"}
        )

        assert response.context["form"].errors["into"]

    def test_proposes_look_alikes(self, owner_client: HostClient) -> None:
        CustomerFactory(organization_name="ACME Inc.", code="OTHER")
        customer = CustomerFactory(organization_name="Acme")

        page = owner_client.get(page_of("merge", customer.pk)).content.decode()

        assert "Same name" in page
        assert "OTHER" in page
