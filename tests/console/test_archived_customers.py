"""The pages of an archived customer: everything can be read, nothing is offered."""

import re

import pytest
from django.urls import reverse

from accounts.roles import StaffRole
from customers.models import Customer
from resellers.models import Reseller
from tests.console.staff import log_in
from tests.console.test_groups import FILLED as GROUP
from tests.console.test_purchase_orders import FILLED as ORDER
from tests.factories.cloudaccounts import CloudAccountFactory, CustomerProviderFactory
from tests.factories.customers import (
    ContactFactory,
    CustomerFactory,
    CustomFieldFactory,
    GroupFactory,
    MembershipFactory,
    PurchaseOrderFactory,
)
from tests.harness.clients import HostClient

SENTENCE = "This customer is archived. Restore it first."
CONTACT = {
    "first_name": "Anna",
    "last_name": "Miller",
    "email": "anna@a.example",
    "user_type": "viewer",
}


@pytest.fixture
def owner_client(alpha: Reseller, alpha_client: HostClient) -> HostClient:
    log_in(alpha_client, StaffRole.OWNER)
    return alpha_client


def url(name: str, *args: object) -> str:
    return reverse(f"console:{name}", "config.urls_reseller", args=args)


def pages_of(customer: Customer) -> dict[str, str]:
    """The pages that read, each with one of everything."""
    CustomFieldFactory(key="own")
    group, away = GroupFactory(customer=customer), GroupFactory(customer=customer, archived=True)
    order = PurchaseOrderFactory(customer=customer)
    put_away = PurchaseOrderFactory(customer=customer, archived=True)
    contact = ContactFactory(customer=customer)
    ContactFactory(customer=customer, primary=True)
    CustomerProviderFactory(customer=customer)
    account = CloudAccountFactory(customer=customer, linked=True)
    key = customer.pk
    return {
        "customer": url("customers:detail", key),
        "fields": url("customer_fields:detail", key),
        "groups": url("groups:list", key),
        "group": url("groups:detail", key, group.pk),
        "archived group": url("groups:detail", key, away.pk),
        "orders": url("purchase_orders:list", key),
        "order": url("purchase_orders:detail", key, order.pk),
        "archived order": url("purchase_orders:detail", key, put_away.pk),
        "contacts": url("contacts:list", key),
        "contact": url("contacts:detail", key, contact.pk),
        "users": url("people:list", key),
        "providers": url("cloud_providers:list", key),
        "cloud accounts": url("cloud_accounts:list", key),
        "cloud account": url("cloud_accounts:detail", key, account.pk),
        "timeline": url("customers:timeline", key),
    }


def offered(page: str, customer: Customer) -> set[str]:
    """Where buttons and links of the customer lead that change something."""
    inner = page.partition("<main")[2]
    found = re.findall(rf'(?:href|action)="/console/customers/{customer.pk}/([^"]+)"', inner)
    changing = re.compile(
        r"(^|/)(add|edit|archive|restore|remove|primary|contacts/accounts|credentials|move|suspend|merge|reactivate)/|^edit/"
    )
    return {each for each in found if changing.search(each)}


@pytest.mark.parametrize("archived", [True, False])
def test_only_restoring_is_offered(owner_client: HostClient, archived: bool) -> None:
    customer = CustomerFactory(archived=archived)
    MembershipFactory(customer=customer)

    for name, address in pages_of(customer).items():
        response = owner_client.get(address)

        assert response.status_code == 200, name
        found = offered(response.content.decode(), customer)
        if not archived:
            assert found or name == "timeline", f"{name} offers nothing even while active"
        else:
            assert found == ({"restore/"} if name == "customer" else set()), name


@pytest.mark.parametrize("archived", [True, False])
@pytest.mark.parametrize("name", ["groups", "purchase_orders", "contacts", "people"])
def test_an_empty_list_offers_the_first_one_only_while_it_can_be_added(
    owner_client: HostClient, name: str, archived: bool
) -> None:
    customer = CustomerFactory(archived=archived)

    page = owner_client.get(url(f"{name}:list", customer.pk)).content.decode()

    assert (url(f"{name}:add", customer.pk) in page) is not archived


def test_each_page_says_why_and_leads_to_where_it_can_be_restored(
    owner_client: HostClient,
) -> None:
    customer = CustomerFactory(archived=True)

    for name, address in pages_of(customer).items():
        page = owner_client.get(address).content.decode()
        if name != "customer":
            assert "This customer is archived: nothing of it can be changed." in page, name
            assert f'href="{url("customers:detail", customer.pk)}"' in page, name


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("groups:add", GROUP),
        ("groups:edit", {**GROUP, "version": 1}),
        ("groups:archive", {}),
        ("groups:restore", {}),
        ("purchase_orders:add", ORDER),
        ("purchase_orders:edit", {**ORDER, "version": 1}),
        ("purchase_orders:archive", {}),
        ("purchase_orders:restore", {}),
        ("contacts:add", CONTACT),
        ("contacts:edit", {**CONTACT, "version": 1}),
        ("contacts:primary", {}),
        ("contacts:remove", {}),
        ("customer_fields:edit", {"field.own": "New", "version": 1}),
    ],
)
def test_a_page_that_was_open_before_is_told_why(
    owner_client: HostClient, name: str, sent: dict[str, object]
) -> None:
    customer = CustomerFactory(archived=True)
    CustomFieldFactory(key="own")
    put_away = {"archived": name.endswith("restore")}
    made = {
        "groups": GroupFactory(customer=customer, **put_away).pk,
        "purchase_orders": PurchaseOrderFactory(customer=customer, **put_away).pk,
        "contacts": ContactFactory(customer=customer).pk,
    }
    area, _colon, what = name.partition(":")
    ids = [made[area]] if area in made and what != "add" else []

    response = owner_client.post(url(name, customer.pk, *ids), sent, follow=True)

    assert response.status_code == 200
    assert SENTENCE in response.content.decode()
