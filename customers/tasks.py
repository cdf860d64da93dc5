"""Tasks: search texts follow the custom fields that are searched; purchase orders expire."""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from customers import custom_search
from customers.flows import purchase_orders
from resellers.tasking import for_each_in_service, public_task

logger = logging.getLogger(__name__)


@public_task(name="customers.sweep_search")
def sweep_search(**_future: object) -> None:
    """Started by beat: find what a lost worker or a broker that was away left behind."""
    for_each_in_service(_wake_if_due)


@shared_task(name="customers.renew_search")
def renew_search(**_future: object) -> None:
    """Bring the search texts of the reseller in whose schema the task runs up to date."""
    custom_search.renew()


def wake_renewal() -> None:
    """Tell a worker that search texts lag behind. Without a broker the sweep finds them."""
    try:
        renew_search.delay()
    except OperationalError as error:
        logger.warning("The broker is away (%s). The next sweep tries again.", type(error).__name__)


def _wake_if_due() -> None:
    if custom_search.is_due():
        wake_renewal()


@public_task(name="customers.sweep_purchase_orders")
def sweep_purchase_orders(**_future: object) -> None:
    """Started by beat, every hour for the time zones' sake: each reseller looks at its own."""
    for_each_in_service(_wake_expiry)


@shared_task(name="customers.expire_purchase_orders")
def expire_purchase_orders(**_future: object) -> None:
    """Set the overdue orders of the reseller in whose schema the task runs to Expired."""
    for order_id in purchase_orders.overdue():
        purchase_orders.expire(order_id)


def _wake_expiry() -> None:
    try:
        expire_purchase_orders.delay()
    except OperationalError as error:
        logger.warning("The broker is away (%s). The next sweep tries again.", type(error).__name__)
