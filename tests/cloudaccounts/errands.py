"""What tests of errands share: rounds of a worker, and the world on the other side."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.utils import timezone
from django_tenants.utils import schema_context

from audit.models import AuditEntry
from cloudaccounts.errands import creating, inviting
from cloudaccounts.errands.clouds import Clouds
from cloudaccounts.models import CloudAccount, Creation, Errand, Invitation
from cloudaccounts.models.checks import CheckState
from cloudaccounts.providers.troubles import Trouble
from demo.aws import control
from demo.aws.server import StandIn
from demo.aws.world import MANAGEMENT
from operations.models import PlatformConnection
from resellers.clouds import Cloud
from resellers.schemas import PUBLIC

RUN = {Invitation: inviting.run, Creation: creating.run}


class WorkerKilledError(BaseException):
    """Nothing catches it, as nothing catches the end of a process."""


def connect_platform(account_id: str = MANAGEMENT, *, state: str = CheckState.OK) -> None:
    """The platform's connection, with the machine's own credentials."""
    with schema_context(PUBLIC):
        PlatformConnection.objects.update_or_create(
            provider=Cloud.AWS,
            defaults={
                "account_id": account_id,
                "state": state,
                "check_began_at": timezone.now() if state == CheckState.CHECKING else None,
            },
        )


def make_due(errand: Errand) -> None:
    """Its next turn has come, and whoever asked about it is dead."""
    type(errand).objects.filter(pk=errand.pk, ended_at__isnull=True).update(
        due_at=timezone.now(), lease_ends_at=None
    )


def turn(errand: Errand) -> Trouble | None:
    """A worker's turn at the errand; it is as the worker left it afterwards."""
    make_due(errand)
    trouble = RUN[type(errand)](errand.pk, Clouds())
    errand.refresh_from_db()
    errand.account.refresh_from_db()
    return trouble


def play(aws: StandIn, act: str, **wish: str) -> str:
    """The customer does something at AWS."""
    return control.fulfil(aws.world, act, wish)


def calls(aws: StandIn, name: str) -> int:
    """How often AWS was asked to do this."""
    return aws.world.calls.count(name)


def actions_about(account: CloudAccount) -> list[str]:
    """What stands on the account's timeline, the oldest first."""
    found = AuditEntry.objects.filter(subject_id=account.pk).order_by("id")
    return [each.action for each in found]


@contextmanager
def dying_at(patch: pytest.MonkeyPatch, target: object, name: str) -> Iterator[None]:
    """The worker is killed when it comes to this place."""

    def die(*_args: object, **_kwargs: object) -> None:
        raise WorkerKilledError

    with patch.context() as patched:
        patched.setattr(target, name, die)
        with pytest.raises(WorkerKilledError):
            yield
