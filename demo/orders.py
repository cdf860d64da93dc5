"""The groups and purchase orders of the demo's customers."""

import datetime as dt
from decimal import Decimal

from accounts.models import User
from customers.attributes import Attributes
from customers.flows import groups, purchase_orders
from customers.models import Customer, Group, PurchaseOrder
from customers.tags import Tags
from demo.kinds import DemoCustomer, DemoOrder
from resellers.current import today


def furnish(customer: Customer, world: DemoCustomer, *, at: dt.datetime, by: User) -> None:
    """Give the customer what belongs to it, made at this moment."""
    for each in world.groups:
        details = groups.GroupDetails(
            name=each.name, attributes=Attributes(each.attributes), tags=Tags(each.tags)
        )
        groups.add(customer, details, by=by)
    for order in world.orders:
        purchase_orders.add(customer, _terms_of(order), by=by)
    Group.objects.of_customer(customer).update(created_at=at)
    PurchaseOrder.objects.of_customer(customer).update(created_at=at)


def _terms_of(world: DemoOrder) -> purchase_orders.OrderDetails:
    starts_on = _day_in(world.starts_in)
    expires_on = _day_in(world.expires_in)
    return purchase_orders.OrderDetails(
        name=world.name,
        status=world.status,
        provider=world.provider,
        annual_value=Decimal(world.annual_value),
        currency=world.currency,
        consumption_base=Decimal(world.base),
        starts_on=starts_on,
        expires_on=expires_on,
        renewal_on=None if world.renewal_in is None else _day_in(world.renewal_in),
        consumption_starts_on=starts_on,
        contract_period_days=(expires_on - starts_on).days + 1,
        comment=world.comment,
    )


def _day_in(days: int) -> dt.date:
    return today() + dt.timedelta(days=days)
