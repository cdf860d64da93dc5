"""The management accounts from which invitations are sent: named, checked, changed, given up."""

from dataclasses import dataclass
from typing import TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit import trail
from cloudaccounts import actions, connections, probing
from cloudaccounts.models import Connection, ConnectionRecord, Creation, Errand, Invitation
from cloudaccounts.providers.aws.ids import RoleArn, new_external_id
from cloudaccounts.providers.registry import provider
from cloudaccounts.tasks import connections as tasks
from customers.staleness import require_fresh
from resellers.clouds import Cloud

R = TypeVar("R", bound=ConnectionRecord)
USUAL_ROLE = "ResellerPortalOrganization"
_LOCK = 20_253  # the first number of an advisory lock; the second is the schema's
NOTHING_SEEN = 0  # the version of a connection that was never there


@dataclass(frozen=True)
class ConnectionDetails:
    """Which account, and the role that leads into it. A reseller's may leave the role out: then it
    has the usual name. The platform's without a role is the machine's own account.
    """

    account_id: str
    role_arn: str = ""


class CannotSaveConnectionError(Exception):
    """It cannot be saved like that. The message is fit to show, beside `field` if named."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def set_connection(record: R, details: ConnectionDetails, *, version: int, by: User | None) -> R:
    """Add or change a connection, if nobody else did since `version`. What was changed has to be
    checked before it serves.

    `record` names the provider; `NOTHING_SEEN` is the version of one that was not there. Raises
    StaleError, CannotSaveConnectionError.
    """
    _one_at_a_time()
    locked = type(record)._default_manager.select_for_update()  # noqa: SLF001 - Django's public way to a model's manager
    stored: R | None = locked.filter(provider=record.provider).first()
    found = stored or record
    wanted = _cleaned(found, details)
    if stored:
        require_fresh(stored, seen=version, fields=wanted, edits=actions.CONNECTION_EDITS)
    changed: dict[str, tuple[object, object]] = {
        field: (getattr(found, field), new)
        for field, new in wanted.items()
        if getattr(found, field) != new
    }
    if not changed:
        return found
    if "account_id" in changed:
        _require_idle(found)
    return _save(found, changed, is_new=stored is None, by=by)


@transaction.atomic
def order_connection_check(record: R, *, by: User | None) -> R:
    """Have the provider asked whether the connection works. It serves once the answer is yes."""
    record = type(record)._default_manager.select_for_update().get(pk=record.pk)  # noqa: SLF001 - as above
    if probing.is_waiting(record, probing.CONNECTION):
        return record
    probing.begin(record, probing.CONNECTION)
    trail.record(actions.CONNECTION_CHECK_ORDERED, subject=record, actor=by)
    tasks.wake_after_commit(record)
    return record


@transaction.atomic
def disconnect(record: ConnectionRecord, *, by: User | None) -> None:
    """Give the connection up. Raises CannotSaveConnectionError while something is under way."""
    record = type(record)._default_manager.select_for_update().get(pk=record.pk)  # noqa: SLF001 - as above
    _require_idle(record)
    trail.record(actions.CONNECTION_REMOVED, subject=record, actor=by)
    record.delete()


def role_of(account_id: str) -> str:
    """The ARN of the role that the instructions make."""
    return f"arn:aws:iam::{account_id}:role/{USUAL_ROLE}"


def _one_at_a_time() -> None:
    """Two who connect at once would both find nothing there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(current_schema()))", [_LOCK])


def _cleaned(record: ConnectionRecord, details: ConnectionDetails) -> dict[str, str]:
    """What is to be stored. Raises CannotSaveConnectionError."""
    if provider(record.provider).is_manual:
        raise CannotSaveConnectionError(_("This provider has no automatic connection."))
    try:
        account_id = provider(record.provider).clean_account_id(details.account_id)
    except ValidationError as error:
        raise CannotSaveConnectionError(error.messages[0], field="account_id") from error
    is_own = isinstance(record, Connection)
    role_arn = details.role_arn.strip() or (role_of(account_id) if is_own else "")
    if role_arn:
        _require_role_of(account_id, role_arn)
    if is_own:
        _require_not_ours(account_id)
    return {"account_id": account_id, "role_arn": role_arn}


def _require_role_of(account_id: str, role_arn: str) -> None:
    try:
        found = RoleArn.parse(role_arn)
    except ValueError as error:
        sentence = _("Enter the ARN of a role: arn:aws:iam::<account ID>:role/<name>.")
        raise CannotSaveConnectionError(sentence, field="role_arn") from error
    if found.account_id != account_id:
        sentence = _("This role belongs to another account than the one above.")
        raise CannotSaveConnectionError(sentence, field="role_arn")


def _require_not_ours(account_id: str) -> None:
    """A reseller never acts as the platform, or as the account in which this product runs."""
    platform = connections.platform_record(Cloud.AWS)
    ours = {settings.AWS_PRINCIPAL.split(":")[4]} if settings.AWS_PRINCIPAL else set()
    if platform:
        ours.add(platform.account_id)
    if account_id in ours:
        sentence = _("This account cannot be connected. Enter your own management account.")
        raise CannotSaveConnectionError(sentence, field="account_id")


def _require_idle(record: ConnectionRecord) -> None:
    """What was begun through an account ends there."""
    if not isinstance(record, Connection):
        return  # the platform's errands lie in every reseller's schema; they wait
    if any(
        model.objects.open()
        .filter(via=Errand.Via.RESELLER, account__provider=record.provider)
        .exists()
        for model in (Invitation, Creation)
    ):
        raise CannotSaveConnectionError(
            _("Invitations or new accounts are under way through this account. Wait for their end.")
        )


def _save(
    record: R, changed: dict[str, tuple[object, object]], *, is_new: bool, by: User | None
) -> R:
    for field, (_old, new) in changed.items():
        setattr(record, field, new)
    if record.role_arn and not record.external_id:
        record.external_id = new_external_id()
    columns = probing.forget(record, probing.CONNECTION)
    if is_new:
        record.version = 1
        record.save(force_insert=True)
    else:
        record.version += 1
        record.save(update_fields=[*columns, *changed, "external_id", "version"])
    action = actions.CONNECTION_ADDED if is_new else actions.CONNECTION_CHANGED
    trail.record(action, subject=record, actor=by, changes=changed)
    return record
