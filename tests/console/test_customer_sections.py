"""Changing a customer: each section of its page is saved on its own."""

import re
from typing import Any

import pytest
from django.urls import reverse

from accounts.roles import StaffRole
from audit.models import AuditEntry
from console.forms.customers import SECTIONS
from customers.flows import customers as flows
from customers.flows.customers import CustomerDetails
from customers.models import Customer
from resellers.models import Reseller
from tests.console.staff import log_in
from tests.factories.accounts import StaffMemberFactory
from tests.factories.customers import CustomerFactory
from tests.harness.clients import HostClient

OFFICE = {
    "country": "DE",
    "street": "Hauptstraße 1",
    "city": "Köln",
    "postal_code": "50667",
    "phone": "0221 4710",
}
BILLING = {f"billing_{name}": value for name, value in OFFICE.items()}


def section(customer: Customer, name: str) -> str:
    return reverse("console:customers:edit", "config.urls_reseller", args=[customer.pk, name])


def detail(customer: Customer) -> str:
    return reverse("console:customers:detail", "config.urls_reseller", args=[customer.pk])


def sent(form: Any) -> dict[str, Any]:
    """What a browser sends back for a form as it stands."""
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value not in (None, False)}


@pytest.fixture
def owner_client(alpha: Reseller, alpha_client: HostClient) -> HostClient:
    log_in(alpha_client, StaffRole.OWNER)
    return alpha_client


@pytest.mark.parametrize("name", SECTIONS)
class TestEverySection:
    def test_saving_the_page_unchanged_changes_nothing(
        self, owner_client: HostClient, name: str
    ) -> None:
        customer = CustomerFactory(complete=True)
        form = owner_client.get(section(customer, name)).context["form"]

        response = owner_client.post(section(customer, name), sent(form))

        assert response["Location"] == detail(customer)
        customer.refresh_from_db()
        assert customer.version == 1
        assert not AuditEntry.objects.exists()

    @pytest.mark.parametrize("version", ["", "x", "0", "-1", "9" * 40, "\x00"])
    def test_a_tampered_version_saves_nothing(
        self, owner_client: HostClient, name: str, version: str
    ) -> None:
        customer = CustomerFactory(complete=True)
        before = Customer.objects.values().get()
        form = owner_client.get(section(customer, name)).context["form"]
        typed = {**sent(form), "notes": "Other", "contact_name": "Other", "street": "Other 1"}

        response = owner_client.post(section(customer, name), {**typed, "version": version})

        assert response.status_code in {200, 409}
        assert Customer.objects.values().get() == before

    def test_leaves_the_other_sections_alone(self, owner_client: HostClient, name: str) -> None:
        customer = CustomerFactory(complete=True, billing_same_as_office=False, **BILLED)
        before: dict[str, Any] = {**Customer.objects.values().get()}
        own = set(SECTIONS[name]._meta.fields or ())

        owner_client.post(section(customer, name), {**ANYTHING, "version": 1})

        after: dict[str, Any] = {**Customer.objects.values().get()}
        changed = {field for field in before if before[field] != after[field]}
        assert changed - {"search_text", "version"} <= own
        assert changed & own


BILLED = {
    "billing_street": "Postfach 1",
    "billing_city": "Bonn",
    "billing_country": "DE",
    "billing_postal_code": "53111",
}
ANYTHING = {
    "organization_name": "Müller & Söhne",
    "code": "NEW-1",
    "domain": "https://www.Müller.example/impressum",
    "contact_name": "Jürgen",
    "contact_email": "j@mueller.example",
    **OFFICE,
    **BILLING,
    "notes": "New",
    "tags": "new",
}


def test_an_unknown_section_is_not_found(owner_client: HostClient) -> None:
    assert owner_client.get(section(CustomerFactory(), "shoe-size")).status_code == 404


def test_the_page_leads_to_each_section(owner_client: HostClient) -> None:
    customer = CustomerFactory()

    page = owner_client.get(detail(customer)).content.decode()

    assert all(section(customer, name) in page for name in SECTIONS)


def test_who_may_only_look_is_led_to_none(alpha: Reseller, alpha_client: HostClient) -> None:
    customer = CustomerFactory()
    log_in(alpha_client, StaffRole.VIEWER)

    page = alpha_client.get(detail(customer)).content.decode()

    assert "/edit/" not in page


