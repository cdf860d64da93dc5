"""Pages about customers."""

import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_tenants.utils import tenant_context

from accounts.roles import StaffRole
from audit.models import AuditEntry
from customers.flows import customers as flows
from customers.flows.customers import CustomerDetails
from customers.models import Customer
from resellers.models import Reseller
from tests.console.staff import NASTY, log_in
from tests.factories.accounts import StaffMemberFactory, UserFactory
from tests.factories.customers import CustomerFactory, MembershipFactory
from tests.harness.clients import HostClient

FILLED = {
    "organization_name": "Müller Straßenbau GmbH",
    "code": "",
    "website": "www.mueller.example",
    "industry": "Roads",
    "account_type": "Direct",
    "turnover": "12500000.5",
    "turnover_currency": "eur",
    "contact_name": "Jürgen Müller",
    "contact_title": "Owner",
    "contact_email": "j@mueller.example",
    "contact_phone": "+49 30 901820 ext. 5",
    "street": "Hauptstraße 1",
    "suite": "",
    "city": "Köln",
    "state": "",
    "postal_code": "50667",
    "country": "DE",
    "test_drives_enabled": "on",
    "notes": "Zwei\r\nZeilen",
}
NEEDED = {
    "organization_name": "Acme",
    "contact_name": "Anna",
    "contact_email": "anna@acme.example",
}
ALL = {"owner", "admin", "billing", "support", "viewer"}
EDITORS = ALL - {"viewer"}


def page_of(name: str, *args: object) -> str:
    return reverse(f"console:customers:{name}", "config.urls_reseller", args=args)


def arguments(name: str, customer: Customer) -> list[object]:
    """What stands in the address of a page about this customer."""
    own: dict[str, list[object]] = {
        "detail": [customer.pk],
        "edit": [customer.pk, "organization"],
    }
    return own.get(name, [])


def people_of(customer: Customer) -> str:
    return reverse("console:people:list", "config.urls_reseller", args=[customer.pk])


@pytest.fixture
def owner_client(alpha: Reseller, alpha_client: HostClient) -> HostClient:
    log_in(alpha_client, StaffRole.OWNER)
    return alpha_client


def rows_of(page: str) -> list[str]:
    return re.findall(r'<th scope="row".*?<a [^>]*>(.*?)</a>', page, re.DOTALL)


class TestWhoMaySee:
    @pytest.mark.parametrize("role", StaffRole)
    @pytest.mark.parametrize(
        ("name", "allowed"),
        [
            ("list", ALL),
            ("detail", ALL),
            ("create", EDITORS),
            ("edit", EDITORS),
            ("propose_code", EDITORS),
        ],
    )
    def test_each_role(
        self, alpha: Reseller, alpha_client: HostClient, role: str, name: str, allowed: set[str]
    ) -> None:
        customer = CustomerFactory()
        log_in(alpha_client, role)

        args = arguments(name, customer)
        response = alpha_client.get(page_of(name, *args))

        assert response.status_code == (200 if role in allowed else 403)

    @pytest.mark.parametrize("name", ["create", "edit"])
    def test_a_weaker_role_changes_nothing(
        self, alpha: Reseller, alpha_client: HostClient, name: str
    ) -> None:
        customer = CustomerFactory(city="Bonn")
        log_in(alpha_client, StaffRole.VIEWER)

        args = arguments(name, customer)
        response = alpha_client.post(page_of(name, *args), {**FILLED, "version": 1})

        assert response.status_code == 403
        customer.refresh_from_db()
        assert (customer.city, Customer.objects.count()) == ("Bonn", 1)

    def test_people_who_are_not_staff_find_nothing(
        self, alpha: Reseller, alpha_client: HostClient
    ) -> None:
        membership = MembershipFactory()
        alpha_client.force_login(membership.user)

        assert alpha_client.get(page_of("list")).status_code == 404
        assert alpha_client.get(page_of("detail", membership.customer_id)).status_code == 404

    def test_the_logged_out_are_led_to_the_log_in_and_back(
        self, alpha: Reseller, alpha_client: HostClient
    ) -> None:
        response = alpha_client.get(page_of("list"))

        assert response.status_code == 302
        assert response["Location"].endswith(f"?next={page_of('list')}")

    def test_the_viewer_is_offered_nothing_to_change(
        self, alpha: Reseller, alpha_client: HostClient
    ) -> None:
        membership = MembershipFactory()
        log_in(alpha_client, StaffRole.VIEWER)

        lists = alpha_client.get(page_of("list")).content.decode()
        detail = alpha_client.get(page_of("detail", membership.customer_id)).content.decode()

        assert "create/" not in lists
        assert "/edit/" not in detail
        assert "people/add/" not in detail


