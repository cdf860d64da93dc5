"""Nothing of an archived customer can be changed until it is restored."""

import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from audit.models import AuditEntry
from customers.attributes import Attributes
from customers.flows import contacts, custom_values, groups, lifecycle, purchase_orders
from customers.flows import customers as customer_flows
from customers.flows.contacts import CannotRemoveContactError, CannotSaveContactError
from customers.flows.customers import CannotSaveCustomerError
from customers.flows.filling import CannotFillError
from customers.flows.groups import CannotSaveGroupError, GroupDetails
from customers.flows.purchase_orders import CannotSaveOrderError, OrderDetails
from customers.models import Contact, Customer, Group, PurchaseOrder
from customers.tags import Tags
from resellers.models import Reseller
from tests.factories.accounts import StaffMemberFactory
from tests.factories.customers import (
    ContactFactory,
    CustomerFactory,
    CustomFieldFactory,
    GroupFactory,
    PurchaseOrderFactory,
)
from tests.races import overlap

Act = Callable[[Customer, User], object]

GROUP = GroupDetails(name="Sales", attributes=Attributes(), tags=Tags())
ORDER = OrderDetails(name="PO-1", status="active", annual_value=Decimal(1), currency="EUR")
ANNA: Any = {"first_name": "Anna", "last_name": "Miller", "email": "anna@a.example"}


def add_group(customer: Customer, by: User) -> object:
    return groups.add(customer, GROUP, by=by)


def edit_group(customer: Customer, by: User) -> object:
    group = Group.objects.of_customer(customer).current().get()
    return groups.edit(group, GroupDetails(name="Other"), version=1, by=by)


def archive_group(customer: Customer, by: User) -> object:
    return groups.archive(Group.objects.of_customer(customer).current().get(), by=by)


def restore_group(customer: Customer, by: User) -> object:
    return groups.restore(Group.objects.of_customer(customer).archived().get(), by=by)


def add_order(customer: Customer, by: User) -> object:
    return purchase_orders.add(customer, ORDER, by=by)


def edit_order(customer: Customer, by: User) -> object:
    order = PurchaseOrder.objects.get(customer=customer, archived_at=None)
    return purchase_orders.edit(order, OrderDetails(comment="Other"), version=1, by=by)


def archive_order(customer: Customer, by: User) -> object:
    order = PurchaseOrder.objects.get(customer=customer, archived_at=None)
    return purchase_orders.archive(order, by=by)


def restore_order(customer: Customer, by: User) -> object:
    order = PurchaseOrder.objects.get(customer=customer, archived_at__isnull=False)
    return purchase_orders.restore(order, by=by)


def add_contact(customer: Customer, by: User) -> object:
    return contacts.add(customer, ANNA, by=by)


def edit_contact(customer: Customer, by: User) -> object:
    contact = Contact.objects.of_customer(customer).primary().get()
    return contacts.edit(contact, {"last_name": "Other"}, version=1, by=by)


def make_contact_primary(customer: Customer, by: User) -> object:
    contact = Contact.objects.of_customer(customer).filter(is_primary=False).get()
    return contacts.make_primary(contact, by=by)


def remove_contact(customer: Customer, by: User) -> None:
    contact = Contact.objects.of_customer(customer).filter(is_primary=False).get()
    contacts.remove(contact, by=by)


def edit_value(customer: Customer, by: User) -> object:
    return custom_values.edit(customer, {"own": "Other"}, version=1, by=by)


def edit_customer(customer: Customer, by: User) -> object:
    return customer_flows.edit(customer, {"notes": "Other"}, version=1, by=by)


ACTS: dict[Act, type[Exception]] = {
    add_group: CannotSaveGroupError,
    edit_group: CannotSaveGroupError,
    archive_group: CannotSaveGroupError,
    restore_group: CannotSaveGroupError,
    add_order: CannotSaveOrderError,
    edit_order: CannotSaveOrderError,
    archive_order: CannotSaveOrderError,
    restore_order: CannotSaveOrderError,
    add_contact: CannotSaveContactError,
    edit_contact: CannotSaveContactError,
    make_contact_primary: CannotSaveContactError,
    remove_contact: CannotRemoveContactError,
    edit_value: CannotFillError,
    edit_customer: CannotSaveCustomerError,
}


@pytest.fixture
def dana(alpha: Reseller) -> User:
    user: User = StaffMemberFactory().user
    return user


def furnished(*, archived: bool) -> Customer:
    """A customer with one of everything that can be changed, current and put away."""
    CustomFieldFactory(key="own")
    customer: Customer = CustomerFactory(archived=archived, custom_values={"own": "Old"})
    for trait in ({}, {"archived": True}):
        GroupFactory(customer=customer, **trait)
        PurchaseOrderFactory(customer=customer, **trait)
    ContactFactory(customer=customer, primary=True)
    ContactFactory(customer=customer)
    return customer


def everything() -> list[object]:
    models = (Customer, Group, PurchaseOrder, Contact, AuditEntry)
    return [row for model in models for row in model._default_manager.order_by("pk").values()]


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_an_archived_customer_refuses(act: Act, dana: User) -> None:
    customer = furnished(archived=True)
    before = everything()

    with pytest.raises(ACTS[act], match=r"This customer is archived. Restore it first\."):
        act(customer, dana)

    assert everything() == before


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_the_same_is_done_to_another_customer(act: Act, dana: User) -> None:
    customer = furnished(archived=False)

    act(customer, dana)

    assert AuditEntry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_whoever_is_late_for_an_archived_customer_changes_nothing(
    act: Act, alpha: Reseller, dana: User
) -> None:
    customer = furnished(archived=False)

    early, late = overlap(
        alpha, lambda: lifecycle.archive(customer, by=dana), lambda: act(customer, dana)
    )

    assert early.error is None
    assert isinstance(late.error, ACTS[act])
    assert AuditEntry.objects.count() == 1


def test_a_form_that_was_sent_twice_is_still_answered_alike(dana: User) -> None:
    """The second click may come after somebody archived the customer: nothing was lost."""
    customer, key = CustomerFactory(), uuid.uuid4()
    group = groups.add(customer, GROUP, by=dana, key=key)
    order = purchase_orders.add(customer, ORDER, by=dana, key=key)
    contact = contacts.add(customer, ANNA, by=dana, key=key)
    lifecycle.archive(customer, by=dana)

    again = (
        groups.add(customer, GROUP, by=dana, key=key),
        purchase_orders.add(customer, ORDER, by=dana, key=key),
        contacts.add(customer, ANNA, by=dana, key=key),
    )

    assert again == (group, order, contact)
