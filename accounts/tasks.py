"""Tasks: forget the sessions that are over, hash the recovery codes that are not hashed yet."""

import logging
from functools import partial

from celery import Task, shared_task
from kombu.exceptions import OperationalError

from accounts import sessions
from accounts.flows import recovery_codes
from resellers.tasking import ResellerTask, for_each_in_service, public_task

logger = logging.getLogger(__name__)


@public_task(name="accounts.sweep_sessions")
def sweep_sessions(**_future: object) -> None:
    """Started by beat: forget the operators' sessions, and let each reseller forget its own."""
    sessions.forget_expired()
    for_each_in_service(partial(_send, forget_sessions))


@shared_task(name="accounts.forget_sessions")
def forget_sessions(**_future: object) -> None:
    """Delete the sessions that are over at the reseller in whose schema the task runs."""
    sessions.forget_expired()


@public_task(name="accounts.sweep_recovery_codes", is_long=True)
def sweep_recovery_codes(**_future: object) -> None:
    """Started by beat: hash the operators' older codes, and let each reseller hash its own."""
    recovery_codes.hash_older()
    for_each_in_service(partial(_send, hash_recovery_codes))


@shared_task(name="accounts.hash_recovery_codes", base=ResellerTask, is_long=True)
def hash_recovery_codes(**_future: object) -> None:
    """Hash older codes of the reseller in whose schema the task runs, of some people at a time."""
    recovery_codes.hash_older()


def _send(task: "Task[[], None]") -> None:
    try:
        task.delay()
    except OperationalError as error:
        logger.warning("The broker is away (%s). The next sweep tries again.", type(error).__name__)
