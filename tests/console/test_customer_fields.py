"""The values of a customer's custom fields: page, form, create form, columns and filters."""

import re
from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.roles import StaffRole
from audit.models import AuditEntry
from components.lists import Listing
from console.lists import custom_fields as lists
from customers import custom_values
from customers.flows import custom_fields as definitions
from customers.flows import custom_values as flows
from customers.models import Customer, CustomField
from resellers.models import Reseller
from tests.console.staff import NASTY, log_in
from tests.factories.accounts import StaffMemberFactory
from tests.factories.customers import CustomerFactory, CustomFieldFactory
from tests.harness.clients import HostClient

Kind = CustomField.Kind
CREATE = reverse("console:customers:create", "config.urls_reseller")
NEEDED = {
    "organization_name": "Acme",
    "contact_name": "Anna",
    "contact_email": "anna@acme.example",
}


def page_of(name: str, customer: Customer) -> str:
    return reverse(f"console:customer_fields:{name}", "config.urls_reseller", args=[customer.pk])


def resend(response: Any) -> dict[str, Any]:
    """What a browser sends back of the form that is shown."""
    form = response.context["form"]
    shown = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in shown.items() if value not in (None, False)}


@pytest.fixture
def owner_client(alpha: Reseller, alpha_client: HostClient) -> HostClient:
    log_in(alpha_client, StaffRole.OWNER)
    return alpha_client


def one_of_each() -> None:
    CustomFieldFactory(key="cost", label="Cost centre <b>", help_text="As booked", searchable=True)
    CustomFieldFactory(key="seats", label="Seats", number=True)
    CustomFieldFactory(key="until", label="Until", date=True)
    CustomFieldFactory(key="tier", label="Tier", choice=True)
    CustomFieldFactory(key="reference", label="Reference", yes_no=True)


TYPED = {
    "field.cost": " CC-1 <i> ",
    "field.seats": "1250.50",
    "field.until": "2026-11-22",
    "field.tier": "gold",
    "field.reference": "no",
}
STORED = {
    "cost": "CC-1 <i>",
    "seats": "1250.5",
    "until": "2026-11-22",
    "tier": "gold",
    "reference": False,
}


class TestPage:
    def test_shows_what_is_known_and_what_was_known_in_retired_fields(
        self, owner_client: HostClient
    ) -> None:
        one_of_each()
        CustomFieldFactory(key="need", label="Needed", required=True)
        CustomFieldFactory(key="old", label="Old number", retired=True)
        CustomFieldFactory(key="older", label="Never used", retired=True)
        customer = CustomerFactory(custom_values={**STORED, "old": "4711"})

        page = owner_client.get(page_of("detail", customer)).content.decode()

        section = page[page.index("What you keep") : page.index("</main>")]
        facts = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", section, re.DOTALL)
        assert [(label, re.sub(r"<[^>]*>", "", text).strip()) for label, text in facts] == [
            ("Cost centre &lt;b&gt;", "CC-1 &lt;i&gt;"),
            ("Seats", "1,250.5"),
            ("Until", "Nov. 22, 2026"),
            ("Tier", "Gold"),
            ("Reference", "No"),
            ("Needed", "Required, not given yet"),
            ("Old number", "4711"),
        ]
        assert page.index("Retired fields") > page.index("Needed")

    def test_an_empty_page_says_who_can_change_that(
        self, alpha: Reseller, alpha_client: HostClient
    ) -> None:
        customer = CustomerFactory()
        settings_page = reverse("console:custom_fields:list", "config.urls_reseller")
        for role, offered in ((StaffRole.OWNER, True), (StaffRole.SUPPORT, False)):
            log_in(alpha_client, role)
            page = alpha_client.get(page_of("detail", customer)).content.decode()
            assert "No custom fields yet" in page
            assert (settings_page in page) is offered

    def test_a_viewer_is_offered_nothing_to_change(
        self, alpha: Reseller, alpha_client: HostClient
    ) -> None:
        CustomFieldFactory()
        customer = CustomerFactory()
        log_in(alpha_client, StaffRole.VIEWER)

        page = alpha_client.get(page_of("detail", customer)).content.decode()

        assert page_of("edit", customer) not in page
        assert alpha_client.get(page_of("edit", customer)).status_code == HTTPStatus.FORBIDDEN

    def test_an_archived_customer_is_only_shown(self, owner_client: HostClient) -> None:
        CustomFieldFactory(key="cost")
        customer = CustomerFactory(status="archived", archived_from="active")

        page = owner_client.get(page_of("detail", customer)).content.decode()
        refused = owner_client.post(page_of("edit", customer), {"field.cost": "1", "version": 1})

        assert page_of("edit", customer) not in page
        assert "This customer is archived" in refused.content.decode()

    @pytest.mark.parametrize("name", ["detail", "edit"])
    def test_more_fields_cost_no_more_queries(self, owner_client: HostClient, name: str) -> None:
        customer = CustomerFactory()

        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                assert owner_client.get(page_of(name, customer)).status_code == HTTPStatus.OK
            return len(captured)

        CustomFieldFactory()
        queries()  # what is read once per process
        few = queries()
        CustomFieldFactory.create_batch(15, choice=True)
        CustomFieldFactory.create_batch(15, retired=True)

        assert queries() == few <= 12