class TestStaleEdits:
    def test_shows_all_three_and_saves_on_the_second_click(self, owner_client: HostClient) -> None:
        robin = StaffMemberFactory(user__full_name="Robin").user
        customer = CustomerFactory(city="Bonn", street="Alt 1", landmark="Old", country="DE")
        flows.edit(customer, CustomerDetails(city="Köln", street="Neu 2"), version=1, by=robin)
        mine = {"country": "DE", "city": "Essen", "street": "Alt 1", "landmark": "Mine"}
        where = section(customer, "office-address")

        response = owner_client.post(where, {**mine, "postal_code": "45127", "version": 1})

        assert response.status_code == 409
        customer.refresh_from_db()
        assert (customer.city, customer.landmark, customer.version) == ("Köln", "Old", 2)
        page = response.content.decode()
        assert "Robin saved" in page
        rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
        city = next(row for row in rows if ">City<" in row)
        assert [text in city for text in ("Bonn", "Köln", "Essen")] == [True] * 3
        street = next(row for row in rows if ">Street address<" in row)
        assert "not changed by you" in street

        saved = owner_client.post(where, sent(response.context["form"]))

        assert saved.status_code == 302, saved.context["form"].errors
        customer.refresh_from_db()
        assert (customer.city, customer.street, customer.landmark) == ("Essen", "Neu 2", "Mine")
        assert customer.version == 3

    def test_an_edit_of_another_section_is_no_conflict(self, owner_client: HostClient) -> None:
        robin = StaffMemberFactory().user
        customer = CustomerFactory(notes="Old")
        flows.edit(customer, CustomerDetails(city="Köln"), version=1, by=robin)

        response = owner_client.post(section(customer, "options"), {"notes": "New", "version": 1})

        assert response.status_code == 302
        customer.refresh_from_db()
        assert (customer.city, customer.notes, customer.version) == ("Köln", "New", 3)


class TestAddresses:
    def test_a_german_address_has_no_state(self, owner_client: HostClient) -> None:
        customer = CustomerFactory(country="DE")

        form = owner_client.get(section(customer, "office-address")).context["form"]

        assert "state" not in form.fields

    def test_an_american_one_asks_for_state_and_zip(self, owner_client: HostClient) -> None:
        customer = CustomerFactory(country="US", state="CA")

        page = owner_client.get(section(customer, "office-address")).content.decode()

        assert '<option value="CA" selected>California</option>' in page
        assert "ZIP code" in page

    def test_another_country_reshapes_the_form_and_keeps_what_was_typed(
        self, owner_client: HostClient
    ) -> None:
        customer = CustomerFactory(country="DE")
        typed = {"country": "US", "street": "1 Main St", "phone": "?", "version": 1, "refresh": "1"}

        response = owner_client.post(section(customer, "office-address"), typed)

        assert response.status_code == 200
        form = response.context["form"]
        assert ("CA", "California") in form.fields["state"].choices
        assert not form.errors
        assert form["street"].value() == "1 Main St"
        assert "data-dirty" in response.content.decode()
        customer.refresh_from_db()
        assert (customer.country, customer.street) == ("DE", "")

    @pytest.mark.parametrize(
        ("typed", "field", "sentence"),
        [
            ({"postal_code": "1234"}, "postal_code", "look like 26133"),
            ({"postal_code": ""}, "postal_code", "missing"),
            ({"city": ""}, "city", "missing"),
            ({"street": ""}, "street", "missing"),
            ({"phone": "call me"}, "phone", "phone number"),
            ({"phone": "1"}, "phone", "no phone number"),
            ({"fax": "+999 1234567"}, "fax", "country code"),
        ],
    )
    def test_what_does_not_fit_the_country_is_told_beside_the_field_and_kept(
        self, owner_client: HostClient, typed: dict[str, str], field: str, sentence: str
    ) -> None:
        customer = CustomerFactory()
        data = {**OFFICE, **typed, "version": 1}

        response = owner_client.post(section(customer, "office-address"), data)

        form = response.context["form"]
        assert sentence in " ".join(form.errors[field])
        assert (form[field].value() or "") == data[field]
        customer.refresh_from_db()
        assert customer.street == ""

    def test_a_person_may_insist(self, owner_client: HostClient) -> None:
        customer = CustomerFactory()
        data = {**OFFICE, "postal_code": "SPACE-1", "version": 1}
        refused = owner_client.post(section(customer, "office-address"), data)
        assert "use_anyway" in refused.context["form"].fields

        owner_client.post(section(customer, "office-address"), {**data, "use_anyway": "on"})

        customer.refresh_from_db()
        assert customer.postal_code == "SPACE-1"

    @pytest.mark.parametrize(
        ("country", "typed", "stored"),
        [
            ("DE", "0221 4710", "+492214710"),
            ("US", "(206) 555-0142 ext. 7", "+12065550142;ext=7"),
            ("", "+43 1 53115", "+43153115"),
            ("FR", "0049 221 4710", "+492214710"),
        ],
    )
    def test_phones_are_stored_as_any_phone_can_dial_them(
        self, owner_client: HostClient, country: str, typed: str, stored: str
    ) -> None:
        customer = CustomerFactory()
        data = {"country": country, "phone": typed, "version": 1}

        owner_client.post(section(customer, "office-address"), data)

        customer.refresh_from_db()
        assert customer.phone == stored

    def test_states_are_stored_by_their_code(self, owner_client: HostClient) -> None:
        customer = CustomerFactory(country="US")
        data = {
            "country": "US",
            "street": "1 Main St",
            "city": "Springfield",
            "state": "IL",
            "postal_code": "62701",
            "version": 1,
        }

        owner_client.post(section(customer, "office-address"), data)

        customer.refresh_from_db()
        assert customer.state == "IL"
        assert "SPRINGFIELD, IL 62701" in "\n".join(customer.office_lines)


