"""Two people, or a person and the calendar, at once on one group or purchase order."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest

from accounts.models import User
from audit.models import AuditEntry
from customers.attributes import Attributes
from customers.flows import groups, purchase_orders
from customers.flows.groups import CannotSaveGroupError, GroupDetails
from customers.flows.purchase_orders import OrderDetails
from customers.models import Group, PurchaseOrder
from customers.staleness import StaleError
from customers.tags import Tags
from resellers.current import today
from resellers.models import Reseller
from tests.factories.accounts import StaffMemberFactory
from tests.factories.customers import CustomerFactory, GroupFactory, PurchaseOrderFactory
from tests.races import overlap

pytestmark = pytest.mark.django_db(transaction=True)

DAY = dt.timedelta(days=1)


@pytest.fixture
def dana(alpha: Reseller) -> User:
    user: User = StaffMemberFactory().user
    return user


def named(name: str) -> GroupDetails:
    return GroupDetails(name=name, attributes=Attributes(), tags=Tags())


def test_of_two_groups_with_one_name_one_is_made(alpha: Reseller, dana: User) -> None:
    customer = CustomerFactory()

    first, second = overlap(
        alpha,
        lambda: groups.add(customer, named("Sales"), by=dana),
        lambda: groups.add(customer, named("SALES"), by=dana),
    )

    assert first.error is None
    assert isinstance(second.error, CannotSaveGroupError)
    assert Group.objects.get().name == "Sales"


def test_of_two_groups_that_take_one_name_one_does(alpha: Reseller, dana: User) -> None:
    group = GroupFactory(name="A")
    other = GroupFactory(customer=group.customer, name="B")

    first, second = overlap(
        alpha,
        lambda: groups.edit(group, GroupDetails(name="C"), version=1, by=dana),
        lambda: groups.edit(other, GroupDetails(name="c"), version=1, by=dana),
    )

    assert first.error is None
    assert isinstance(second.error, CannotSaveGroupError)
    assert set(Group.objects.values_list("name", flat=True)) == {"C", "B"}


def test_a_restored_group_and_a_new_one_do_not_share_a_name(alpha: Reseller, dana: User) -> None:
    archived = GroupFactory(name="Sales", archived=True)

    first, second = overlap(
        alpha,
        lambda: groups.restore(archived, by=dana),
        lambda: groups.add(archived.customer, named("sales"), by=dana),
    )

    assert first.error is None
    assert isinstance(second.error, CannotSaveGroupError)
    assert Group.objects.current().count() == 1


def test_a_group_form_sent_twice_in_one_moment_makes_one(alpha: Reseller, dana: User) -> None:
    customer, key = CustomerFactory(), uuid.uuid4()

    runs = overlap(
        alpha,
        lambda: groups.add(customer, named("Sales"), by=dana, key=key),
        lambda: groups.add(customer, named("Sales"), by=dana, key=key),
    )

    assert [run.error for run in runs] == [None, None]
    assert Group.objects.get().pk == key
    assert AuditEntry.objects.count() == 1


def test_of_two_edits_of_a_group_the_second_is_stale(alpha: Reseller, dana: User) -> None:
    group = GroupFactory()

    first, second = overlap(
        alpha,
        lambda: groups.edit(group, GroupDetails(tags=Tags(["a"])), version=1, by=dana),
        lambda: groups.edit(group, GroupDetails(tags=Tags(["b"])), version=1, by=dana),
    )

    assert first.error is None
    assert isinstance(second.error, StaleError)
    group.refresh_from_db()
    assert (group.tags, group.version) == (["a"], 2)


def test_a_group_that_is_archived_meanwhile_is_not_edited(alpha: Reseller, dana: User) -> None:
    group = GroupFactory(name="Sales")

    first, second = overlap(
        alpha,
        lambda: groups.archive(group, by=dana),
        lambda: groups.edit(group, GroupDetails(name="X"), version=1, by=dana),
    )

    assert first.error is None
    assert isinstance(second.error, CannotSaveGroupError)
    group.refresh_from_db()
    assert group.name == "Sales"


def test_an_order_form_sent_twice_in_one_moment_makes_one(alpha: Reseller, dana: User) -> None:
    customer, key = CustomerFactory(), uuid.uuid4()
    told = OrderDetails(name="PO", annual_value=Decimal(1), currency="EUR")

    runs = overlap(
        alpha,
        lambda: purchase_orders.add(customer, told, by=dana, key=key),
        lambda: purchase_orders.add(customer, told, by=dana, key=key),
    )

    assert [run.error for run in runs] == [None, None]
    assert PurchaseOrder.objects.get().pk == key
    assert AuditEntry.objects.count() == 1


def test_of_two_edits_of_an_order_the_second_is_stale(alpha: Reseller, dana: User) -> None:
    order = PurchaseOrderFactory()

    first, second = overlap(
        alpha,
        lambda: purchase_orders.edit(order, OrderDetails(comment="a"), version=1, by=dana),
        lambda: purchase_orders.edit(order, OrderDetails(comment="b"), version=1, by=dana),
    )

    assert first.error is None
    assert isinstance(second.error, StaleError)
    order.refresh_from_db()
    assert (order.comment, order.version) == ("a", 2)


def test_an_order_that_expires_first_makes_the_edit_stale(alpha: Reseller, dana: User) -> None:
    order = PurchaseOrderFactory(expires_on=today() - DAY)
    later = OrderDetails(status="active", expires_on=today() + DAY)

    first, second = overlap(
        alpha,
        lambda: purchase_orders.expire(order.pk),
        lambda: purchase_orders.edit(order, later, version=1, by=dana),
    )

    assert (first.result, first.error) == (True, None)
    assert isinstance(second.error, StaleError)
    order.refresh_from_db()
    assert (order.status, order.expires_on) == ("expired", today() - DAY)


def test_an_order_that_is_prolonged_first_does_not_expire(alpha: Reseller, dana: User) -> None:
    order = PurchaseOrderFactory(expires_on=today() - DAY)
    later = OrderDetails(status="active", expires_on=today() + DAY)

    first, second = overlap(
        alpha,
        lambda: purchase_orders.edit(order, later, version=1, by=dana),
        lambda: purchase_orders.expire(order.pk),
    )

    assert first.error is None
    assert (second.result, second.error) == (False, None)
    order.refresh_from_db()
    assert (order.status, order.expires_on, order.version) == ("active", today() + DAY, 2)


def test_two_sweeps_at_once_expire_an_order_once(alpha: Reseller) -> None:
    order = PurchaseOrderFactory(expires_on=today() - DAY)

    runs = overlap(
        alpha,
        lambda: purchase_orders.expire(order.pk),
        lambda: purchase_orders.expire(order.pk),
    )

    assert [run.result for run in runs] == [True, False]
    assert AuditEntry.objects.count() == 1


def test_an_order_that_is_archived_meanwhile_does_not_expire(alpha: Reseller, dana: User) -> None:
    order = PurchaseOrderFactory(expires_on=today() - DAY)

    _first, second = overlap(
        alpha,
        lambda: purchase_orders.archive(order, by=dana),
        lambda: purchase_orders.expire(order.pk),
    )

    assert second.result is False
    order.refresh_from_db()
    assert order.status == "active"
