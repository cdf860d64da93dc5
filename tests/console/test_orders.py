"""The list of all purchase orders, and the reminder on the home page."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import StaffRole
from customers.models import Customer, PurchaseOrder
from resellers.current import today
from resellers.models import Reseller
from tests.console.staff import NASTY, ROLES, log_in
from tests.factories.customers import CustomerFactory, PurchaseOrderFactory
from tests.harness.clients import HostClient

DAY = dt.timedelta(days=1)
LIST = reverse("console:orders:list", "config.urls_reseller")
HOME = reverse("console:home", "config.urls_reseller")


@pytest.fixture
def owner_client(alpha: Reseller, alpha_client: HostClient) -> HostClient:
    log_in(alpha_client, StaffRole.OWNER)
    return alpha_client


def names_of(page: str) -> list[str]:
    return re.findall(r'<th scope="row".*?<a [^>]*>(.*?)</a>', page, re.DOTALL)


def listed(client: HostClient, **query: str) -> list[str]:
    return names_of(client.get(LIST, query).content.decode())


@pytest.mark.parametrize("role", ROLES)
def test_all_staff_see_the_list(alpha: Reseller, alpha_client: HostClient, role: str) -> None:
    log_in(alpha_client, role)

    assert alpha_client.get(LIST).status_code == 200


def test_orders_of_all_customers_stand_by_their_end_with_their_customer(
    owner_client: HostClient,
) -> None:
    acme: Customer = CustomerFactory(organization_name="Acme & Co")
    PurchaseOrderFactory(customer=acme, name="late", expires_on=today() + 9 * DAY)
    PurchaseOrderFactory(name="soon", expires_on=today() + DAY)

    page = owner_client.get(LIST).content.decode()

    assert names_of(page) == ["soon", "late"]
    assert "Acme &amp; Co" in page
    assert (
        f'href="{reverse("console:customers:detail", "config.urls_reseller", args=[acme.pk])}"'
        in page
    )


def test_filters_narrow_alone_and_together(owner_client: HostClient) -> None:
    PurchaseOrderFactory(name="a", status="active", provider="aws", currency="EUR")
    PurchaseOrderFactory(name="b", status="inactive", provider="aws", currency="USD")
    PurchaseOrderFactory(name="c", status="active", provider="azure", currency="USD")

    assert set(listed(owner_client, status="active")) == {"a", "c"}
    assert set(listed(owner_client, provider="aws")) == {"a", "b"}
    assert set(listed(owner_client, currency="USD")) == {"b", "c"}
    assert listed(owner_client, status="active", provider="azure", currency="USD") == ["c"]
    assert listed(owner_client, status="expired") == []


def test_filters_search_and_view_are_kept_beside_each_other(owner_client: HostClient) -> None:
    near = today() + DAY
    PurchaseOrderFactory(name="Alpha one", expires_on=near, currency="USD")
    PurchaseOrderFactory(name="Alpha two", expires_on=near, currency="EUR")
    PurchaseOrderFactory(name="Alpha far", currency="USD")
    PurchaseOrderFactory(name="Beta", expires_on=near, currency="USD")

    query = {"view": "expiring", "q": "alpha", "currency": "USD"}
    page = owner_client.get(LIST, query).content.decode()

    assert names_of(page) == ["Alpha one"]
    assert '<option value="USD" selected>' in page
    assert '<input type="hidden" name="currency" value="USD">' in page
    assert page.count('<input type="hidden" name="view" value="expiring">') == 2
    assert '<input type="hidden" name="q" value="alpha">' in page
    assert 'href="?q=alpha&amp;view=expiring">Without filters' in page


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("po-77", ["PO-77"]),
        ("BOARD", ["PO-77"]),
        ("acme", ["PO-77"]),
        ("acme po-77", ["PO-77"]),
        ("acme other", []),
    ],
)
def test_orders_are_found_by_name_comment_and_customer(
    owner_client: HostClient, words: str, found: list[str]
) -> None:
    acme = CustomerFactory(organization_name="Acme")
    PurchaseOrderFactory(customer=acme, name="PO-77", comment="Signed by the board")
    PurchaseOrderFactory(name="Other")

    assert listed(owner_client, q=words) == found


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
@pytest.mark.parametrize("name", ["q", "status", "provider", "currency", "view", "sort", "cursor"])
def test_nonsense_in_the_address_is_ignored(owner_client: HostClient, name: str, text: str) -> None:
    PurchaseOrderFactory()

    assert owner_client.get(LIST, {name: text}).status_code == 200


def test_an_unknown_filter_is_told(owner_client: HostClient) -> None:
    PurchaseOrderFactory(name="shown")

    page = owner_client.get(LIST, {"status": "gone"}).content.decode()

    assert "A filter in the address is unknown" in page
    assert names_of(page) == ["shown"]


def test_a_longer_list_costs_no_more_queries(owner_client: HostClient) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            owner_client.get(LIST, {"status": "active", "q": "po"})
        return len(captured)

    PurchaseOrderFactory(expires_on=today())
    queries()
    short = queries()
    for _ in range(30):
        PurchaseOrderFactory(expires_on=today())

    assert queries() == short
    assert short <= 12


def test_orders_of_archived_customers_are_out_of_sight(owner_client: HostClient) -> None:
    PurchaseOrderFactory(name="here", renewal_on=today())
    away = PurchaseOrderFactory(name="away", renewal_on=today())
    Customer.objects.filter(pk=away.customer_id).update(status="archived", archived_from="active")

    assert listed(owner_client) == ["here"]
    page = owner_client.get(HOME).content.decode()
    card = page[page.index("Purchase order is due for renewal") :]
    assert re.search(r'<p class="home-number">1</p>', card[:200])


class TestReminder:
    def test_renewals_that_are_near_or_overdue_stand_on_the_home_page(
        self, owner_client: HostClient
    ) -> None:
        PurchaseOrderFactory(renewal_on=today() + 30 * DAY)
        PurchaseOrderFactory(renewal_on=today() - 3 * DAY)
        PurchaseOrderFactory(renewal_on=today() + 31 * DAY)
        PurchaseOrderFactory(renewal_on=today(), inactive=True)
        PurchaseOrderFactory(renewal_on=today(), archived=True)
        PurchaseOrderFactory()

        page = owner_client.get(HOME).content.decode()

        card = page[page.index("Purchase orders are due for renewal") :]
        assert re.search(r'<p class="home-number">2</p>', card[:200])
        assert f'href="{LIST}?view=renewal"' in card
        due = PurchaseOrder.objects.renewal_due(today())
        assert set(listed(owner_client, view="renewal")) == set(due.values_list("name", flat=True))
        assert len(due) == 2

    def test_without_any_there_is_no_card(self, owner_client: HostClient) -> None:
        PurchaseOrderFactory(renewal_on=today() + 31 * DAY)

        assert "due for renewal" not in owner_client.get(HOME).content.decode()

    def test_who_cannot_act_is_not_reminded(
        self, alpha: Reseller, alpha_client: HostClient
    ) -> None:
        PurchaseOrderFactory(renewal_on=today())
        log_in(alpha_client, StaffRole.VIEWER)

        assert "due for renewal" not in alpha_client.get(HOME).content.decode()