class TestList:
    def test_shows_name_code_contact_country_and_people(self, owner_client: HostClient) -> None:
        customer = CustomerFactory(complete=True, organization_name="Acme <b>", code="ACME")
        MembershipFactory(customer=customer)
        MembershipFactory(customer=customer)

        page = owner_client.get(page_of("list")).content.decode()

        assert "Acme &lt;b&gt;" in page
        assert page_of("detail", customer.pk) in page
        for text in ("ACME", customer.contact_email, "Germany", "1 customer"):
            assert text in page
        assert re.search(r'<td class="cell-number[^"]*">2</td>', page)

    def test_finds_what_is_searched(self, owner_client: HostClient) -> None:
        CustomerFactory(organization_name="Acme")
        CustomerFactory(organization_name="Bolt")

        page = owner_client.get(page_of("list"), {"q": "acm"}).content.decode()

        assert rows_of(page) == ["Acme"]

    def test_filters_by_country_and_keeps_the_rest(self, owner_client: HostClient) -> None:
        CustomerFactory(organization_name="Acme DE", country="DE")
        CustomerFactory(organization_name="Acme FR", country="FR")
        CustomerFactory(organization_name="Bolt DE", country="DE")

        query = {"country": "DE", "q": "acme", "sort": "-created_at"}
        page = owner_client.get(page_of("list"), query).content.decode()

        assert rows_of(page) == ["Acme DE"]
        assert '<option value="DE" selected>' in page
        assert page.count('name="sort" value="-created_at"') == 2
        assert '<input type="hidden" name="country" value="DE">' in page
        assert '<input type="hidden" name="q" value="acme">' in page

    @pytest.mark.parametrize(
        ("sort", "names"),
        [
            ("", ["Acme", "Bolt", "Core"]),
            ("-organization_name", ["Core", "Bolt", "Acme"]),
            ("code", ["Core", "Acme", "Bolt"]),
            ("created_at", ["Bolt", "Core", "Acme"]),
        ],
    )
    def test_sorts(self, owner_client: HostClient, sort: str, names: list[str]) -> None:
        for name, code in (("Bolt", "C"), ("Core", "A"), ("Acme", "B")):
            CustomerFactory(organization_name=name, code=code)

        page = owner_client.get(page_of("list"), {"sort": sort}).content.decode()

        assert rows_of(page) == names

    def test_pages_walk_through_all_rows_once(self, owner_client: HostClient) -> None:
        for number in range(60):
            CustomerFactory(organization_name=f"Name {number // 2:02}", country="DE")

        seen: list[str] = []
        address = "?per=25&country=DE"
        for expected in (25, 25, 10):
            page = owner_client.get(page_of("list") + address).content.decode()
            seen += re.findall(r'<th scope="row".*?href="([^"]*)"', page, re.DOTALL)
            assert len(rows_of(page)) == expected
            found = re.search(r'rel="next" href="([^"]*)"', page)
            address = html.unescape(found[1]) if found else ""

        assert address == ""
        assert len(set(seen)) == 60

    @pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
    @pytest.mark.parametrize("name", ["q", "country", "sort", "per", "cursor", "view"])
    def test_nonsense_in_the_address_is_ignored(
        self, owner_client: HostClient, name: str, text: str
    ) -> None:
        CustomerFactory()

        assert owner_client.get(page_of("list"), {name: text}).status_code == 200

    def test_an_empty_list_offers_the_first_customer(self, owner_client: HostClient) -> None:
        page = owner_client.get(page_of("list")).content.decode()

        assert "No customers yet" in page
        assert "Add your first customer" in page

    def test_an_empty_country_offers_all(self, owner_client: HostClient) -> None:
        CustomerFactory(country="DE")

        page = owner_client.get(page_of("list"), {"country": "FR"}).content.decode()

        assert "Nothing matches all filters" in page
        assert '<a class="btn btn-primary" href="?">Clear the filters</a>' in page

    def test_a_longer_list_costs_no_more_queries(self, owner_client: HostClient) -> None:
        def queries() -> int:
            with CaptureQueriesContext(
                connection,
            ) as captured:
                owner_client.get(page_of("list"))
            return len(captured)

        MembershipFactory(customer__country="DE")
        queries()  # what is read once per process
        short = queries()
        for _ in range(30):
            MembershipFactory(customer__country="DE")

        assert queries() == short
        assert short <= 12

    def test_another_resellers_customers_are_not_shown(
        self, owner_client: HostClient, bravo: Reseller, bravo_client: HostClient
    ) -> None:
        customer = CustomerFactory(organization_name="Ours")
        with tenant_context(bravo):
            log_in(bravo_client, StaffRole.OWNER)

        page = bravo_client.get(page_of("list")).content.decode()

        assert "Ours" not in page
        assert bravo_client.get(page_of("detail", customer.pk)).status_code == 404


