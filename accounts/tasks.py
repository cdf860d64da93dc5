"""Tasks: forget the sessions that are over."""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from accounts import sessions
from resellers.tasking import for_each_in_service, public_task

logger = logging.getLogger(__name__)


@public_task(name="accounts.sweep_sessions")
def sweep_sessions(**_future: object) -> None:
    """Started by beat: forget the operators' sessions, and let each reseller forget its own."""
    sessions.forget_expired()
    for_each_in_service(_send)


@shared_task(name="accounts.forget_sessions")
def forget_sessions(**_future: object) -> None:
    """Delete the sessions that are over at the reseller in whose schema the task runs."""
    sessions.forget_expired()


def _send() -> None:
    try:
        forget_sessions.delay()
    except OperationalError as error:
        logger.warning("The broker is away (%s). The next sweep tries again.", type(error).__name__)
