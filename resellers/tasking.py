"""The base of every task: it runs in the schema from which it was sent, or not at all."""

import itertools
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from celery import shared_task
from django.conf import settings
from django.db import DatabaseError
from django_tenants.utils import schema_context, tenant_context
from tenant_schemas_celery.task import TenantTask

from resellers.models import Reseller
from resellers.schemas import PUBLIC, connection
from telemetry import tasks as telemetry
from telemetry.context import current_id
from telemetry.tasks import Run

logger = logging.getLogger(__name__)

CAUSE = "_request_id"  # the header of a task's message that names what caused it


class NoSchemaError(RuntimeError):
    """A reseller's task was called without a reseller: in public, or by a bare message."""


class ResellerTask(TenantTask):  # type: ignore[misc]
    """A task of one reseller. Sending it notes the schema.

    The task of a reseller that is suspended, not ready or gone is dropped: what must not be lost
    lives in a table that a beat task sweeps.
    """

    abstract = True
    # The library would switch in a signal handler: an error in there is only logged, and the task
    # runs in public. Switching is done in __call__ instead.
    tenant_databases = ()
    is_long = False  # whether it may take minutes: then others must not wait behind it

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with self._observed(self._schema_name() or "") as run, self._schema_restored():
            reseller = self._reseller()
            if reseller is None:
                run.outcome = telemetry.DROPPED
                return None
            with tenant_context(reseller):
                return super().__call__(*args, **kwargs)

    def apply_async(self, args: Any = None, kwargs: Any = None, **options: Any) -> Any:
        """Send it, with the id of the request or task in which it is sent."""
        headers = {**(options.pop("headers", None) or {}), CAUSE: current_id()}
        return super().apply_async(args, kwargs, headers=headers, **options)

    def _reseller(self) -> Reseller | None:
        """Whose task this is; None when it must not run. Raises NoSchemaError."""
        name = self._schema_name()
        if not name or name == PUBLIC:
            raise NoSchemaError(f"{self.name} needs a reseller.")
        with schema_context(PUBLIC):
            reseller = Reseller.objects.in_service().filter(schema_name=name).first()
        if reseller is None:
            logger.warning("%s dropped: %s is suspended, not ready or gone.", self.name, name)
        return reseller

    def _schema_name(self) -> str | None:
        """Where the task was sent from; for a plain call, where the caller stands."""
        if self.request.called_directly:
            return str(connection.schema_name)
        return self._noted("_schema_name") or None

    def _noted(self, name: str) -> str:
        """What the sender noted on the message."""
        return str((self.request.headers or {}).get(name) or self.request.get(name) or "")

    @contextmanager
    def _observed(self, tenant: str) -> Iterator[Run]:
        """Tell and count the run, unless it is a plain call: that belongs to its caller's work."""
        run = Run(self.name, self.request.id or "", tenant)
        if self.request.called_directly:
            yield run
        else:
            with telemetry.observed(run, caused_by=self._noted(CAUSE)):
                yield run

    @contextmanager
    def _schema_restored(self) -> Iterator[None]:
        """A worker ends each task in public; a caller finds the connection as it was."""
        in_worker = not (self.request.called_directly or self.request.is_eager)
        before = connection.tenant
        try:
            yield
        finally:
            if in_worker:
                connection.set_schema_to_public()
            else:
                connection.set_tenant(before)


class PublicTask(ResellerTask):
    """A task of the platform itself. It runs in the public schema, wherever it was sent from."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with self._observed(PUBLIC), self._schema_restored(), schema_context(PUBLIC):
            return super(ResellerTask, self).__call__(*args, **kwargs)


def route(
    _name: str, *_arguments: object, task: object = None, **_options: object
) -> dict[str, str]:
    """Celery's question which queue a task goes to.

    Long tasks have one of their own, so that no short one waits behind them. A reseller with much
    work has two of its own, so that its many tasks do not keep the others waiting.
    """
    is_long, schema_name = getattr(task, "is_long", False), str(connection.schema_name)
    if schema_name in settings.OWN_QUEUES:
        return {"queue": f"{schema_name}.{settings.LONG_QUEUE}" if is_long else schema_name}
    return {"queue": settings.LONG_QUEUE if is_long else settings.CELERY_TASK_DEFAULT_QUEUE}


def queues() -> list[str]:
    """Every queue in which tasks may wait."""
    own = [(each, f"{each}.{settings.LONG_QUEUE}") for each in settings.OWN_QUEUES]
    return [*settings.CELERY_TASK_QUEUES, *itertools.chain.from_iterable(own)]


public_task = partial(shared_task, base=PublicTask)


def for_each_in_service(function: Callable[[], object]) -> None:
    """Call the function in the schema of each reseller in service.

    What the database refuses at one of them is logged; the others have their turn all the same.
    """
    with schema_context(PUBLIC):
        resellers = list(Reseller.objects.in_service().order_by("created_at", "id"))
    for reseller in resellers:
        with tenant_context(reseller):
            try:
                function()
            except DatabaseError:
                logger.exception("%s failed at %s.", function, reseller.schema_name)
