"""Making and changing purchase orders."""

import datetime as dt
import uuid
from decimal import Decimal
from itertools import product

import pytest

from accounts.models import User
from audit.models import AuditEntry
from customers.flows import merging
from customers.flows import purchase_orders as flows
from customers.flows.purchase_orders import CannotSaveOrderError, OrderDetails
from customers.models import PurchaseOrder
from customers.order_status import ALLOWED, OrderStatus
from customers.staleness import StaleError
from resellers.current import current_reseller, today
from resellers.models import Reseller
from tests.factories.accounts import StaffMemberFactory
from tests.factories.customers import CustomerFactory, PurchaseOrderFactory

DAY = dt.timedelta(days=1)


@pytest.fixture
def dana(alpha: Reseller) -> User:
    user: User = StaffMemberFactory(user__full_name="Dana").user
    return user


def details(**changes: object) -> OrderDetails:
    told = {
        "name": "PO 1",
        "status": "active",
        "annual_value": Decimal("12000.000"),
        "currency": "EUR",
    }
    return OrderDetails(**{**told, **changes})  # type: ignore[typeddict-item]


class TestAdd:
    def test_makes_the_order_and_says_so_on_both_timelines(self, dana: User) -> None:
        customer = CustomerFactory()

        order = flows.add(customer, details(provider="aws", starts_on=dt.date(2026, 1, 1)), by=dana)

        stored = PurchaseOrder.objects.get()
        assert (stored.name, stored.status, stored.provider) == ("PO 1", "active", "aws")
        assert str(stored.value) == "12,000.00\u00a0EUR"
        assert (stored.consumption_base, stored.version) == (Decimal(0), 1)
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.actor_id) == ("purchase_order.added", dana.pk)
        assert set(entry.about) == {order.pk, customer.pk}

    @pytest.mark.parametrize(
        ("changes", "field", "sentence"),
        [
            (
                {"starts_on": dt.date(2026, 2, 1), "expires_on": dt.date(2026, 1, 1)},
                "expires_on",
                "before it starts",
            ),
            ({"annual_value": Decimal(-1)}, "annual_value", "negative"),
            ({"annual_value": Decimal("1.005")}, "annual_value", "at most 2 decimals"),
            ({"currency": "ABC"}, "currency", "not a currency"),
            ({"expires_on": dt.date(2020, 1, 1)}, "expires_on", "This day has passed"),
            ({"status": "expired"}, "expires_on", "last day"),
            ({"provider": "azure"}, "provider", "You do not resell this provider"),
        ],
    )
    def test_refuses_what_cannot_be_and_saves_nothing(
        self, dana: User, changes: dict[str, object], field: str, sentence: str
    ) -> None:
        with pytest.raises(CannotSaveOrderError, match=sentence) as refused:
            flows.add(CustomerFactory(), details(**changes), by=dana)

        assert refused.value.field == field
        assert not PurchaseOrder.objects.exists()
        assert not AuditEntry.objects.exists()

    def test_the_same_form_sent_twice_makes_one_order(self, dana: User) -> None:
        customer, key = CustomerFactory(), uuid.uuid4()

        made = [flows.add(customer, details(), by=dana, key=key) for _ in range(2)]

        assert [each.pk for each in made] == [key, key]
        assert AuditEntry.objects.count() == 1

    def test_a_form_that_was_changed_and_sent_again_makes_another(self, dana: User) -> None:
        customer, key = CustomerFactory(), uuid.uuid4()
        flows.add(customer, details(), by=dana, key=key)

        other = flows.add(customer, details(name="PO 2"), by=dana, key=key)

        assert other.pk != key
        assert PurchaseOrder.objects.count() == 2

    def test_another_customers_key_is_not_used_again(self, dana: User) -> None:
        theirs = PurchaseOrderFactory(name="PO 1")

        mine = flows.add(CustomerFactory(), details(), by=dana, key=theirs.pk)

        assert mine.pk != theirs.pk
        assert mine.customer_id != theirs.customer_id


