"""What operators do with operators. All of it runs in the public schema."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import sessions
from accounts.models import User
from audit import sentences, trail
from operations.models import Operator

ADDED = "operator.added"
RENAMED = "operator.renamed"
SUSPENDED = "operator.suspended"
REACTIVATED = "operator.reactivated"
PASSWORD_SET = "operator.password_set"  # noqa: S105 - an action's name
sentences.describe(
    {
        ADDED: gettext_lazy("added the operator {subject}"),
        RENAMED: gettext_lazy("changed the name of {subject}"),
        SUSPENDED: gettext_lazy("suspended the operator {subject}"),
        REACTIVATED: gettext_lazy("reactivated the operator {subject}"),
        PASSWORD_SET: gettext_lazy("set a new password for {subject}"),
    }
)

Status = User.Status


class CannotAddOperatorError(Exception):
    """Such an operator cannot be added. The message is fit to show."""


class CannotSuspendOperatorError(Exception):
    """The operator must stay. The message is fit to show."""


class CannotReactivateOperatorError(Exception):
    """There is nobody to bring back. The message is fit to show."""


@transaction.atomic
def add_operator(email: str, *, full_name: str, password: str, by: User) -> User:
    """Add somebody who may do everything on the platform. Raises CannotAddOperatorError."""
    try:
        with transaction.atomic():
            operator = Operator.objects.create_superuser(email, password, full_name=full_name)
    except IntegrityError as error:
        raise CannotAddOperatorError(_("Somebody with this e-mail exists already.")) from error
    trail.record(ADDED, subject=operator, actor=by)
    return Operator.objects.get(pk=operator.pk)


@transaction.atomic
def rename_operator(operator: User, *, full_name: str, by: User) -> User:
    operator = Operator.objects.select_for_update().get(pk=operator.pk)
    old, operator.full_name = operator.full_name, full_name
    if old != full_name:
        operator.save(update_fields=["full_name"])
        changes = {"full_name": (old, full_name)}
        trail.record(RENAMED, subject=operator, actor=by, changes=changes)
    return operator


@transaction.atomic
def suspend_operator(operator: User, *, by: User) -> User:
    """Shut an operator out; their sessions end at their next request.

    Raises CannotSuspendOperatorError for oneself and for the last one.
    """
    # All of them, in one order: two who suspend each other must not both succeed.
    locked = Operator.objects.select_for_update().order_by("pk")
    active = {each.pk: each for each in locked if each.status == Status.ACTIVE}
    if operator.pk == by.pk:
        raise CannotSuspendOperatorError(_("You cannot suspend yourself."))
    if operator.pk not in active:
        raise CannotSuspendOperatorError(_("This operator is suspended already."))
    if by.pk not in active:
        raise CannotSuspendOperatorError(_("You were suspended meanwhile."))
    operator = active[operator.pk]
    operator.status, operator.suspended_from = Status.SUSPENDED, Status.ACTIVE
    operator.save(update_fields=["status", "suspended_from"])
    sessions.end_all_of(operator)
    trail.record(SUSPENDED, subject=operator, actor=by)
    return operator


@transaction.atomic
def reactivate_operator(operator: User, *, by: User) -> User:
    """Let a suspended operator back in. Raises CannotReactivateOperatorError."""
    operator = Operator.objects.select_for_update().get(pk=operator.pk)
    if operator.status != Status.SUSPENDED:
        raise CannotReactivateOperatorError(_("This operator is not suspended."))
    operator.status, operator.suspended_from = Status.ACTIVE, ""
    operator.save(update_fields=["status", "suspended_from"])
    trail.record(REACTIVATED, subject=operator, actor=by)
    return operator


@transaction.atomic
def set_password(operator: User, *, password: str, by: User) -> User:
    """Give an operator a new password; their sessions end."""
    operator = Operator.objects.select_for_update().get(pk=operator.pk)
    operator.set_password(password)
    operator.save(update_fields=["password"])
    sessions.end_all_of(operator)
    trail.record(PASSWORD_SET, subject=operator, actor=by)
    return operator
