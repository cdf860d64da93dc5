"""Was, theirs, yours: in the words that forms show, never in codes of the database."""

import re
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import User
from accounts.roles import StaffRole
from customers.attributes import Attributes
from customers.flows import contacts, custom_values, groups, purchase_orders
from customers.flows import customers as customer_flows
from customers.flows.filling import Told
from customers.flows.groups import GroupDetails
from customers.flows.purchase_orders import OrderDetails
from resellers.models import Reseller
from tests.console.staff import log_in
from tests.factories.accounts import StaffMemberFactory
from tests.factories.customers import (
    ContactFactory,
    CustomerFactory,
    CustomFieldFactory,
    GroupFactory,
    PurchaseOrderFactory,
)
from tests.harness.clients import HostClient


@pytest.fixture
def owner_client(alpha: Reseller, alpha_client: HostClient) -> HostClient:
    log_in(alpha_client, StaffRole.OWNER)
    return alpha_client


@pytest.fixture
def robin(alpha: Reseller) -> User:
    user: User = StaffMemberFactory(user__full_name="Robin").user
    return user


def url(name: str, *args: object) -> str:
    return reverse(f"console:{name}", "config.urls_reseller", args=args)


def opened(client: HostClient, address: str) -> dict[str, Any]:
    """What the form on this page would send."""
    form = client.get(address).context["form"]
    sent = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in sent.items() if value not in {None, False}}


def rows(response: Any) -> dict[str, list[str]]:
    """Label → was, theirs, yours."""
    page = response.content.decode()
    table = page.partition("<caption")[2].partition("</table>")[0]
    found = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', table, re.DOTALL)
    return {
        label: [re.sub(r"<(?!br).*?>", "", cell) for cell in re.findall(r"<td>(.*?)</td>", cells)]
        for label, cells in found
    }


def test_of_a_purchase_order(owner_client: HostClient, robin: User) -> None:
    order = PurchaseOrderFactory(status="in_discussion", provider="", currency="EUR")
    address = url("purchase_orders:edit", order.customer_id, order.pk)
    sent = opened(owner_client, address)
    theirs = OrderDetails(status="active", provider="aws", currency="CHF")
    purchase_orders.edit(order, theirs, version=1, by=robin)

    response = owner_client.post(address, {**sent, "status": "inactive"})

    assert response.status_code == 409
    assert rows(response) == {
        "Status": ["In discussion", "Active", "Inactive"],
        "Provider": ["–", "Amazon Web Services", "not changed by you"],
        "Currency": ["EUR – Euro", "CHF – Swiss Franc", "not changed by you"],
    }


def test_of_a_contact(owner_client: HostClient, robin: User) -> None:
    contact = ContactFactory(user_type="viewer", phone="+4930901820")
    address = url("contacts:edit", contact.customer_id, contact.pk)
    sent = opened(owner_client, address)
    theirs: Any = {"user_type": "billing", "phone": "+4930901821", "gets_billing_alerts": True}
    contacts.edit(contact, theirs, version=1, by=robin)

    changes = {"user_type": "administrator", "phone": "+49 30 901822"}
    response = owner_client.post(address, {**sent, **changes})

    assert response.status_code == 409
    assert rows(response) == {
        "User type": ["Viewer", "Billing", "Administrator"],
        "Phone": ["+49 30 901820", "+49 30 901821", "+49 30 901822"],
        "Gets billing alerts": ["no", "yes", "not changed by you"],
    }


def test_of_a_group_each_attribute_stands_on_a_line(owner_client: HostClient, robin: User) -> None:
    group = GroupFactory(attributes={"a": "1"})
    address = url("groups:edit", group.customer_id, group.pk)
    sent = opened(owner_client, address)
    theirs = GroupDetails(attributes=Attributes({"a": "<b>", "b": "2"}))
    groups.edit(group, theirs, version=1, by=robin)

    response = owner_client.post(address, {**sent, "attributes": "c = 3\r\nd = 4"})

    assert response.status_code == 409
    assert rows(response) == {
        "Attributes": ["a = 1", "a = &lt;b&gt;<br>b = 2", "c = 3<br>d = 4"],
    }


def test_of_an_address(owner_client: HostClient, robin: User) -> None:
    customer = CustomerFactory(country="US", state="CA", city="X", street="Y", postal_code="90001")
    address = url("customers:edit", customer.pk, "office-address")
    sent = opened(owner_client, address)
    customer_flows.edit(customer, {"state": "NY", "postal_code": "10001"}, version=1, by=robin)

    response = owner_client.post(address, {**sent, "state": "AK", "postal_code": "99501"})

    assert response.status_code == 409
    assert rows(response) == {
        "State": ["California", "New York", "Alaska"],
        "ZIP code": ["90001", "10001", "99501"],
    }


def test_of_the_country(owner_client: HostClient, robin: User) -> None:
    customer = CustomerFactory(country="DE")
    address = url("customers:edit", customer.pk, "office-address")
    sent = opened(owner_client, address)
    customer_flows.edit(customer, {"country": "AT"}, version=1, by=robin)

    response = owner_client.post(address, {**sent, "country": "CH"})

    assert response.status_code == 409
    assert rows(response) == {"Country": ["Germany", "Austria", "Switzerland"]}


def test_of_a_custom_value(owner_client: HostClient, robin: User) -> None:
    CustomFieldFactory(key="tier", label="Tier", choice=True)
    CustomFieldFactory(key="nda", label="NDA", yes_no=True)
    customer = CustomerFactory(custom_values={"tier": "gold", "nda": True})
    address = url("customer_fields:edit", customer.pk)
    sent = opened(owner_client, address)
    theirs: Told = {"tier": "silver", "nda": False}
    custom_values.edit(customer, theirs, version=1, by=robin)

    response = owner_client.post(address, {**sent, "field.tier": ""})

    assert response.status_code == 409
    assert rows(response) == {
        "Tier": ["Gold", "Silver", "–"],
        "NDA": ["yes", "no", "not changed by you"],
    }
