"""Tasks: check one role; look again at those in use; find the checks that a worker lost."""

import logging
import uuid

from celery import shared_task
from kombu.exceptions import OperationalError

from accounts.models import User
from cloudaccounts import checking
from cloudaccounts.models import CloudAccount
from resellers.tasking import for_each_in_service, public_task

logger = logging.getLogger(__name__)


@shared_task(name="cloudaccounts.check_access")
def check_access(*, account_id: str, ordered_by: str = "", **_future: object) -> None:
    """Ask the provider whether a role lets us in, if somebody waits for the answer."""
    account = CloudAccount.objects.filter(pk=account_id).first()
    by = User.objects.filter(pk=ordered_by).first() if ordered_by else None
    if account:
        checking.run_ordered(account, by=by)


@public_task(name="cloudaccounts.recheck_roles")
def recheck_roles(**_future: object) -> None:
    """Started by beat: each reseller looks again at some of its roles."""
    for_each_in_service(_wake_recheck)


@shared_task(name="cloudaccounts.recheck_some_roles")
def recheck_some_roles(**_future: object) -> None:
    """Look again at a few roles of the reseller in whose schema the task runs."""
    checking.recheck()


@public_task(name="cloudaccounts.sweep_checks")
def sweep_checks(**_future: object) -> None:
    """Started by beat: find the checks whose message or worker was lost, at every reseller."""
    for_each_in_service(find_lost)


def find_lost() -> None:
    """Wake a worker again for what still waits; what waited for too long has failed."""
    checking.end_lost()
    for account_id in checking.waiting():
        if not wake_check(account_id):
            return


def wake_check(account_id: uuid.UUID, *, ordered_by: uuid.UUID | None = None) -> bool:
    """Tell a worker that a check waits. Without a broker the sweep finds it."""
    try:
        check_access.delay(account_id=str(account_id), ordered_by=str(ordered_by or ""))
    except OperationalError as error:
        name = type(error).__name__
        logger.warning("The broker is away (%s). The check of %s waits.", name, account_id)
        return False
    return True


def _wake_recheck() -> None:
    try:
        recheck_some_roles.delay()
    except OperationalError as error:
        logger.warning("The broker is away (%s). The next round tries again.", type(error).__name__)