class TestEdit:
    def test_saves_typed_values(self, owner_client: HostClient) -> None:
        one_of_each()
        customer = CustomerFactory()

        response = owner_client.post(
            page_of("edit", customer), {**TYPED, "version": 1}, follow=True
        )

        assert response.redirect_chain == [(page_of("detail", customer), HTTPStatus.FOUND)]
        assert "The customer fields were saved." in response.content.decode()
        customer.refresh_from_db()
        assert customer.custom_values == STORED
        assert list(Customer.objects.search("cc-1 <i>")) == [customer]

    def test_sent_back_as_it_is_shown_changes_nothing(self, owner_client: HostClient) -> None:
        one_of_each()
        customer = CustomerFactory(custom_values={**STORED, "tier": "tin"})

        shown = owner_client.get(page_of("edit", customer))
        response = owner_client.post(page_of("edit", customer), resend(shown))

        assert "Tin (retired)" in shown.content.decode()
        assert response.status_code == HTTPStatus.FOUND
        customer.refresh_from_db()
        assert (customer.custom_values["tier"], customer.version) == ("tin", 1)
        assert not AuditEntry.objects.exists()

    def test_a_double_click_saves_once(self, owner_client: HostClient) -> None:
        one_of_each()
        customer = CustomerFactory()

        answers = [
            owner_client.post(page_of("edit", customer), {**TYPED, "version": 1}).status_code
            for _ in range(2)
        ]

        assert answers == [HTTPStatus.FOUND] * 2
        assert AuditEntry.objects.count() == 1

    def test_emptied_boxes_empty_the_fields(self, owner_client: HostClient) -> None:
        one_of_each()
        customer = CustomerFactory(custom_values=STORED)
        empty = dict.fromkeys(TYPED, "")

        owner_client.post(page_of("edit", customer), {**empty, "version": 1})

        customer.refresh_from_db()
        assert customer.custom_values == {}

    @pytest.mark.parametrize(
        ("name", "typed", "sentence"),
        [
            ("field.cost", "x" * 501, "at most 500 characters"),
            ("field.cost", "a\u202eb", "direction"),
            ("field.seats", "NaN", "without separators"),
            ("field.seats", "9" * 40, "at most 18 digits"),
            ("field.until", "0001-01-01", "between 1500-01-01"),
            ("field.until", "2026-13-01", "day of the calendar"),
            ("field.tier", "tin", "not offered any more"),
            ("field.tier", "Gold", "not offered any more"),
            ("field.reference", "perhaps", "yes or no"),
            ("field.need", "", "required"),
        ],
    )
    def test_says_beside_the_field_what_is_wrong_and_keeps_what_was_typed(
        self, owner_client: HostClient, name: str, typed: str, sentence: str
    ) -> None:
        one_of_each()
        CustomFieldFactory(key="need", required=True)
        customer = CustomerFactory()

        data = {**TYPED, "field.need": "1", name: typed, "version": 1}
        response = owner_client.post(page_of("edit", customer), data)

        assert response.status_code == HTTPStatus.OK
        form = response.context["form"]
        assert list(form.errors) == [name]
        assert sentence in form.errors[name][0]
        assert form[name].value() == typed
        customer.refresh_from_db()
        assert customer.custom_values == {}

    def test_a_value_for_a_field_retired_meanwhile_is_not_dropped_silently(
        self, owner_client: HostClient
    ) -> None:
        CustomFieldFactory(key="cost", label="Cost centre", retired=True)
        CustomFieldFactory(key="other")
        customer = CustomerFactory(custom_values={"cost": "CC-1"})
        mine = {"field.other": "2", "version": 1}

        refused = owner_client.post(page_of("edit", customer), {**mine, "field.cost": "CC-2"})
        unchanged = owner_client.post(page_of("edit", customer), {**mine, "field.cost": "CC-1"})

        assert "“Cost centre” was retired meanwhile" in refused.content.decode()
        assert 'name="field.cost"' not in refused.content.decode()
        assert unchanged.status_code == HTTPStatus.FOUND
        customer.refresh_from_db()
        assert customer.custom_values == {"cost": "CC-1", "other": "2"}

    def test_a_value_for_a_field_that_got_another_key_is_not_dropped_silently(
        self, owner_client: HostClient
    ) -> None:
        CustomFieldFactory(key="new")
        customer = CustomerFactory()

        data = {"field.old": "x", "field.new": "", "version": 1}
        response = owner_client.post(page_of("edit", customer), data)

        assert "does not exist any more" in response.content.decode()

    def test_a_field_restored_meanwhile_keeps_what_it_held(self, owner_client: HostClient) -> None:
        CustomFieldFactory(key="cost")
        CustomFieldFactory(key="back", label="Back again", required=True)
        customer = CustomerFactory(custom_values={"cost": "1", "back": "kept"})
        without_it = {"field.cost": "2", "version": 1}

        owner_client.post(page_of("edit", customer), without_it)

        customer.refresh_from_db()
        assert customer.custom_values == {"cost": "2", "back": "kept"}

    def test_a_box_that_was_not_on_the_page_yet_shows_what_is_stored(
        self, owner_client: HostClient
    ) -> None:
        CustomFieldFactory(key="seats", number=True)
        CustomFieldFactory(key="back")
        customer = CustomerFactory(custom_values={"back": "kept"})

        data = {"field.seats": "NaN", "version": 1}
        response = owner_client.post(page_of("edit", customer), data)

        assert response.context["form"]["field.back"].value() == "kept"

    def test_a_required_field_that_came_meanwhile_is_asked_for(
        self, owner_client: HostClient
    ) -> None:
        CustomFieldFactory(key="cost")
        CustomFieldFactory(key="need", label="Needed", required=True)
        customer = CustomerFactory()

        data = {"field.cost": "2", "version": 1}
        response = owner_client.post(page_of("edit", customer), data)

        assert response.context["form"].errors == {"field.need": ["“Needed” is required."]}
        assert 'name="field.need"' in response.content.decode()

    def test_a_field_retired_between_check_and_save_is_told(
        self, owner_client: HostClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        field = CustomFieldFactory(key="cost", label="Cost centre")
        customer, dana = CustomerFactory(), StaffMemberFactory().user
        edit = flows.edit

        def retire_first(*args: Any, **kwargs: Any) -> Customer:
            definitions.retire(field, by=dana)
            return edit(*args, **kwargs)

        monkeypatch.setattr(flows, "edit", retire_first)

        response = owner_client.post(page_of("edit", customer), {"field.cost": "x", "version": 1})

        assert response.status_code == HTTPStatus.OK
        assert "“Cost centre” was retired meanwhile" in response.content.decode()

    @pytest.mark.parametrize("at", ["edit", "create"])
    def test_a_field_required_between_check_and_save_is_told(
        self, owner_client: HostClient, monkeypatch: pytest.MonkeyPatch, at: str
    ) -> None:
        CustomFieldFactory(key="cost")
        customer = CustomerFactory()
        told = custom_values.parse
        monkeypatch.setattr(
            custom_values,
            "parse",
            lambda *args: (
                (
                    CustomField.objects.filter(key="need").exists()
                    or CustomFieldFactory(key="need", label="Needed", required=True)
                )
                and told(*args)
            ),
        )
        address = page_of("edit", customer) if at == "edit" else CREATE

        response = owner_client.post(address, {**NEEDED, "field.cost": "x", "version": 1})

        assert response.status_code == HTTPStatus.OK
        assert "“Needed” is required." in response.content.decode()
        assert Customer.objects.get().custom_values == {}

    def test_a_stale_edit_shows_all_three_and_saves_on_the_second_click(
        self, owner_client: HostClient
    ) -> None:
        robin = StaffMemberFactory(user__full_name="Robin").user
        one_of_each()
        customer = CustomerFactory(custom_values={"cost": "1", "tier": "silver", "reference": True})
        flows.edit(customer, {"cost": "2", "tier": "gold", "reference": False}, version=1, by=robin)
        mine = {
            "field.cost": "3",
            "field.tier": "silver",
            "field.reference": "yes",
            "field.seats": "7",
        }

        stale = owner_client.post(page_of("edit", customer), {**mine, "version": 1})

        assert stale.status_code == HTTPStatus.CONFLICT
        page = stale.content.decode()
        assert "Robin saved" in page
        rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
        cost = next(row for row in rows if "Cost centre" in row)
        assert re.findall(r"<td>(.*?)</td>", cost) == ["1", "2", "3"]
        tier = next(row for row in rows if ">Tier<" in row)
        assert [text in tier for text in ("Silver", "Gold", "not changed by you")] == [True] * 3
        assert "not changed by you" in next(row for row in rows if ">Reference<" in row)

        saved = owner_client.post(page_of("edit", customer), resend(stale))
        assert saved.status_code == HTTPStatus.FOUND, saved.context["form"].errors
        customer.refresh_from_db()
        assert customer.custom_values == {
            "cost": "3",
            "tier": "gold",
            "reference": False,
            "seats": "7",
        }
        assert customer.version == 3

    @pytest.mark.parametrize("version", ["", "x", "0", "-1", "9" * 40, "\x00"])
    def test_a_tampered_version_saves_nothing(self, owner_client: HostClient, version: str) -> None:
        one_of_each()
        customer = CustomerFactory()

        response = owner_client.post(page_of("edit", customer), {**TYPED, "version": version})

        assert response.status_code in {HTTPStatus.OK, HTTPStatus.CONFLICT}
        customer.refresh_from_db()
        assert customer.custom_values == {}


class TestCreate:
    def test_asks_for_required_fields_and_offers_the_others(self, owner_client: HostClient) -> None:
        one_of_each()
        CustomFieldFactory(key="need", label="Needed", required=True)
        CustomFieldFactory(key="old", retired=True)

        page = owner_client.get(CREATE).content.decode()
        refused = owner_client.post(CREATE, {**NEEDED, **TYPED})
        made = owner_client.post(CREATE, {**NEEDED, **TYPED, "field.need": "x"})

        legends = re.findall(r"<legend>(.*?)</legend>", page)
        assert legends[-2:] == ["Customer fields", "More customer fields"]
        assert "field.old" not in page
        assert list(refused.context["form"].errors) == ["field.need"]
        assert made.status_code == HTTPStatus.FOUND
        assert Customer.objects.get().custom_values == {**STORED, "need": "x"}

    def test_quick_create_asks_for_what_is_required_and_no_more(
        self, owner_client: HostClient
    ) -> None:
        CustomFieldFactory(key="cost")
        CustomFieldFactory(key="need", label="Needed", required=True)
        quick = reverse("console:customers:quick", "config.urls_reseller")

        form = owner_client.get(quick).context["form"]
        refused = owner_client.post(quick, {**NEEDED, "domain": "acme.example", "field.need": ""})
        made = owner_client.post(quick, {**NEEDED, "domain": "acme.example", "field.need": "x"})

        assert [name for name in form.fields if name.startswith("field.")] == ["field.need"]
        assert list(refused.context["form"].errors) == ["field.need"]
        assert made.status_code == HTTPStatus.FOUND
        assert Customer.objects.get().custom_values == {"need": "x"}

    def test_a_form_that_comes_back_for_another_country_keeps_what_was_typed(
        self, owner_client: HostClient
    ) -> None:
        one_of_each()

        response = owner_client.post(CREATE, {**NEEDED, **TYPED, "country": "DE", "refresh": "1"})

        form = response.context["form"]
        assert {name: form[name].value() for name in TYPED} == TYPED
        assert not Customer.objects.exists()

    def test_merging_shows_what_the_customer_that_stays_will_hold(
        self, owner_client: HostClient
    ) -> None:
        one_of_each()
        duplicate = CustomerFactory(custom_values=STORED)
        CustomerFactory(code="KEPT", custom_values={"tier": "silver"})
        merge = reverse("console:customers:merge", "config.urls_reseller", args=[duplicate.pk])

        page = owner_client.post(merge, {"into": "KEPT"}).content.decode()

        assert "CC-1 &lt;i&gt;" in page
        assert "1,250.5" in page
        assert ">Gold<" not in page

    def test_without_custom_fields_there_is_no_section(self, owner_client: HostClient) -> None:
        assert "ustomer fields</legend>" not in owner_client.get(CREATE).content.decode()

    @pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
    @pytest.mark.parametrize("name", TYPED)
    def test_takes_or_refuses_whatever_is_typed(
        self, owner_client: HostClient, name: str, text: str
    ) -> None:
        one_of_each()

        response = owner_client.post(CREATE, {**NEEDED, **TYPED, name: text})

        if response.status_code == HTTPStatus.FOUND:
            customer = Customer.objects.get()
            assert owner_client.get(page_of("detail", customer)).status_code == HTTPStatus.OK
        else:
            assert response.status_code == HTTPStatus.OK
            assert list(response.context["form"].errors) == [name]
            assert "<script>alert" not in response.content.decode()
            assert not Customer.objects.exists()


labels = st.text(st.characters(codec="utf-8", blacklist_categories=["Cc"]), min_size=1, max_size=80)


@pytest.mark.parametrize("kind", Kind)
@given(label=labels, typed=st.text(max_size=60), again=st.text(max_size=60))
@settings(
    deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_definition_and_no_value_breaks_a_page(
    owner_client: HostClient, kind: str, label: str, typed: str, again: str
) -> None:
    """Define a field through the page, type values through the page, read them on the page."""
    CustomField.objects.all().delete()
    customer = CustomerFactory()
    define = reverse("console:custom_fields:create", "config.urls_reseller")
    new = {"applies_to": "customer", "kind": kind, "label": label, "choices": label}
    owner_client.post(define, new if kind == Kind.CHOICE else {**new, "choices": ""})
    field = CustomField.objects.first() or CustomFieldFactory(kind="text")
    key = field.options[0].key if field.options else typed

    answers = [
        owner_client.post(
            page_of("edit", customer), {f"field.{field.key}": value, "version": version}
        ).status_code
        for value, version in ((key, 1), (again, 2), (typed, 1))
    ]

    assert set(answers) <= {HTTPStatus.OK, HTTPStatus.FOUND, HTTPStatus.CONFLICT}
    assert owner_client.get(page_of("detail", customer)).status_code == HTTPStatus.OK
    customer.refresh_from_db()
    kept = customer.custom_values
    assert kept.keys() <= {field.key}
    assert all(custom_values.conforms(field, value) for value in kept.values())


class CustomListing(Listing[Customer]):
    """A list as it is to be built with chosen columns."""

    default_sort = "organization_name"
    searchable = False


class TestListHooks:
    def test_a_column_shows_the_value_as_people_read_it(
        self, alpha: Reseller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        one_of_each()
        CustomerFactory(organization_name="A", custom_values=STORED)
        CustomerFactory(organization_name="B", custom_values={"tier": "tin", "until": "broken"})
        live = CustomField.objects.of_target(CustomField.Target.CUSTOMER).live()
        monkeypatch.setattr(CustomListing, "columns", [lists.column(field) for field in live])

        listing = CustomListing(QueryDict(), Customer.objects.all())

        first, second = (
            re.findall(r"<t([hd])[^>]*class=\"([^\"]*)\">(.*?)</t\1>", row.cells)
            for row in listing.rows
        )
        assert [content for _tag, _css, content in first][:2] == ["CC-1 &lt;i&gt;", "1,250.5"]
        assert 'datetime="2026-11-22"' in first[2][2]
        assert [content for _tag, _css, content in first][3:] == ["Gold", "No"]
        assert [content for _tag, _css, content in second] == ["", "", "broken", "Tin", ""]
        assert "cell-number" in first[1][1]
        assert [str(header.column.label) for header in listing.headers][:2] == [
            "Cost centre <b>",
            "Seats",
        ]

    def test_an_export_prints_what_an_import_reads(self, alpha: Reseller) -> None:
        one_of_each()
        for field in CustomField.objects.live():
            printed = custom_values.text_of(field, STORED[field.key])  # type: ignore[arg-type]
            assert custom_values.parse(field, printed) == STORED[field.key]
