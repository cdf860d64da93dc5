"""Pages about the contacts of a customer, and the accounts made from them."""

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from accounts.roles import StaffRole
from audit.models import AuditEntry
from customers.models import AccountRun, Contact, Customer, Membership
from notifications.models import OutgoingMail
from resellers.models import Reseller
from tests.console.staff import NASTY, log_in
from tests.factories.accounts import UserFactory
from tests.factories.customers import ContactFactory, CustomerFactory, MembershipFactory
from tests.harness.clients import HostClient

ANNA = {
    "first_name": "Anna",
    "last_name": "Müller",
    "designation": "Head of IT",
    "email": "Anna@Acme.example",
    "phone": "030 / 901820",
    "mobile": "+49 170 1234567",
    "user_type": "administrator",
    "gets_billing_alerts": "on",
}


def page_of(name: str, customer: Customer, *keys: object) -> str:
    return reverse(f"console:contacts:{name}", "config.urls_reseller", args=[customer.pk, *keys])


def page_about(name: str, contact: Contact) -> str:
    return page_of(name, contact.customer, contact.pk)


@pytest.fixture
def customer(alpha: Reseller) -> Customer:
    acme: Customer = CustomerFactory(
        organization_name="Acme",
        country="DE",
        contact_name="Dr. Anna Müller",
        contact_title="Head of IT",
        contact_email="anna@acme.example",
        contact_phone="+4930901820",
    )
    return acme


@pytest.fixture
def support_client(alpha: Reseller, alpha_client: HostClient) -> HostClient:
    log_in(alpha_client, StaffRole.SUPPORT)
    return alpha_client


def snapshot() -> list[object]:
    return [
        list(Contact.objects.order_by("pk").values()),
        list(Membership.objects.order_by("pk").values()),
        list(User.objects.order_by("pk").values("pk", "email", "status")),
        AuditEntry.objects.count(),
        OutgoingMail.objects.count(),
        AccountRun.objects.count(),
    ]


class TestAdd:
    def test_offers_what_the_customer_information_says(
        self, customer: Customer, support_client: HostClient
    ) -> None:
        page = support_client.get(page_of("add", customer))

        form = page.context["form"]
        offered = {name: form[name].value() for name in ("first_name", "last_name", "designation")}
        assert offered == {
            "first_name": "Dr. Anna",
            "last_name": "Müller",
            "designation": "Head of IT",
        }
        assert form["email"].value() == "anna@acme.example"
        assert "primary" not in form.fields

    def test_stores_numbers_in_the_form_that_any_phone_dials(
        self, customer: Customer, support_client: HostClient
    ) -> None:
        response = support_client.post(page_of("add", customer), ANNA, follow=True)

        anna = Contact.objects.get()
        assert (anna.email, anna.phone, anna.mobile) == (
            "anna@acme.example",
            "+4930901820",
            "+491701234567",
        )
        assert (anna.is_primary, anna.gets_billing_alerts) == (True, True)
        page = response.content.decode()
        assert "Anna Müller was added." in page
        assert "+49 30 901820" in page
        assert "Primary contact" in page

    def test_the_next_one_is_offered_empty_and_can_become_primary(
        self, customer: Customer, support_client: HostClient
    ) -> None:
        before = ContactFactory(customer=customer, primary=True)

        page = support_client.get(page_of("add", customer))
        support_client.post(page_of("add", customer), {**ANNA, "primary": "on"})

        assert page.context["form"]["email"].value() is None
        assert Contact.objects.primary().get().email == "anna@acme.example"
        before.refresh_from_db()
        assert not before.is_primary

    def test_the_same_form_twice_makes_one(
        self, customer: Customer, support_client: HostClient
    ) -> None:
        data = {**ANNA, "key": str(uuid.uuid4())}

        first, second = (support_client.post(page_of("add", customer), data) for _ in range(2))

        assert first["Location"] == second["Location"]
        assert Contact.objects.count() == 1

    @pytest.mark.parametrize(
        ("changes", "field", "sentence"),
        [
            ({"first_name": ""}, "first_name", "required"),
            ({"last_name": " "}, "last_name", "required"),
            ({"email": ""}, "email", "required"),
            ({"email": "anna"}, "email", "valid email"),
            ({"email": "TAKEN@acme.example"}, "email", "e-mail already"),
            ({"phone": "call me"}, "phone", "phone number such as"),
            ({"mobile": "+49 170 12345678901234"}, "mobile", "digits"),
            ({"user_type": "owner"}, "user_type", "valid choice"),
        ],
    )
    def test_says_beside_the_field_what_is_wrong(
        self,
        customer: Customer,
        support_client: HostClient,
        changes: dict[str, str],
        field: str,
        sentence: str,
    ) -> None:
        ContactFactory(customer=customer, email="taken@acme.example", primary=True)
        before = snapshot()

        response = support_client.post(page_of("add", customer), {**ANNA, **changes})

        errors = response.context["form"].errors
        assert list(errors) == [field]
        assert sentence in " ".join(errors[field])
        assert snapshot() == before

    @pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
    @pytest.mark.parametrize("field", [*ANNA, "key", "primary"])
    def test_takes_or_refuses_whatever_is_typed(
        self, customer: Customer, support_client: HostClient, field: str, text: str
    ) -> None:
        response = support_client.post(page_of("add", customer), {**ANNA, field: text})

        assert response.status_code in {200, 302}
        assert Contact.objects.count() == (1 if response.status_code == 302 else 0)
        assert "<script>alert" not in response.content.decode()


