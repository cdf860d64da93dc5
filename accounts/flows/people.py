"""People come into being, change their status, and get a password from somebody who must."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import hooks, links, mails, notices, sessions
from accounts.flows import team
from accounts.models import OneTimeLink, User
from audit import sentences, trail

Status = User.Status

CREATED = "user.created"
STATUS_CHANGED = "user.status_changed"
SUSPENDED = "user.suspended"
REACTIVATED = "user.reactivated"
PASSWORD_SET = "user.password_set"  # noqa: S105 - an action's name
sentences.describe(
    {
        CREATED: gettext_lazy("created the person {subject}"),
        STATUS_CHANGED: gettext_lazy("changed the status of {subject}"),
        SUSPENDED: gettext_lazy("suspended {subject}"),
        REACTIVATED: gettext_lazy("reactivated {subject}"),
        PASSWORD_SET: gettext_lazy("set a password for {subject}"),
    }
)

# From what a person may be taken to what. Nobody who has come in is sent back to waiting.
ALLOWED: dict[str, frozenset[str]] = {
    Status.PENDING_EMAIL_VALIDATION: frozenset(
        {Status.PENDING_APPROVAL, Status.ACTIVE, Status.SUSPENDED}
    ),
    Status.PENDING_APPROVAL: frozenset({Status.ACTIVE, Status.SUSPENDED}),
    Status.ACTIVE: frozenset({Status.SUSPENDED}),
    Status.SUSPENDED: frozenset(
        {Status.PENDING_EMAIL_VALIDATION, Status.PENDING_APPROVAL, Status.ACTIVE}
    ),
}


class CannotCreatePersonError(Exception):
    """Such a person cannot be made. The message is fit to show beside the e-mail."""


class CannotChangeStatusError(Exception):
    """The person cannot become that. The message is fit to show."""


class CannotSuspendError(CannotChangeStatusError):
    """The person must stay. The message is fit to show."""


class CannotSetPasswordError(Exception):
    """The password of this person is not yours to set. The message is fit to show."""


@transaction.atomic
def create_person(
    email: str,
    *,
    full_name: str = "",
    status: str = Status.PENDING_EMAIL_VALIDATION,
    by: User | None,
) -> User:
    """Make a person without a password. Raises CannotCreatePersonError if the e-mail is taken."""
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, full_name=full_name, status=status)
    except IntegrityError as error:
        if "user_email_unique" not in str(error):
            raise
        raise CannotCreatePersonError(_("Somebody with this e-mail exists already.")) from error
    trail.record(CREATED, subject=user, actor=by, changes={"status": (None, user.status)})
    return user


@transaction.atomic
def change_status(user: User, status: str, *, by: User | None, reason: str = "") -> User:
    """Take a person to another status, as far as `ALLOWED` goes. Raises CannotChangeStatusError."""
    if status == Status.SUSPENDED:
        return suspend(user, by=by, reason=reason)
    user = User.objects.select_for_update().get(pk=user.pk)
    if refusal := team.refusal_to_manage(user, by=by):
        raise CannotChangeStatusError(refusal)
    if status not in ALLOWED[user.status]:
        raise CannotChangeStatusError(_refused_step(user.status, status))
    action = REACTIVATED if user.status == Status.SUSPENDED else STATUS_CHANGED
    changes = {"status": _set_status(user, status)}
    about = hooks.ties_of(user)
    trail.record(action, subject=user, actor=by, about=about, changes=changes, note=reason)
    return user


@transaction.atomic
def suspend(user: User, *, by: User | None, reason: str = "") -> User:
    """Shut a person out: sessions end at their next request, links that wait in mailboxes die.

    Raises CannotSuspendError.
    """
    hooks.ask_suspension_guards(user)
    team.lock_owners()
    user = User.objects.select_for_update().get(pk=user.pk)
    _check_may_be_suspended(user, by=by)
    old, new = _set_status(user, Status.SUSPENDED)
    for purpose in OneTimeLink.Purpose:
        links.revoke(user, purpose)
    # Reactivated, the person logs in anew.
    sessions.end_all_of(user)
    changes = {"status": (old, new)}
    about = hooks.ties_of(user)
    entry = trail.record(
        SUSPENDED, subject=user, actor=by, about=about, changes=changes, note=reason
    )
    # An address that nobody validated may belong to a stranger: nothing is told there.
    if old != Status.PENDING_EMAIL_VALIDATION:
        mails.account_suspended(user, event=str(entry.pk), about=about)
    return user


@transaction.atomic
def reactivate(user: User, *, by: User | None) -> User:
    """Let a suspended person back to where they were. Raises CannotChangeStatusError.

    Whoever waited for something when they were suspended waits for it again.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.status != Status.SUSPENDED:
        raise CannotChangeStatusError(_("This person is not suspended."))
    return change_status(user, _status_before(user), by=by)


@transaction.atomic
def set_password_for(user: User, password: str, *, by: User) -> None:
    """Give a person a password that somebody else typed. Their sessions end.

    An invitation is the better way: then nobody but the person knows it.
    Raises CannotSetPasswordError.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.pk == by.pk:
        raise CannotSetPasswordError(_("Change your own password on the page of your account."))
    if refusal := team.refusal_to_manage(user, by=by):
        raise CannotSetPasswordError(refusal)
    user.set_password(password)
    user.save(update_fields=["password"])
    trail.record(PASSWORD_SET, subject=user, actor=by, about=hooks.ties_of(user))
    sessions.end_all_of(user)
    notices.tell(user, notices.PASSWORD_SET)


def _check_may_be_suspended(user: User, *, by: User | None) -> None:
    if by is not None and user.pk == by.pk:
        raise CannotSuspendError(_("You cannot suspend yourself."))
    if Status.SUSPENDED not in ALLOWED[user.status]:
        raise CannotSuspendError(_("This person is suspended already."))
    if refusal := team.refusal_to_manage(user, by=by):
        raise CannotSuspendError(refusal)
    if team.is_last_active_owner(user):
        raise CannotSuspendError(_("The last active owner cannot be suspended."))


def _set_status(user: User, status: str) -> tuple[str, str]:
    """Write the status; returns the old and the new one."""
    old = user.status
    user.status = status
    user.suspended_from = old if status == Status.SUSPENDED else ""
    user.save(update_fields=["status", "suspended_from"])
    user.refresh_from_db(fields=["is_active"])  # derived by the database
    return old, status


def _status_before(user: User) -> str:
    """What reactivating leads to. People who were created as suspended never were anything else."""
    if user.suspended_from:
        return user.suspended_from
    return Status.ACTIVE if user.has_usable_password() else Status.PENDING_EMAIL_VALIDATION


def _refused_step(old: str, new: str) -> str:
    if old == new:
        return _("This person has that status already.")
    return _("A person who is “%(old)s” cannot become “%(new)s”.") % {
        "old": Status(old).label,
        "new": Status(new).label,
    }