class TestCreate:
    def test_makes_the_customer_and_offers_its_administrator(
        self, owner_client: HostClient
    ) -> None:
        response = owner_client.post(page_of("create"), FILLED, follow=True)

        customer = Customer.objects.get()
        assert (customer.code, customer.website) == ("MUELLER", "https://www.mueller.example")
        assert f"{customer.turnover} {customer.turnover_currency}" == "12500000.50 EUR"
        assert customer.test_drives_enabled is True
        assert customer.notes == "Zwei\r\nZeilen"
        assert AuditEntry.objects.get().action == "customer.created"
        page = response.content.decode()
        assert "Create the administrator of Müller" in page
        assert 'value="Jürgen Müller"' in page
        assert 'value="j@mueller.example"' in page
        assert page_of("detail", customer.pk) in page

    def test_who_may_not_add_people_goes_to_the_customer(
        self, alpha: Reseller, alpha_client: HostClient
    ) -> None:
        log_in(alpha_client, StaffRole.BILLING)

        response = alpha_client.post(page_of("create"), NEEDED)

        assert response["Location"] == page_of("detail", Customer.objects.get().pk)

    def test_needs_little(self, owner_client: HostClient) -> None:
        response = owner_client.post(page_of("create"), NEEDED)

        assert response.status_code == 302
        assert Customer.objects.get().code == "ACME"

    def test_marks_what_is_required(self, owner_client: HostClient) -> None:
        form = owner_client.get(page_of("create")).context["form"]

        required = {name for name, field in form.fields.items() if field.required}
        assert required == set(NEEDED)

    @pytest.mark.parametrize(
        ("field", "text", "sentence"),
        [
            ("organization_name", "", "This field is required."),
            ("contact_name", "", "This field is required."),
            ("contact_email", "", "This field is required."),
            ("contact_email", "nobody", "valid email"),
            ("contact_email", "a@b", "valid email"),
            ("code", "no spaces", "capital letters"),
            ("code", "ÜMLAUT", "capital letters"),
            ("code", "-A", "capital letters"),
            ("code", "A" * 21, "at most 20"),
            ("website", "javascript:alert(1)", "web address"),
            ("website", "data:text/html,x", "web address"),
            ("website", "ftp://files.example", "web address"),
            ("website", "https://", "web address"),
            ("website", "not a site", "web address"),
            ("turnover", "12.500.000", "number without separators"),
            ("turnover", "-5", "greater than or equal to 0"),
            ("turnover", "NaN", "number"),
            ("turnover", "1e30", "no more than"),
            ("turnover_currency", "EURO", "at most 3"),
            ("turnover_currency", "€", "three capital letters"),
            ("turnover_currency", "", "three capital letters"),
            ("contact_phone", "call me", "phone number"),
            ("contact_phone", "1", "phone number"),
            ("country", "XX", "valid choice"),
            ("organization_name", "a\u202eb", "direction"),
        ],
    )
    def test_says_beside_the_field_what_is_wrong_and_keeps_what_was_typed(
        self, owner_client: HostClient, field: str, text: str, sentence: str
    ) -> None:
        response = owner_client.post(page_of("create"), {**FILLED, field: text})

        assert response.status_code == 200
        form = response.context["form"]
        assert list(form.errors) == [field]
        assert sentence in " ".join(form.errors[field])
        page = response.content.decode()
        assert 'value="Jürgen Müller"' in page or field == "contact_name"
        assert "There is a problem" in page
        assert not Customer.objects.exists()
        assert not AuditEntry.objects.exists()

    @pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
    @pytest.mark.parametrize("field", FILLED)
    def test_takes_or_refuses_whatever_is_typed(
        self, owner_client: HostClient, field: str, text: str
    ) -> None:
        response = owner_client.post(page_of("create"), {**FILLED, field: text})

        if response.status_code == 302:
            assert Customer.objects.count() == 1
        else:
            assert response.status_code == 200
            assert list(response.context["form"].errors) == [field]
            assert "<script>alert" not in response.content.decode()
            assert not Customer.objects.exists()

    def test_refuses_a_code_that_is_taken(self, owner_client: HostClient) -> None:
        CustomerFactory(code="ACME")

        response = owner_client.post(page_of("create"), {**NEEDED, "code": "acme"})

        assert response.context["form"].errors == {"code": ["Another customer has this code."]}
        assert Customer.objects.count() == 1

    def test_a_code_taken_in_the_same_moment_is_told_beside_the_field(
        self, owner_client: HostClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        CustomerFactory(code="ACME")
        monkeypatch.setattr(Customer, "validate_constraints", lambda *_args, **_kwargs: None)

        response = owner_client.post(page_of("create"), {**NEEDED, "code": "ACME"})

        assert response.context["form"].errors == {"code": ["Another customer has this code."]}
        assert Customer.objects.count() == 1

    @pytest.mark.parametrize("code", ["", "ACME"])
    def test_a_double_click_makes_one_customer(self, owner_client: HostClient, code: str) -> None:
        key = owner_client.get(page_of("create")).context["form"]["key"].value()
        data = {**NEEDED, "code": code, "key": str(key)}

        responses = [owner_client.post(page_of("create"), data) for _ in range(2)]

        assert [response.status_code for response in responses] == [302, 302]
        assert str(Customer.objects.get().pk) == str(key)

    @pytest.mark.parametrize("key", ["x", "\x00", "1" * 200])
    def test_a_tampered_key_is_told(self, owner_client: HostClient, key: str) -> None:
        response = owner_client.post(page_of("create"), {**NEEDED, "key": key})

        assert list(response.context["form"].errors) == ["key"]
        assert not Customer.objects.exists()

    def test_a_turnover_of_nothing_needs_no_currency(self, owner_client: HostClient) -> None:
        owner_client.post(page_of("create"), {**NEEDED, "turnover_currency": "EUR"})

        assert Customer.objects.get().turnover_currency == ""

    def test_long_words_and_wide_characters_are_kept(self, owner_client: HostClient) -> None:
        name = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft 💶"

        owner_client.post(page_of("create"), {**NEEDED, "organization_name": name})

        customer = Customer.objects.get()
        assert customer.organization_name == name
        assert name in owner_client.get(page_of("detail", customer.pk)).content.decode()

    def test_the_code_can_be_asked_for_while_typing(self, owner_client: HostClient) -> None:
        CustomerFactory(code="MUELLER")

        answer = owner_client.get(page_of("propose_code"), {"name": "Müller GmbH"})
        nothing = owner_client.get(page_of("propose_code"))

        assert (answer.content, nothing.content) == (b"MUELLER-2", b"")
        assert answer["Content-Type"] == "text/plain; charset=utf-8"

    @pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
    def test_any_name_gets_an_answer(self, owner_client: HostClient, text: str) -> None:
        answer = owner_client.get(page_of("propose_code"), {"name": text})

        assert re.fullmatch(r"[A-Z0-9-]{0,20}", answer.content.decode())


class TestDetail:
    def test_shows_everything_that_is_known(self, owner_client: HostClient) -> None:
        customer = CustomerFactory(complete=True, tags=["key account"])

        page = owner_client.get(page_of("detail", customer.pk)).content.decode()

        shown = {field: getattr(customer, field) for field in flows.FIELDS}
        for switch in ("test_drives_enabled", "billing_same_as_office"):
            shown.pop(switch)
        shown |= {
            "turnover": "12,500,000.00",
            "tags": "key account",
            "country": "GERMANY",
            "city": "BERLIN",  # as on a letter
            "contact_phone": "+49 30 901820",
            "phone": "+49 30 901821",
            "fax": "+49 30 901822",
        }
        for field, text in shown.items():
            assert html.escape(str(text)) in page, field

    def test_an_empty_customer_says_what_is_not_given(self, owner_client: HostClient) -> None:
        page = owner_client.get(page_of("detail", CustomerFactory().pk)).content.decode()

        assert "Not given" in page
        assert "Create administrator" in page

    @pytest.mark.parametrize(
        "status",
        ["Pending Email Validation", "Pending Approval", "Active", "Suspended"],
    )
    def test_names_the_status_of_each_person(self, owner_client: HostClient, status: str) -> None:
        customer = CustomerFactory()
        membership = MembershipFactory(
            customer=customer, user__status=status.lower().replace(" ", "_")
        )

        page = owner_client.get(people_of(customer)).content.decode()

        assert str(membership.user) in page
        assert re.search(rf'<span class="status-badge[^>]*>.*?{status}', page, re.DOTALL)

    def test_the_timeline_tells_who_did_what(
        self, alpha: Reseller, alpha_client: HostClient
    ) -> None:
        dana = StaffMemberFactory(owner=True, user__full_name="Dana").user
        alpha_client.force_login(dana)
        alpha_client.post(page_of("create"), NEEDED)
        customer = Customer.objects.get()
        flows.edit(customer, CustomerDetails(city="Berlin"), version=1, by=dana)

        page = alpha_client.get(page_of("timeline", customer.pk)).content.decode()

        assert "Dana created the customer Acme" in page
        assert "Dana edited the customer Acme" in page
        assert "City: Berlin" in page

    def test_more_people_cost_no_more_queries(self, owner_client: HostClient) -> None:
        customer = MembershipFactory().customer

        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                owner_client.get(people_of(customer))
            return len(captured)

        queries()
        few = queries()
        for _ in range(10):
            MembershipFactory(customer=customer)

        assert queries() == few
        assert few <= 12

    @pytest.mark.parametrize("name", ["detail", "edit"])
    def test_an_unknown_customer_is_not_found(self, owner_client: HostClient, name: str) -> None:
        unknown = UserFactory().pk

        args = [unknown, "organization"] if name == "edit" else [unknown]
        assert owner_client.get(page_of(name, *args)).status_code == 404