class TestEdit:
    def test_saves_and_says_so(self, customer: Customer, support_client: HostClient) -> None:
        anna = ContactFactory(customer=customer, primary=True)

        data = {**ANNA, "version": "1"}
        page = support_client.post(page_about("edit", anna), data, follow=True).content.decode()

        anna.refresh_from_db()
        assert (anna.first_name, anna.designation, anna.is_primary) == ("Anna", "Head of IT", True)
        assert "The changes were saved." in page
        assert "Head of IT" in page

    def test_who_comes_second_sees_both_versions(
        self, customer: Customer, support_client: HostClient
    ) -> None:
        anna = ContactFactory(customer=customer, primary=True)
        mine = {**ANNA, "version": "1"}
        support_client.post(page_about("edit", anna), {**mine, "designation": "CTO"})

        response = support_client.post(page_about("edit", anna), {**mine, "designation": "CEO"})

        page = response.content.decode()
        assert response.status_code == 409
        for text in ("changed while you were typing", "CTO", "CEO", "Save mine on top"):
            assert text in page
        anna.refresh_from_db()
        assert anna.designation == "CTO"
        again = {
            **mine,
            "designation": "CEO",
            "version": str(response.context["form"]["version"].value()),
        }
        support_client.post(page_about("edit", anna), again)
        anna.refresh_from_db()
        assert anna.designation == "CEO"

    def test_tells_that_the_log_in_stays(
        self, customer: Customer, support_client: HostClient
    ) -> None:
        anna = ContactFactory(customer=customer, email="anna@acme.example")
        MembershipFactory(customer=customer, user__email="anna@acme.example")

        page = support_client.get(page_about("edit", anna)).content.decode()

        assert "logs in with anna@acme.example" in page


class TestPrimaryAndRemove:
    def test_the_button_moves_the_flag(
        self, customer: Customer, support_client: HostClient
    ) -> None:
        anna = ContactFactory(customer=customer, primary=True)
        ben = ContactFactory(customer=customer)

        offered = support_client.get(page_about("detail", ben)).content.decode()
        page = support_client.post(page_about("primary", ben), follow=True).content.decode()

        assert page_about("primary", ben) in offered
        assert page_about("primary", ben) not in page
        assert "is the primary contact now" in page
        anna.refresh_from_db()
        assert not anna.is_primary

    def test_the_primary_one_is_not_removed_and_the_page_says_why(
        self, customer: Customer, support_client: HostClient
    ) -> None:
        anna = ContactFactory(customer=customer, primary=True)
        ContactFactory(customer=customer)
        before = snapshot()

        response = support_client.post(page_about("remove", anna), follow=True)

        assert "Make somebody else primary first" in response.content.decode()
        assert snapshot() == before

    def test_remove_asks_and_goes_back_to_the_list(
        self, customer: Customer, support_client: HostClient
    ) -> None:
        anna = ContactFactory(customer=customer, primary=True)

        question = support_client.get(page_about("remove", anna)).content.decode()
        page = support_client.post(page_about("remove", anna), follow=True).content.decode()

        assert "erased" in question
        assert f"The contact {anna} was removed." in page
        assert "No contacts yet" in page
        timeline = reverse("console:customers:timeline", "config.urls_reseller", args=[customer.pk])
        assert f"removed the contact {anna}" in support_client.get(timeline).content.decode()


