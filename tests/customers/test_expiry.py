"""Orders expire by themselves: the day after their last one, where the reseller is."""

import datetime as dt

import pytest
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context
from kombu.exceptions import OperationalError

from audit import sentences
from audit.models import AuditEntry
from customers import tasks
from customers.flows import purchase_orders as flows
from customers.flows.purchase_orders import OrderDetails
from customers.models import PurchaseOrder
from customers.staleness import StaleError
from resellers.current import current_reseller, today
from resellers.models import Reseller
from resellers.schemas import connection
from tests.factories.accounts import StaffMemberFactory
from tests.factories.customers import PurchaseOrderFactory

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


def statuses() -> dict[str, str]:
    return dict(PurchaseOrder.objects.values_list("name", "status"))


def at(monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    now = dt.datetime.fromisoformat(moment)
    monkeypatch.setattr(timezone, "now", lambda: now)


def move(reseller: Reseller, time_zone: str) -> None:
    """The reseller works there from now on."""
    with schema_context("public"):
        Reseller.objects.filter(pk=reseller.pk).update(time_zone=time_zone)
    reseller.time_zone = time_zone
    connection.set_tenant(reseller)


def test_an_active_order_expires_the_day_after_its_last_one(alpha: Reseller) -> None:
    order = PurchaseOrderFactory(name="over", expires_on=today() - DAY)
    PurchaseOrderFactory(name="last day", expires_on=today())
    PurchaseOrderFactory(name="endless")

    tasks.expire_purchase_orders()

    assert statuses() == {"over": "expired", "last day": "active", "endless": "active"}
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor_id, entry.actor_name) == ("purchase_order.expired", None, "")
    assert set(entry.about) == {order.pk, order.customer_id}
    assert entry.changes == {"status": ["active", "expired"]}
    assert sentences.sentence(entry) == "The portal noted that the purchase order over has expired"
    assert str(sentences.changes(entry)[0]) == "Status: Active → Expired"


@pytest.mark.parametrize("trait", ["inactive", "in_discussion", "expired", "archived"])
def test_only_active_orders_expire(alpha: Reseller, trait: str) -> None:
    order = PurchaseOrderFactory(**{trait: True}, expires_on=today() - DAY)

    tasks.expire_purchase_orders()

    status = order.status
    order.refresh_from_db()
    assert (order.status, order.version) == (status, 1)
    assert not AuditEntry.objects.exists()


def test_a_second_run_changes_nothing(alpha: Reseller) -> None:
    order = PurchaseOrderFactory(expires_on=today() - DAY)

    for _ in range(2):
        tasks.expire_purchase_orders()

    order.refresh_from_db()
    assert (order.status, order.version) == ("expired", 2)
    assert AuditEntry.objects.count() == 1
    assert flows.expire(order.pk) is False


def test_an_order_that_was_prolonged_meanwhile_stays(alpha: Reseller) -> None:
    order = PurchaseOrderFactory(expires_on=today() - DAY)
    listed = flows.overdue()
    PurchaseOrder.objects.update(expires_on=today() + DAY)

    assert listed == [order.pk]
    assert flows.expire(order.pk) is False
    assert statuses() == {order.name: "active"}


def test_a_restored_order_expires_with_the_next_run(alpha: Reseller) -> None:
    dana = StaffMemberFactory().user
    order = PurchaseOrderFactory(expires_on=today() - DAY, archived=True)

    flows.restore(order, by=dana)
    tasks.expire_purchase_orders()

    assert statuses() == {order.name: "expired"}


@pytest.mark.parametrize(
    ("time_zone", "moment", "expired"),
    [
        # The last day is 30 June 2027. In UTC, that ends at midnight.
        ("UTC", "2027-06-30T23:59:59+00:00", False),
        ("UTC", "2027-07-01T00:00:00+00:00", True),
        # Auckland is half a day ahead, Los Angeles a third of one behind.
        ("Pacific/Auckland", "2027-06-30T11:59:59+00:00", False),
        ("Pacific/Auckland", "2027-06-30T12:00:00+00:00", True),
        ("America/Los_Angeles", "2027-07-01T06:59:59+00:00", False),
        ("America/Los_Angeles", "2027-07-01T07:00:00+00:00", True),
    ],
)
def test_the_day_is_the_resellers_own(
    alpha: Reseller,
    monkeypatch: pytest.MonkeyPatch,
    time_zone: str,
    moment: str,
    *,
    expired: bool,
) -> None:
    PurchaseOrderFactory(name="PO", expires_on=dt.date(2027, 6, 30))
    move(alpha, time_zone)
    at(monkeypatch, moment)

    tasks.expire_purchase_orders()

    assert statuses() == {"PO": "expired" if expired else "active"}


def test_whoever_was_editing_learns_that_the_order_expired(alpha: Reseller) -> None:
    dana = StaffMemberFactory().user
    order = PurchaseOrderFactory(expires_on=today() - DAY)
    tasks.expire_purchase_orders()

    typed = OrderDetails(status="active", comment="mine")
    with pytest.raises(StaleError) as refused:
        flows.edit(order, typed, version=1, by=dana)

    assert [(each.field, each.theirs) for each in refused.value.changes] == [("status", "expired")]
    order.refresh_from_db()
    assert order.comment == ""


def test_beat_lets_every_reseller_in_service_look_at_its_own(
    alpha: Reseller, bravo: Reseller, monkeypatch: pytest.MonkeyPatch
) -> None:
    PurchaseOrderFactory(name="alpha's", expires_on=today() - DAY)
    with tenant_context(bravo):
        PurchaseOrderFactory(name="bravo's", expires_on=today() - DAY)
    monkeypatch.setattr(tasks.expire_purchase_orders, "delay", tasks.expire_purchase_orders)

    for _ in range(2):
        tasks.sweep_purchase_orders()

    assert statuses() == {"alpha's": "expired"}
    assert AuditEntry.objects.count() == 1
    with tenant_context(bravo):
        assert statuses() == {"bravo's": "expired"}
        assert AuditEntry.objects.count() == 1


def test_a_broker_that_is_away_costs_one_round(
    alpha: Reseller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[str] = []

    def fail() -> None:
        asked.append(current_reseller().schema_name)
        raise OperationalError

    monkeypatch.setattr(tasks.expire_purchase_orders, "delay", fail)

    tasks.sweep_purchase_orders()

    assert sorted(asked) == ["alpha", "bravo"]
    assert "The broker is away" in caplog.text


def test_the_sweep_stands_in_the_schedule_of_beat(settings: object) -> None:
    schedule = settings.CELERY_BEAT_SCHEDULE["customers.sweep_purchase_orders"]  # type: ignore[attr-defined]

    assert schedule["task"] == tasks.sweep_purchase_orders.name
    assert schedule["schedule"] <= 60 * 60