class TestEdit:
    def test_saves_what_changed_and_tells_old_and_new(self, dana: User) -> None:
        order = PurchaseOrderFactory(name="PO 1", comment="")

        changes = details(annual_value=Decimal("500.500"), starts_on=dt.date(2026, 1, 1))
        flows.edit(order, changes, version=1, by=dana)

        order.refresh_from_db()
        assert (order.annual_value, order.version) == (Decimal("500.5"), 2)
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.actor_id) == ("purchase_order.edited", dana.pk)
        assert set(entry.about) == {order.pk, order.customer_id}
        assert entry.changes == {
            "annual_value": ["12000.000", "500.500"],
            "starts_on": [None, "2026-01-01"],
        }

    def test_without_a_change_nothing_happens(self, dana: User) -> None:
        order = PurchaseOrderFactory(name="PO 1")

        flows.edit(order, details(annual_value=Decimal(12000)), version=1, by=dana)

        order.refresh_from_db()
        assert order.version == 1
        assert not AuditEntry.objects.exists()

    @pytest.mark.parametrize(("old", "new"), [*product(OrderStatus.values, repeat=2)])
    def test_old_and_new_status(self, dana: User, old: str, new: str) -> None:
        past, future = today() - DAY, today() + DAY
        order = PurchaseOrderFactory(status=old, expires_on=past if old == "expired" else None)
        told = OrderDetails(status=new, expires_on=past if new == "expired" else future)
        allowed = new == old or new in ALLOWED[OrderStatus(old)]

        if allowed:
            flows.edit(order, told, version=1, by=dana)
        else:
            with pytest.raises(CannotSaveOrderError, match="cannot become") as refused:
                flows.edit(order, told, version=1, by=dana)
            assert refused.value.field == "status"

        order.refresh_from_db()
        assert order.status == (new if allowed else old)
        # An expired order that stays expired on the same day was not changed.
        changed = allowed and (old, new) != ("expired", "expired")
        assert AuditEntry.objects.count() == int(changed)
        assert order.version == 1 + changed

    def test_reopening_needs_a_new_date(self, dana: User) -> None:
        order = PurchaseOrderFactory(expired=True)

        with pytest.raises(CannotSaveOrderError, match="new expiry date") as refused:
            flows.edit(order, OrderDetails(status="active"), version=1, by=dana)

        assert refused.value.field == "expires_on"
        order.refresh_from_db()
        assert (order.status, order.version) == ("expired", 1)
        reopened = OrderDetails(status="active", expires_on=today())
        flows.edit(order, reopened, version=1, by=dana)
        order.refresh_from_db()
        assert order.status == "active"

    def test_an_expired_order_is_not_made_to_end_later_without_reopening_it(
        self, dana: User
    ) -> None:
        order = PurchaseOrderFactory(expired=True)

        with pytest.raises(CannotSaveOrderError, match="has not passed yet"):
            flows.edit(order, OrderDetails(expires_on=today() + DAY), version=1, by=dana)

    def test_a_provider_that_is_no_longer_resold_may_stay(self, dana: User) -> None:
        order = PurchaseOrderFactory(provider="azure")
        assert "azure" not in current_reseller().providers

        flows.edit(order, OrderDetails(provider="azure", comment="x"), version=1, by=dana)

        order.refresh_from_db()
        assert order.comment == "x"
        flows.edit(order, OrderDetails(provider=""), version=2, by=dana)
        with pytest.raises(CannotSaveOrderError, match="do not resell"):
            flows.edit(order, OrderDetails(provider="azure"), version=3, by=dana)

    def test_a_stale_edit_changes_nothing_and_tells_what_others_did(self, dana: User) -> None:
        order = PurchaseOrderFactory(comment="old")
        flows.edit(order, OrderDetails(comment="theirs"), version=1, by=dana)

        with pytest.raises(StaleError) as refused:
            flows.edit(order, OrderDetails(comment="mine"), version=1, by=dana)

        assert [(each.was, each.theirs) for each in refused.value.changes] == [("old", "theirs")]
        order.refresh_from_db()
        assert (order.comment, order.version) == ("theirs", 2)

    def test_an_archived_order_is_not_edited(self, dana: User) -> None:
        order = PurchaseOrderFactory(archived=True)

        with pytest.raises(CannotSaveOrderError, match="archived"):
            flows.edit(order, OrderDetails(comment="x"), version=1, by=dana)


def test_an_order_goes_away_and_comes_back_once_each(dana: User) -> None:
    order = PurchaseOrderFactory(comment="kept")
    for _ in range(2):
        flows.archive(order, by=dana)
    assert list(PurchaseOrder.objects.archived()) == [order]

    for _ in range(2):
        flows.restore(order, by=dana)

    assert PurchaseOrder.objects.current().get().comment == "kept"
    assert list(AuditEntry.objects.order_by("id").values_list("action", flat=True)) == [
        "purchase_order.archived",
        "purchase_order.restored",
    ]


def test_orders_come_along_when_customers_are_merged(dana: User) -> None:
    duplicate, survivor = CustomerFactory(), CustomerFactory()
    moved = PurchaseOrderFactory(customer=duplicate, comment="kept")
    PurchaseOrderFactory(customer=survivor, name=moved.name)

    merging.merge(duplicate, survivor, by=dana)

    moved.refresh_from_db()
    assert (moved.customer, moved.comment) == (survivor, "kept")
    assert PurchaseOrder.objects.of_customer(survivor).count() == 2
