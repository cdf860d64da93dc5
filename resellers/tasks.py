"""Makes resellers ready in the background, and finds those that a dead worker left behind."""

import datetime as dt
import logging
import uuid

from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from resellers import provisioning
from resellers.models import Reseller
from resellers.tasking import public_task

logger = logging.getLogger(__name__)

STUCK_AFTER = dt.timedelta(minutes=2)
MOST_ATTEMPTS = 5


@public_task(name="resellers.provision")
def provision(*, reseller_id: str, **_future: object) -> None:
    provisioning.provision(uuid.UUID(reseller_id))


@public_task(name="resellers.sweep_unfinished")
def sweep_unfinished(**_future: object) -> None:
    """Send those again that stand still, and give up on those that never get through."""
    stuck = Reseller.objects.unfinished().unchanged_since(timezone.now() - STUCK_AFTER)
    for reseller in stuck:
        if reseller.attempts >= MOST_ATTEMPTS:
            provisioning.fail(
                reseller.pk,
                _("It was begun %(count)s times and never finished. The workers' logs may say why.")
                % {"count": reseller.attempts},
            )
        else:
            wake_worker(reseller.pk)


def wake_worker(reseller_id: uuid.UUID) -> None:
    """Tell a worker that a reseller waits. Without a broker the sweeper finds it later."""
    try:
        provision.delay(reseller_id=str(reseller_id))
    except OperationalError as error:
        logger.warning("The broker is away (%s). Reseller %s waits.", error, reseller_id)
