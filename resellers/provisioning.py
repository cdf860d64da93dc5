"""How a reseller becomes ready: requested → creating → seeding → ready, or failed.

Each step is one transaction that locks the reseller's row, does its work and moves the state on. A
schema is there exactly when its step is done, so a worker may die between any two steps, and two
may run at once: whoever comes next goes on from where the row stands.
"""

import logging
import uuid
from types import TracebackType

from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tenants.utils import schema_context, schema_exists, tenant_context

from audit import sentences, trail
from resellers import hooks, hosts, schema_template
from resellers.models import UNFINISHED, Domain, Reseller, SchemaTemplate
from resellers.schema_template import CannotDumpError, SupersededError

logger = logging.getLogger(__name__)

State = Reseller.State

# Every action on a reseller, those of the flows too: whoever records one has loaded this module.
sentences.describe(
    {
        "reseller.created": gettext_lazy("created the reseller {subject}"),
        "reseller.became_ready": gettext_lazy("made {subject} ready"),
        "reseller.failed": gettext_lazy("could not make {subject} ready"),
        "reseller.retried": gettext_lazy("tried again to make {subject} ready"),
        "reseller.changed": gettext_lazy("changed {subject}"),
        "reseller.suspended": gettext_lazy("suspended {subject}"),
        "reseller.resumed": gettext_lazy("resumed {subject}"),
        "reseller.backed_up": gettext_lazy("backed up {subject}"),
        "reseller.restored": gettext_lazy("restored {subject} from a backup"),
    }
)


class CannotProvisionError(Exception):
    """The reseller could not be made ready.

    The message is fit for operators and stands in `failure`.
    """


class ForeignSchemaError(Exception):
    """A schema has the reseller's name and is not ours."""


def provision(reseller_id: uuid.UUID) -> None:
    """Make the reseller ready, from whatever step it stands at.

    Does nothing for one that is ready or failed. Must not run inside a transaction. Raises
    CannotProvisionError; the reseller is `failed` then. Where the database was prepared for another
    version of the code, the reseller is left to that version's workers.
    """
    with schema_context("public"), _FailureKept(reseller_id):
        try:
            template = schema_template.current_unless_superseded()
            if not _begin(reseller_id):
                return
            _create_schema(reseller_id, template)
        except SupersededError:
            logger.warning("Reseller %s waits for a worker of the new version.", reseller_id)
            return
        _seed(reseller_id)


def fail(reseller_id: uuid.UUID, failure: str) -> None:
    """Give up on a reseller that is still on its way."""
    with schema_context("public"), transaction.atomic():
        reseller = _locked(reseller_id)
        if reseller.state in UNFINISHED:
            _move(reseller, State.FAILED, failure=failure)
            trail.record("reseller.failed", subject=reseller, actor=None, note=failure)


class _FailureKept:
    """Writes any failure into the reseller's row, then lets it go on as a CannotProvisionError."""

    def __init__(self, reseller_id: uuid.UUID) -> None:
        self.reseller_id = reseller_id

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        if isinstance(error, Exception):
            failure = _readable(error)
            fail(self.reseller_id, failure)
            raise CannotProvisionError(failure) from error


def _begin(reseller_id: uuid.UUID) -> bool:
    with transaction.atomic():
        reseller = _locked(reseller_id)
        if reseller.state not in UNFINISHED:
            return False
        reseller.attempts += 1
        reseller.save(update_fields=["attempts"])
        if reseller.state == State.REQUESTED:
            _move(reseller, State.CREATING)
        return True


def _create_schema(reseller_id: uuid.UUID, template: SchemaTemplate) -> None:
    with transaction.atomic():
        reseller = _locked(reseller_id)
        if reseller.state != State.CREATING:
            return
        # After a failure while seeding, the schema is there already.
        if not schema_exists(reseller.schema_name):
            schema_template.replay(template, reseller.schema_name)
        elif not _looks_like_ours(reseller.schema_name):
            raise ForeignSchemaError(reseller.schema_name)
        _move(reseller, State.SEEDING)


def _seed(reseller_id: uuid.UUID) -> None:
    reseller = Reseller.objects.get(pk=reseller_id)
    # What a seed sends on commit must leave from inside the reseller's schema: so the transaction
    # ends in there.
    with tenant_context(reseller), transaction.atomic():
        with schema_context("public"):
            reseller = _locked(reseller_id)
        if reseller.state != State.SEEDING:
            return
        with tenant_context(reseller):
            hooks.run_seeds(reseller)
        with schema_context("public"):
            _move(reseller, State.READY)
            Domain.objects.create(domain=reseller.host, tenant=reseller, is_primary=True)
            trail.record("reseller.became_ready", subject=reseller, actor=None)
        transaction.on_commit(hosts.forget)


def _locked(reseller_id: uuid.UUID) -> Reseller:
    return Reseller.objects.select_for_update().get(pk=reseller_id)


def _move(reseller: Reseller, state: State, *, failure: str = "") -> None:
    reseller.state = state
    reseller.state_changed_at = timezone.now()
    reseller.failure = failure
    reseller.save(update_fields=["state", "state_changed_at", "failure"])


def _looks_like_ours(schema_name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f"{schema_name}.django_migrations"])
        (found,) = cursor.fetchone()
        return bool(found)


def _readable(error: Exception) -> str:
    """What an operator can act on: no values of records, no addresses, no passwords."""
    if isinstance(error, CannotDumpError):
        return str(error)
    if isinstance(error, ForeignSchemaError):
        return _("A schema of this name exists already and was not made for this reseller.")
    if isinstance(error, DatabaseError):
        # The first line says what was refused; later ones may quote a record.
        reason = str(error).strip().split("\n", 1)[0]
        return _("The database refused: %(reason)s") % {"reason": reason}
    kind = type(error).__name__
    return _("Something unexpected happened (%(kind)s). The worker's log has the details.") % {
        "kind": kind
    }
