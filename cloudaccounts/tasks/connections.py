"""Tasks: check a reseller's connection, or the platform's; find the checks that were lost."""

import logging
from functools import partial

from celery import shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

from cloudaccounts import connections, probes, probing
from cloudaccounts.models import Connection, ConnectionRecord
from cloudaccounts.providers.registry import PROVIDERS
from resellers.tasking import for_each_in_service, public_task

logger = logging.getLogger(__name__)


@shared_task(name="cloudaccounts.check_connection")
def check_connection(*, provider: str, **_future: object) -> None:
    """Ask about the connection of the reseller in whose schema the task runs."""
    record = Connection.objects.filter(provider=provider).first()
    if record:
        probes.check_connection(record)


@public_task(name="cloudaccounts.check_platform_connection")
def check_platform_connection(*, provider: str, **_future: object) -> None:
    """Ask about the platform's own connection."""
    record = connections.platform_record(provider)
    if record:
        probes.check_connection(record)


@public_task(name="cloudaccounts.sweep_connection_checks")
def sweep_connection_checks(**_future: object) -> None:
    """Started by beat: ask again where a message or a worker was lost, and end what is too old."""
    for name in PROVIDERS:
        record = connections.platform_record(name)
        if record and probing.is_due(record, probing.CONNECTION):
            wake(record)
    for_each_in_service(_wake_waiting)


def wake_after_commit(record: ConnectionRecord) -> None:
    """Tell a worker that a check waits, once it is committed."""
    transaction.on_commit(partial(wake, record))


def wake(record: ConnectionRecord) -> bool:
    """Tell a worker that a check waits. Without a broker the sweep finds it."""
    task = check_connection if isinstance(record, Connection) else check_platform_connection
    try:
        task.delay(provider=record.provider)
    except OperationalError as error:
        logger.warning("The broker is away (%s). A check waits.", type(error).__name__)
        return False
    return True


def _wake_waiting() -> None:
    for record in Connection.objects.all():
        if probing.is_due(record, probing.CONNECTION) and not wake(record):
            return
