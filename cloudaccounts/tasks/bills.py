"""Tasks: check the place of a customer's bills; find the checks that were lost."""

import logging
import uuid
from functools import partial

from celery import shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

from cloudaccounts import probes, probing
from cloudaccounts.models import CustomerProvider
from resellers.tasking import for_each_in_service, public_task

logger = logging.getLogger(__name__)


@shared_task(name="cloudaccounts.check_bill_place")
def check_bill_place(*, provider_id: str, **_future: object) -> None:
    """Write a small object and delete it, if somebody waits for the answer."""
    found = CustomerProvider.objects.select_related("customer").filter(pk=uuid.UUID(provider_id))
    record = found.first()
    if record:
        probes.check_bill_place(record)


@public_task(name="cloudaccounts.sweep_bill_checks")
def sweep_bill_checks(**_future: object) -> None:
    """Started by beat: ask again where a message or a worker was lost, and end what is too old."""
    for_each_in_service(_wake_waiting)


def wake_after_commit(record: CustomerProvider) -> None:
    """Tell a worker that a check waits, once it is committed."""
    transaction.on_commit(partial(wake, record.pk))


def wake(provider_id: uuid.UUID) -> bool:
    """Tell a worker that a check waits. Without a broker the sweep finds it."""
    try:
        check_bill_place.delay(provider_id=str(provider_id))
    except OperationalError as error:
        logger.warning("The broker is away (%s). A check waits.", type(error).__name__)
        return False
    return True


def _wake_waiting() -> None:
    for record in probing.waiting(
        CustomerProvider.objects.order_by("bill_check_began_at"), probing.BILL_PLACE
    ):
        if not wake(record.pk):
            return