class TestBillingAddress:
    def test_is_the_offices_until_another_is_typed(self, owner_client: HostClient) -> None:
        customer = CustomerFactory(complete=True)
        assert customer.billing_lines == customer.office_lines

        owner_client.post(section(customer, "billing-address"), {**BILLING, "version": 1})

        customer.refresh_from_db()
        assert not customer.billing_same_as_office
        assert "Hauptstraße 1" in customer.billing_lines
        assert customer.billing_phone == "+492214710"

    def test_is_emptied_when_it_is_the_same_again(self, owner_client: HostClient) -> None:
        customer = CustomerFactory(complete=True, billing_same_as_office=False, **BILLED)
        data = {**BILLING, "billing_same_as_office": "on", "version": 1}

        owner_client.post(section(customer, "billing-address"), data)

        customer.refresh_from_db()
        assert (customer.billing_street, customer.billing_country) == ("", "")
        assert AuditEntry.objects.get().changes["billing_street"] == ["Postfach 1", ""]

    def test_a_filled_one_is_emptied_by_the_tick_in_a_country_with_states_too(
        self, owner_client: HostClient
    ) -> None:
        customer = CustomerFactory(complete=True)
        data = {**BILLING, "billing_country": "US", "billing_phone": "", "version": 1}

        response = owner_client.post(
            section(customer, "billing-address"), {**data, "billing_same_as_office": "on"}
        )

        assert response.status_code == 302, response.context["form"].errors
        customer.refresh_from_db()
        assert (customer.billing_same_as_office, customer.billing_country) == (True, "")

    def test_an_empty_one_must_be_the_same(self, owner_client: HostClient) -> None:
        customer = CustomerFactory()

        response = owner_client.post(section(customer, "billing-address"), {"version": 1})

        assert "tick" in " ".join(response.context["form"].errors["billing_same_as_office"])


class TestOrganization:
    @pytest.mark.parametrize(
        ("typed", "stored"),
        [
            ("https://www.Müller.example/impressum", "xn--mller-kva.example"),
            ("Info@ACME.example", "acme.example"),
            ("acme.example.", "acme.example"),
            ("", ""),
        ],
    )
    def test_domains_are_read_from_what_people_paste(
        self, owner_client: HostClient, typed: str, stored: str
    ) -> None:
        customer = CustomerFactory(domain="old.example")
        data = {**ANYTHING, "domain": typed, "version": 1}

        owner_client.post(section(customer, "organization"), data)

        customer.refresh_from_db()
        assert customer.domain == stored

    @pytest.mark.parametrize(
        "typed", ["acme", "a..b", "-a.example", "a_b.example", "x" * 64 + ".de"]
    )
    def test_what_is_no_domain_is_refused(self, owner_client: HostClient, typed: str) -> None:
        customer = CustomerFactory()
        data = {**ANYTHING, "domain": typed, "version": 1}

        response = owner_client.post(section(customer, "organization"), data)

        assert response.context["form"].errors["domain"]
        assert response.context["form"]["domain"].value() == typed

    def test_an_invalid_name_does_not_change_the_heading(self, owner_client: HostClient) -> None:
        customer = CustomerFactory(organization_name="Right Name")
        data = {**ANYTHING, "organization_name": "Typed Name", "code": "?", "version": 1}

        page = owner_client.post(section(customer, "organization"), data).content.decode()

        assert '<div class="page-head-sub">Right Name</div>' in page
        assert 'value="Typed Name"' in page

    def test_switches_can_be_switched_off_again(self, owner_client: HostClient) -> None:
        customer = CustomerFactory(test_drives_enabled=True)

        owner_client.post(section(customer, "options"), {"version": 1})

        customer.refresh_from_db()
        assert customer.test_drives_enabled is False
