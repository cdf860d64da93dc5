"""Pages about a customer's purchase orders."""

import datetime as dt
import html
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_tenants.utils import schema_context
from hypothesis import HealthCheck, given, settings

from accounts.roles import StaffRole
from audit.models import AuditEntry
from console.forms.purchase_orders import AddPurchaseOrderForm
from customers import order_status, order_terms
from customers.flows import purchase_orders as flows
from customers.flows.purchase_orders import OrderDetails
from customers.models import Customer, PurchaseOrder
from customers.order_status import OrderStatus
from resellers.current import current_reseller, today
from resellers.models import Reseller
from resellers.schemas import connection as tenants
from tests.console.staff import NASTY, ROLES, log_in
from tests.customers.test_order_terms import any_terms
from tests.factories.accounts import StaffMemberFactory
from tests.factories.customers import CustomerFactory, PurchaseOrderFactory
from tests.harness.clients import HostClient

DAY = dt.timedelta(days=1)
NEEDED = {"name": "PO 1", "status": "active", "annual_value": "12000", "currency": "EUR"}
FILLED = {
    **NEEDED,
    "annual_value": "12500.50",
    "provider": "aws",
    "consumption_base": "100",
    "starts_on": "2026-01-01",
    "expires_on": "2099-12-31",
    "renewal_on": "2099-10-01",
    "consumption_starts_on": "2026-02-01",
    "contract_period_days": "365",
    "comment": "Zwei\r\nZeilen",
}


def page_of(name: str, order_or_customer: PurchaseOrder | Customer) -> str:
    if isinstance(order_or_customer, PurchaseOrder):
        args = [order_or_customer.customer_id, order_or_customer.pk]
    else:
        args = [order_or_customer.pk]
    return reverse(f"console:purchase_orders:{name}", "config.urls_reseller", args=args)


@pytest.fixture
def owner_client(alpha: Reseller, alpha_client: HostClient) -> HostClient:
    log_in(alpha_client, StaffRole.OWNER)
    return alpha_client


@pytest.fixture
def customer(alpha: Reseller) -> Customer:
    made: Customer = CustomerFactory()
    return made


def names_of(page: str) -> list[str]:
    return re.findall(r'<th scope="row".*?<a [^>]*>(.*?)</a>', page, re.DOTALL)


def offered(form: Any, name: str) -> list[str]:
    return [code for code, _label in form.fields[name].choices]


def stored_of(form: Any) -> dict[str, Any]:
    data = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in data.items() if value is not None}


class TestWhoMayDoWhat:
    @pytest.mark.parametrize("role", ROLES)
    @pytest.mark.parametrize("name", ["list", "detail", "add", "edit", "archive"])
    def test_everybody_sees_and_editors_change(
        self, alpha: Reseller, alpha_client: HostClient, role: str, name: str
    ) -> None:
        order = PurchaseOrderFactory()
        log_in(alpha_client, role)
        about = order.customer if name in {"list", "add"} else order

        response = alpha_client.get(page_of(name, about))

        sees = role != StaffRole.VIEWER or name in {"list", "detail"}
        assert response.status_code == (200 if sees else 403)

    @pytest.mark.parametrize("name", ["add", "edit", "archive", "restore"])
    def test_a_weaker_role_changes_nothing(
        self, alpha: Reseller, alpha_client: HostClient, name: str
    ) -> None:
        order = PurchaseOrderFactory(name="Old", archived=name == "restore")
        log_in(alpha_client, StaffRole.VIEWER)
        about = order.customer if name == "add" else order

        response = alpha_client.post(page_of(name, about), {**FILLED, "version": 1})

        assert response.status_code == 403
        before = order.is_archived
        order.refresh_from_db()
        assert (order.name, order.is_archived, PurchaseOrder.objects.count()) == ("Old", before, 1)

    def test_the_viewer_is_offered_nothing_to_change(
        self, alpha: Reseller, alpha_client: HostClient
    ) -> None:
        order = PurchaseOrderFactory()
        log_in(alpha_client, StaffRole.VIEWER)

        detail = alpha_client.get(page_of("detail", order)).content.decode()
        lists = alpha_client.get(page_of("list", order.customer)).content.decode()

        for page in (detail, lists):
            assert page_of("add", order.customer) not in page
            assert page_of("edit", order) not in page
            assert page_of("archive", order) not in page


