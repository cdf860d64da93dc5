"""Tasks: erase the sign-ups whose e-mail nobody validated."""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from approvals.flows import drafts
from resellers.tasking import for_each_in_service, public_task

logger = logging.getLogger(__name__)


@public_task(name="approvals.sweep_drafts")
def sweep_drafts(**_future: object) -> None:
    """Started by beat: let each reseller in service erase its own."""
    for_each_in_service(_send)


@shared_task(name="approvals.discard_drafts")
def discard_drafts(**_future: object) -> None:
    """Erase the abandoned drafts of the reseller in whose schema the task runs, one by one."""
    for request_id in drafts.abandoned():
        drafts.discard(request_id)


def _send() -> None:
    try:
        discard_drafts.delay()
    except OperationalError as error:
        logger.warning("The broker is away (%s). The next sweep tries again.", type(error).__name__)
