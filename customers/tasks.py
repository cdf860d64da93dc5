"""Tasks: purchase orders expire by themselves, the day after their last one."""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from customers.flows import purchase_orders
from resellers.tasking import for_each_in_service, public_task

logger = logging.getLogger(__name__)


@public_task(name="customers.sweep_purchase_orders")
def sweep_purchase_orders(**_future: object) -> None:
    """Started by beat, every hour for the time zones' sake: each reseller looks at its own."""
    for_each_in_service(_send)


@shared_task(name="customers.expire_purchase_orders")
def expire_purchase_orders(**_future: object) -> None:
    """Set the overdue orders of the reseller in whose schema the task runs to Expired."""
    for order_id in purchase_orders.overdue():
        purchase_orders.expire(order_id)


def _send() -> None:
    try:
        expire_purchase_orders.delay()
    except OperationalError as error:
        logger.warning("The broker is away (%s). The next sweep tries again.", type(error).__name__)