class TestList:
    def test_shows_primary_numbers_and_users(
        self, customer: Customer, support_client: HostClient
    ) -> None:
        anna = ContactFactory(customer=customer, primary=True, phone="+4930901820")
        user = MembershipFactory(customer=customer, user__email=anna.email).user

        page = support_client.get(page_of("list", customer)).content.decode()

        for text in ("1 contact", "Primary", "+49 30 901820", f"Tick {anna}"):
            assert text in page
        assert f"people/{user.pk}/" in page

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({"q": "beta"}, {"beta"}),
            ({"q": "alpha beta"}, set[str]()),
            ({"view": "alerts"}, {"alpha"}),
            ({"view": "without-user"}, {"beta"}),
            ({"sort": "-last_name"}, {"alpha", "beta"}),
        ],
    )
    def test_search_and_views(
        self,
        customer: Customer,
        support_client: HostClient,
        query: dict[str, str],
        found: set[str],
    ) -> None:
        alpha = ContactFactory(customer=customer, last_name="Alpha", gets_billing_alerts=True)
        MembershipFactory(customer=customer, user__email=alpha.email)
        ContactFactory(customer=customer, last_name="Beta")

        page = support_client.get(page_of("list", customer), query)

        rows = page.context["listing"].rows
        assert {row.record.last_name.lower() for row in rows} == found

    @pytest.mark.parametrize("role", [StaffRole.BILLING, StaffRole.VIEWER])
    def test_who_may_not_manage_people_ticks_nothing(
        self, customer: Customer, alpha_client: HostClient, role: str
    ) -> None:
        contact = ContactFactory(customer=customer)
        log_in(alpha_client, role)

        listed = alpha_client.get(page_of("list", customer)).content.decode()
        page = alpha_client.get(page_about("detail", contact)).content.decode()

        assert 'type="checkbox"' not in listed
        assert page_of("accounts", customer) not in listed + page

    def test_more_contacts_cost_no_more_queries(
        self, customer: Customer, support_client: HostClient
    ) -> None:
        counts = []
        for _ in range(2):
            for contact in ContactFactory.create_batch(10, customer=customer):
                MembershipFactory(customer=customer, user__email=contact.email)
            support_client.get(page_of("list", customer))
            with CaptureQueriesContext(connection) as queries:
                support_client.get(page_of("list", customer))
            counts.append(len(queries))

        assert counts[0] == counts[1] <= 8

    def test_the_next_page_goes_on_after_the_last_name(
        self, customer: Customer, support_client: HostClient
    ) -> None:
        for number in range(30):
            ContactFactory(customer=customer, last_name=f"Same{number % 2}")

        first = support_client.get(page_of("list", customer), {"per": "25"})
        address = first.context["listing"].next_url
        second = support_client.get(page_of("list", customer) + address)

        seen = [row.record.pk for page in (first, second) for row in page.context["listing"].rows]
        assert len(seen) == len(set(seen)) == 30


class TestAccounts:
    def test_first_the_page_says_what_would_happen(
        self, customer: Customer, support_client: HostClient
    ) -> None:
        MembershipFactory(customer=customer)
        belongs = MembershipFactory(customer=customer).user.email
        joins = UserFactory(with_password=True).email
        emails = ["new@acme.example", belongs, joins]
        keys = [ContactFactory(customer=customer, email=email).pk for email in emails]
        before = snapshot()

        page = support_client.post(page_of("accounts", customer), {"contact": keys})

        text = page.content.decode()
        for words in (
            "Is invited",
            "Joins with their own account",
            "Belongs to this customer already.",
            "Create 2 user accounts",
        ):
            assert words in text
        assert text.count('type="hidden" name="contact"') == 2
        assert snapshot() == before

    def test_then_each_row_says_what_happened_and_leads_to_the_user(
        self, customer: Customer, support_client: HostClient
    ) -> None:
        MembershipFactory(customer=customer)
        anna = ContactFactory(customer=customer)
        asked = support_client.post(page_of("accounts", customer), {"contact": anna.pk})
        form = {"key": asked.context["key"], "contact": anna.pk}

        pages = [
            support_client.post(page_of("make_accounts", customer), form, follow=True)
            for _ in range(2)
        ]

        user = Membership.objects.get(user__email=anna.email).user
        assert pages[0].redirect_chain == pages[1].redirect_chain
        for page in pages:
            assert re.search(rf"people/{user.pk}/.*Invited", page.content.decode(), re.DOTALL)
            assert "1 user account" in page.content.decode()
        assert OutgoingMail.objects.get().recipient_email == anna.email
        person = reverse(
            "console:people:detail", "config.urls_reseller", args=[customer.pk, user.pk]
        )
        assert page_about("detail", anna) in support_client.get(person).content.decode()
        assert person in support_client.get(page_about("detail", anna)).content.decode()

    @pytest.mark.parametrize("name", ["accounts", "make_accounts"])
    @pytest.mark.parametrize("keys", [[], ["x"], [""], [str(uuid.uuid4())], ["\x00"]])
    def test_without_a_tick_nothing_happens(
        self, customer: Customer, support_client: HostClient, name: str, keys: list[str]
    ) -> None:
        ContactFactory(customer=customer)
        before = snapshot()

        response = support_client.post(
            page_of(name, customer), {"contact": keys, "key": "nonsense"}, follow=True
        )

        assert "Tick at least one contact." in response.content.decode()
        assert snapshot() == before

    def test_nobody_to_make_an_account_for(
        self, customer: Customer, support_client: HostClient
    ) -> None:
        member = MembershipFactory(customer=customer).user
        contact = ContactFactory(customer=customer, email=member.email)

        page = support_client.post(page_of("accounts", customer), {"contact": contact.pk})

        assert "There is nobody to make an account for." in page.content.decode()

    def test_the_address_alone_leads_back_to_the_list(
        self, customer: Customer, support_client: HostClient
    ) -> None:
        response = support_client.get(page_of("accounts", customer))

        assert response["Location"] == page_of("list", customer)
