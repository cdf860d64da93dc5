"""What is told before: the flows give the same answers, one by one."""

import datetime as dt
from itertools import product
from typing import Any

import pytest
from django.utils import timezone

from customers import bulk_plans
from customers.bulk_plans import TO_DO
from customers.flows import bulk as flows
from customers.flows.lifecycle import UNDO
from customers.models import BulkRun, Customer
from resellers.models import Reseller
from tests.factories.accounts import UserFactory
from tests.factories.customers import BulkRunFactory, CustomerFactory

Status = Customer.Status
SHORT, LONG = dt.timedelta(days=1), UNDO + dt.timedelta(minutes=1)
STATES = [
    ("active", SHORT, False),
    ("active", LONG, False),
    ("suspended", SHORT, False),
    ("suspended", LONG, False),
    ("archived", UNDO - dt.timedelta(minutes=1), False),
    ("archived", LONG, False),
    ("archived", SHORT, True),
    ("archived", LONG, True),
]


def customer_in(state: tuple[str, dt.timedelta, bool]) -> Customer:
    status, since, is_merged = state
    told: dict[str, Any] = {"archived_from": "active"} if status == "archived" else {}
    if is_merged:
        told["merged_into"] = CustomerFactory()
    made: Customer = CustomerFactory(
        status=status, status_changed_at=timezone.now() - since, tags=["old"], **told
    )
    return made


@pytest.mark.usefixtures("alpha")
@pytest.mark.parametrize(("action", "state"), list(product(BulkRun.Action, STATES)))
def test_the_plan_says_what_the_flow_does(
    action: str, state: tuple[str, dt.timedelta, bool]
) -> None:
    customer = customer_in(state)
    run = BulkRunFactory(action=action, tags=["new"] if action == "add_tags" else ["old"])
    told = bulk_plans.fate_of(customer, action)

    became = flows._do(run, customer, UserFactory())

    assert became == told
    before = customer.status, customer.tags
    customer.refresh_from_db()
    assert ((customer.status, customer.tags) != before) == (told == TO_DO)


@pytest.mark.usefixtures("alpha")
def test_every_reason_that_a_plan_knows_is_met_by_a_state() -> None:
    """Else the test above would say nothing about it."""
    customers, actions = [customer_in(state) for state in STATES], list(BulkRun.Action)
    met = {
        (action, bulk_plans.fate_of(customer, action))
        for action in actions
        for customer in customers
    }
    known = {(action, reason) for action in actions for _, reason in bulk_plans._refusals(action)}

    assert met == known | {(action, TO_DO) for action in actions}


@pytest.mark.usefixtures("alpha")
class TestTheMark:
    def test_is_the_same_for_the_same_customers_in_whatever_order(self) -> None:
        CustomerFactory.create_batch(3)
        some = Customer.objects.all()

        marks = {
            bulk_plans.plan_of(some.order_by(order), "suspend").mark for order in ("code", "-pk")
        }

        assert len(marks) == 1

    def test_differs_with_each_customer_and_each_fate(self) -> None:
        first, second, third = CustomerFactory.create_batch(3)

        def mark(*customers: Customer) -> str:
            chosen = Customer.objects.filter(pk__in=[each.pk for each in customers])
            return bulk_plans.plan_of(chosen, "suspend").mark

        before = mark(first, second)
        assert (
            len({mark(), mark(first), before, mark(first, third), mark(first, second, third)}) == 5
        )
        Customer.objects.filter(pk=second.pk).update(status="suspended")
        assert mark(first, second) != before
        Customer.objects.filter(pk=second.pk).update(status="active", notes="x")
        assert mark(first, second) == before

    def test_of_nobody_is_an_empty_plan(self, alpha: Reseller) -> None:
        plan = bulk_plans.plan_of(Customer.objects.filter(pk__in=[]), "suspend")

        assert (plan.total, plan.to_do, plan.skipped) == (0, 0, {})