class TestList:
    def test_what_ends_first_stands_first(
        self, owner_client: HostClient, customer: Customer
    ) -> None:
        PurchaseOrderFactory(customer=customer, name="endless")
        PurchaseOrderFactory(customer=customer, name="late", expires_on=today() + 99 * DAY)
        PurchaseOrderFactory(customer=customer, name="soon", expires_on=today() + 12 * DAY)
        PurchaseOrderFactory(name="Somebody else's")

        page = owner_client.get(page_of("list", customer)).content.decode()

        assert names_of(page) == ["soon", "late", "endless"]
        assert "expires in 12 days" in page
        assert "12,000.00\u00a0EUR" in page
        assert "Any provider" in page
        assert "no end" in page
        assert "3 purchase orders" in page

    def test_views_show_what_is_near_and_what_was_put_away(
        self, owner_client: HostClient, customer: Customer
    ) -> None:
        near = today() + 5 * DAY
        PurchaseOrderFactory(customer=customer, name="ends", expires_on=near)
        PurchaseOrderFactory(customer=customer, name="renews", renewal_on=near)
        PurchaseOrderFactory(customer=customer, name="idle", expires_on=near, inactive=True)
        PurchaseOrderFactory(
            customer=customer, name="gone", expires_on=near, renewal_on=near, archived=True
        )

        shown = {
            view: set(
                names_of(
                    owner_client.get(page_of("list", customer), {"view": view}).content.decode()
                )
            )
            for view in ("", "expiring", "renewal", "archived")
        }

        assert shown == {
            "": {"ends", "renews", "idle"},
            "expiring": {"ends"},
            "renewal": {"renews"},
            "archived": {"gone"},
        }

    def test_pages_walk_through_all_rows_once(
        self, owner_client: HostClient, customer: Customer
    ) -> None:
        for number in range(60):
            ends = today() + (number // 20) * DAY if number % 2 else None
            PurchaseOrderFactory(customer=customer, expires_on=ends)

        seen: list[str] = []
        address = "?per=25"
        for expected in (25, 25, 10):
            page = owner_client.get(page_of("list", customer) + address).content.decode()
            assert len(names_of(page)) == expected
            seen += names_of(page)
            found = re.search(r'rel="next" href="([^"]*)"', page)
            address = html.unescape(found[1]) if found else ""

        assert len(set(seen)) == 60

    def test_an_empty_list_offers_the_first_order(
        self, owner_client: HostClient, customer: Customer
    ) -> None:
        page = owner_client.get(page_of("list", customer)).content.decode()

        assert "No purchase orders yet" in page
        assert "Add the first purchase order" in page

    def test_a_longer_list_costs_no_more_queries(
        self, owner_client: HostClient, customer: Customer
    ) -> None:
        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                owner_client.get(page_of("list", customer))
            return len(captured)

        PurchaseOrderFactory(customer=customer, expires_on=today())
        queries()
        short = queries()
        for _ in range(30):
            PurchaseOrderFactory(customer=customer, expires_on=today())

        assert queries() == short
        assert short <= 12


class TestAdd:
    def test_makes_the_order_and_shows_it(
        self, owner_client: HostClient, customer: Customer
    ) -> None:
        response = owner_client.post(page_of("add", customer), FILLED, follow=True)

        order = PurchaseOrder.objects.get()
        assert response.redirect_chain[0][0] == page_of("detail", order)
        page = response.content.decode()
        for text in (
            "The purchase order PO 1 was added.",
            "12,500.50\u00a0EUR",
            "100.00\u00a0EUR",
            "Amazon Web Services",
            "365 days",
            "Oct. 1, 2099",
            "Zwei<br>Zeilen",
            "0.8 % spent",
            "12,400.50\u00a0EUR remain.",
        ):
            assert text in page, text

    def test_needs_little(self, owner_client: HostClient, customer: Customer) -> None:
        assert owner_client.post(page_of("add", customer), NEEDED).status_code == 302
        form = owner_client.get(page_of("add", customer)).context["form"]

        required = {name for name, field in form.fields.items() if field.required}
        assert required == set(NEEDED)

    def test_offers_what_the_reseller_resells_and_its_currency_first(
        self, owner_client: HostClient, customer: Customer
    ) -> None:
        form = owner_client.get(page_of("add", customer)).context["form"]

        assert offered(form, "provider") == ["", *current_reseller().providers]
        assert offered(form, "currency")[0] == current_reseller().currency
        assert form["currency"].value() == current_reseller().currency
        assert form["status"].value() == "in_discussion"

    @pytest.mark.parametrize(
        ("changes", "field", "sentence"),
        [
            ({"name": ""}, "name", "This field is required."),
            ({"name": "x" * 101}, "name", "at most 100"),
            ({"status": "gone"}, "status", "valid choice"),
            ({"status": ""}, "status", "This field is required."),
            ({"provider": "azure"}, "provider", "valid choice"),
            ({"currency": "XXX"}, "currency", "valid choice"),
            ({"annual_value": ""}, "annual_value", "This field is required."),
            ({"annual_value": "-5"}, "annual_value", "An amount cannot be negative."),
            ({"annual_value": "12.500,50"}, "annual_value", "Write 12500.50: without"),
            ({"annual_value": "1.5", "currency": "JPY"}, "annual_value", "have no decimals"),
            ({"consumption_base": "1.005"}, "consumption_base", "at most 2 decimals"),
            ({"consumption_base": "1,5"}, "consumption_base", "Write 1.5: without"),
            ({"starts_on": "01.02.2026"}, "starts_on", "Enter a day that exists"),
            ({"starts_on": "2026-02-30"}, "starts_on", "Enter a day that exists"),
            ({"starts_on": "0226-02-01"}, "starts_on", "in the years 2000 to 2199"),
            ({"starts_on": "20266-02-01"}, "starts_on", "Enter a day that exists"),
            ({"expires_on": "2025-12-31", "status": "inactive"}, "expires_on", "before it starts"),
            ({"renewal_on": "2025-12-31"}, "renewal_on", "before the start"),
            ({"renewal_on": "2100-01-01"}, "renewal_on", "after the expiry"),
            (
                {"consumption_starts_on": "2025-12-31"},
                "consumption_starts_on",
                "before the order does",
            ),
            (
                {"consumption_starts_on": "2100-01-01"},
                "consumption_starts_on",
                "after the order expires",
            ),
            ({"contract_period_days": "0"}, "contract_period_days", "1 to 36525 days"),
            ({"contract_period_days": "-3"}, "contract_period_days", "1 to 36525 days"),
            ({"contract_period_days": "9" * 30}, "contract_period_days", "1 to 36525 days"),
            ({"contract_period_days": "1.5"}, "contract_period_days", "whole number of days"),
            ({"contract_period_days": "27759"}, "contract_period_days", "are 27028 days"),
            ({"status": "expired"}, "status", "has not passed yet"),
            ({"comment": "x" * 5001}, "comment", "at most 5000"),
        ],
    )
    def test_says_beside_the_field_what_is_wrong_and_keeps_what_was_typed(
        self,
        owner_client: HostClient,
        customer: Customer,
        changes: dict[str, str],
        field: str,
        sentence: str,
    ) -> None:
        typed = {**FILLED, **changes}
        response = owner_client.post(page_of("add", customer), typed)

        assert response.status_code == 200
        form = response.context["form"]
        assert field in form.errors
        assert sentence in " ".join(form.errors[field])
        assert {name: form[name].value() for name in typed} == typed
        assert "There is a problem" in response.content.decode()
        assert not PurchaseOrder.objects.exists()
        assert not AuditEntry.objects.exists()

    def test_all_mistakes_are_told_at_once(
        self, owner_client: HostClient, customer: Customer
    ) -> None:
        data = {**FILLED, "name": "", "annual_value": "x", "renewal_on": "2025-01-01"}
        response = owner_client.post(page_of("add", customer), data)

        assert set(response.context["form"].errors) == {"name", "annual_value", "renewal_on"}

    @pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
    @pytest.mark.parametrize("field", FILLED)
    def test_takes_or_refuses_whatever_is_typed(
        self, owner_client: HostClient, customer: Customer, field: str, text: str
    ) -> None:
        response = owner_client.post(page_of("add", customer), {**FILLED, field: text})

        if response.status_code == 302:
            assert PurchaseOrder.objects.count() == 1
        else:
            assert response.status_code == 200
            assert field in response.context["form"].errors
            assert "<script>alert" not in response.content.decode()
            assert not PurchaseOrder.objects.exists()

    def test_a_double_click_makes_one_order(
        self, owner_client: HostClient, customer: Customer
    ) -> None:
        key = owner_client.get(page_of("add", customer)).context["form"]["key"].value()

        responses = [
            owner_client.post(page_of("add", customer), {**FILLED, "key": str(key)})
            for _ in range(2)
        ]

        assert [response.status_code for response in responses] == [302, 302]
        assert str(PurchaseOrder.objects.get().pk) == str(key)

    def test_what_only_the_flow_can_know_is_told_beside_the_field(
        self, owner_client: HostClient, customer: Customer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_args: object, **_kwargs: object) -> None:
            raise flows.CannotSaveOrderError("Not now.", field="provider")

        monkeypatch.setattr(flows, "add", refuse)

        response = owner_client.post(page_of("add", customer), FILLED)

        assert response.context["form"].errors == {"provider": ["Not now."]}


@given(terms=any_terms)
@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_form_refuses_exactly_what_has_a_sentence(
    alpha: Reseller, terms: dict[str, Any]
) -> None:
    """The database does, too: tests/customers/test_order_terms.py."""
    told = {**terms, "name": "PO", "currency": "KWD", "status": "inactive"}
    form = AddPurchaseOrderForm(
        {name: "" if value is None else str(value) for name, value in told.items()}
    )

    expected: dict[str, list[str]] = {}
    for problem in order_terms.problems(PurchaseOrder(**told)):
        expected.setdefault(problem.field, []).append(problem.sentence)
    assert dict(form.errors) == expected


class TestEdit:
    def test_begins_with_what_is_stored(self, owner_client: HostClient) -> None:
        order = PurchaseOrderFactory(complete=True)

        page = owner_client.get(page_of("edit", order))

        form = page.context["form"]
        assert form["annual_value"].value() == "12000.00"
        assert form["consumption_base"].value() == "1000.50"
        text = page.content.decode()
        for value in ("2026-01-01", "2099-12-31", "2099-10-01", "2026-02-01", "12000.00"):
            assert f'value="{value}"' in text

    def test_saves_and_goes_back(self, owner_client: HostClient) -> None:
        order = PurchaseOrderFactory()

        response = owner_client.post(page_of("edit", order), {**FILLED, "version": 1})

        assert response["Location"] == page_of("detail", order)
        order.refresh_from_db()
        assert (str(order.value), order.renewal_on, order.version) == (
            "12,500.50\u00a0EUR",
            dt.date(2099, 10, 1),
            2,
        )

    def test_saving_the_page_unchanged_changes_nothing(self, owner_client: HostClient) -> None:
        order = PurchaseOrderFactory(complete=True, currency="KWD")
        form = owner_client.get(page_of("edit", order)).context["form"]

        response = owner_client.post(page_of("edit", order), stored_of(form))

        assert response.status_code == 302
        order.refresh_from_db()
        assert order.version == 1
        assert not AuditEntry.objects.exists()

    def test_what_is_not_needed_can_be_emptied(self, owner_client: HostClient) -> None:
        order = PurchaseOrderFactory(complete=True)

        owner_client.post(page_of("edit", order), {**NEEDED, "version": 1})

        order.refresh_from_db()
        assert order.consumption_base == 0
        assert (order.provider, order.comment, order.contract_period_days) == ("", "", None)
        assert [getattr(order, field) for field in order_terms.DATES] == [None] * 4

    @pytest.mark.parametrize("status", OrderStatus.values)
    def test_offers_the_statuses_that_may_follow(
        self, owner_client: HostClient, status: str
    ) -> None:
        ends = today() - DAY if status == "expired" else None
        order = PurchaseOrderFactory(status=status, expires_on=ends)

        form = owner_client.get(page_of("edit", order)).context["form"]

        may_follow = {status, *order_status.ALLOWED[OrderStatus(status)]}
        assert set(offered(form, "status")) == may_follow

    def test_a_status_that_may_not_follow_is_refused(self, owner_client: HostClient) -> None:
        order = PurchaseOrderFactory(in_discussion=True)

        data = {**NEEDED, "status": "expired", "expires_on": "2020-01-01", "version": 1}
        response = owner_client.post(page_of("edit", order), data)

        assert list(response.context["form"].errors) == ["status"]
        order.refresh_from_db()
        assert order.status == "in_discussion"

    def test_reopening_needs_a_new_date(self, owner_client: HostClient) -> None:
        order = PurchaseOrderFactory(expired=True)
        data = {**NEEDED, "expires_on": "2020-12-31", "version": 1}

        refused = owner_client.post(page_of("edit", order), data)
        saved = owner_client.post(page_of("edit", order), {**data, "expires_on": "2099-01-01"})

        assert refused.context["form"].errors == {
            "expires_on": ["To reopen the order, type a new expiry date."]
        }
        assert saved.status_code == 302
        order.refresh_from_db()
        assert order.status == "active"

    def test_keeps_offering_a_provider_that_is_no_longer_resold(
        self, owner_client: HostClient
    ) -> None:
        order = PurchaseOrderFactory(provider="google")

        form = owner_client.get(page_of("edit", order)).context["form"]

        assert offered(form, "provider") == ["", *current_reseller().providers, "google"]

    def test_a_stale_edit_shows_all_three_and_saves_on_the_second_click(
        self, owner_client: HostClient
    ) -> None:
        robin = StaffMemberFactory(user__full_name="Robin").user
        order = PurchaseOrderFactory(complete=True, comment="old")
        data = stored_of(owner_client.get(page_of("edit", order)).context["form"])
        theirs = OrderDetails(comment="theirs", renewal_on=dt.date(2099, 11, 1))
        flows.edit(order, theirs, version=1, by=robin)

        response = owner_client.post(page_of("edit", order), {**data, "comment": "mine"})

        assert response.status_code == 409
        page = response.content.decode()
        assert "Robin saved" in page
        rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
        assert len(rows) == 3, "the head, the comment and the renewal"
        comment = next(row for row in rows if ">Comment<" in row)
        assert [f"<td>{text}</td>" in comment for text in ("old", "theirs", "mine")] == [True] * 3
        assert "not changed by you" in next(row for row in rows if ">Renewal<" in row)

        again = stored_of(response.context["form"])
        saved = owner_client.post(page_of("edit", order), again)

        assert saved.status_code == 302, saved.context["form"].errors
        order.refresh_from_db()
        assert (order.comment, order.renewal_on) == ("mine", dt.date(2099, 11, 1))

    def test_who_edits_while_it_expires_learns_it_and_can_reopen(
        self, owner_client: HostClient
    ) -> None:
        order = PurchaseOrderFactory(expires_on=today() - DAY)
        data = stored_of(owner_client.get(page_of("edit", order)).context["form"])
        flows.expire(order.pk)

        stale = owner_client.post(page_of("edit", order), {**data, "expires_on": "2099-01-01"})

        assert stale.status_code == 409
        assert "The portal saved" in stale.content.decode()
        form = stale.context["form"]
        assert (form["status"].value(), form["expires_on"].value()) == (
            "expired",
            dt.date(2099, 1, 1),
        )
        again = stored_of(form)
        refused = owner_client.post(page_of("edit", order), again)
        assert "has not passed yet" in refused.content.decode()
        saved = owner_client.post(page_of("edit", order), {**again, "status": "active"})
        assert saved.status_code == 302

    @pytest.mark.parametrize("version", ["", "x", "0", "-1", "9" * 40, "\x00"])
    def test_a_tampered_version_saves_nothing(self, owner_client: HostClient, version: str) -> None:
        order = PurchaseOrderFactory(name="Old")

        response = owner_client.post(page_of("edit", order), {**FILLED, "version": version})

        assert response.status_code in {200, 409}
        order.refresh_from_db()
        assert order.name == "Old"


class TestDetail:
    def test_says_what_is_near(self, owner_client: HostClient) -> None:
        order = PurchaseOrderFactory(expires_on=today() + 12 * DAY, renewal_on=today() + 5 * DAY)

        page = owner_client.get(page_of("detail", order)).content.decode()

        assert "expires in 12 days" in page
        assert "renewal due in 5 days" in page
        assert "12 days are left." in page

    def test_the_day_is_the_resellers_own(
        self, alpha: Reseller, owner_client: HostClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with schema_context("public"):
            Reseller.objects.filter(pk=alpha.pk).update(time_zone="Pacific/Kiritimati")
        alpha.time_zone = "Pacific/Kiritimati"
        tenants.set_tenant(alpha)
        order = PurchaseOrderFactory(expires_on=today())

        assert order.signs_today[0].text == "expires today"

    def test_what_is_not_known_is_said(self, owner_client: HostClient) -> None:
        page = owner_client.get(page_of("detail", PurchaseOrderFactory())).content.decode()

        assert page.count("Not given") == 5
        assert "consumption is not tracked yet" in page
        assert "left." not in page

    def test_an_overspent_order_says_by_how_much(self, owner_client: HostClient) -> None:
        order = PurchaseOrderFactory(annual_value="100", consumption_base="150.50")

        page = owner_client.get(page_of("detail", order)).content.decode()

        assert "That is 50.50\u00a0EUR more than was ordered." in page
        assert re.search(r'<meter[^>]* value="150\.5"', page)
        assert "remain." not in page

    def test_an_order_of_nothing_has_no_meter(self, owner_client: HostClient) -> None:
        order = PurchaseOrderFactory(annual_value="0")

        assert "<meter" not in owner_client.get(page_of("detail", order)).content.decode()

    @pytest.mark.parametrize(("ends", "told"), [("2026-12-31", False), ("2027-01-02", True)])
    def test_an_order_of_several_years_explains_its_figure(
        self, owner_client: HostClient, ends: str, *, told: bool
    ) -> None:
        order = PurchaseOrderFactory(starts_on="2026-01-01", expires_on=ends)

        page = owner_client.get(page_of("detail", order)).content.decode()

        assert ("runs for longer than a year" in page) == told

    def test_the_timelines_tell_who_did_what(
        self, alpha: Reseller, alpha_client: HostClient
    ) -> None:
        alpha_client.force_login(StaffMemberFactory(owner=True, user__full_name="Dana").user)
        customer = CustomerFactory()
        alpha_client.post(page_of("add", customer), FILLED)
        order = PurchaseOrder.objects.get()
        alpha_client.post(page_of("edit", order), {**FILLED, "status": "inactive", "version": 1})
        timeline = reverse("console:customers:timeline", "config.urls_reseller", args=[customer.pk])

        for address in (timeline, page_of("detail", order)):
            page = alpha_client.get(address).content.decode()
            assert "Dana added the purchase order PO 1" in page
            assert "Status: Active → Inactive" in page


class TestArchive:
    def test_there_and_back(self, owner_client: HostClient) -> None:
        order = PurchaseOrderFactory(expires_on=today() + DAY)

        assert f"Archive {order}?" in owner_client.get(page_of("archive", order)).content.decode()
        gone = owner_client.post(page_of("archive", order), follow=True).content.decode()
        back = owner_client.post(page_of("restore", order), follow=True).content.decode()

        assert f"The purchase order {order} was archived." in gone
        assert "expires in" not in gone
        assert page_of("restore", order) in gone
        assert page_of("edit", order) not in gone
        assert f"The purchase order {order} was restored." in back
        assert "expires in 1 day" in back

    def test_restoring_is_not_done_by_a_visit(self, owner_client: HostClient) -> None:
        order = PurchaseOrderFactory(archived=True)

        assert owner_client.get(page_of("restore", order)).status_code == 405
