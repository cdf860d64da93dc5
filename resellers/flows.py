"""What operators do with resellers. All of it runs in the public schema."""

from collections.abc import Mapping
from functools import partial

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import trail
from audit.trail import Person
from resellers import hosts, tasks
from resellers.models import Domain, Reseller

State = Reseller.State

# What stays open to change after the reseller was made. The first owner is invited only once.
SETTINGS = (
    "name",
    "host",
    "currency",
    "time_zone",
    "language",
    "providers",
    "brand_color",
    "support_email",
    "support_phone",
)
FIRST_OWNER = ("owner_email", "owner_name")
LONGEST_REASON = 200


class CannotCreateError(Exception):
    """The reseller cannot be made. The message is fit to show."""


class CannotRetryError(Exception):
    """There is nothing to try again. The message is fit to show."""


class CannotSuspendError(Exception):
    """The reseller cannot be suspended. The message is fit to show."""


class CannotResumeError(Exception):
    """The reseller cannot be resumed. The message is fit to show."""


class CannotChangeError(Exception):
    """The settings cannot be changed so. The message is fit to show."""


@transaction.atomic
def create(new: Reseller, *, by: Person | None) -> Reseller:
    """Save a new reseller and have its schema made. `by` is None for a command in a shell.

    Raises ValidationError by field, CannotCreateError when somebody else took the host meanwhile.
    """
    new.full_clean()
    try:
        with transaction.atomic():
            new.save(force_insert=True)
    except IntegrityError as error:
        raise CannotCreateError(_("Another reseller has this host.")) from error
    trail.record("reseller.created", subject=new, actor=by)
    _provision_on_commit(new)
    return new


@transaction.atomic
def retry(reseller: Reseller, *, by: Person | None) -> Reseller:
    """Start a failed reseller again; it goes on where it failed. Raises CannotRetryError."""
    reseller = _locked(reseller)
    if reseller.state != State.FAILED:
        raise CannotRetryError(
            _("Only a reseller that failed can be tried again. This one is: %(state)s.")
            % {"state": reseller.get_state_display()}
        )
    reseller.state = State.REQUESTED
    reseller.state_changed_at = timezone.now()
    reseller.failure = ""
    reseller.attempts = 0
    reseller.save(update_fields=["state", "state_changed_at", "failure", "attempts"])
    trail.record("reseller.retried", subject=reseller, actor=by)
    _provision_on_commit(reseller)
    return reseller


@transaction.atomic
def suspend(reseller: Reseller, *, by: Person | None, reason: str) -> Reseller:
    """Take the reseller out of service: no pages, no tasks. Nothing is lost.

    Raises CannotSuspendError.
    """
    reseller = _locked(reseller)
    reason = reason.strip()
    if reseller.state != State.READY:
        raise CannotSuspendError(_("Only a reseller that is ready can be suspended."))
    if reseller.is_suspended:
        raise CannotSuspendError(_("This reseller is suspended already."))
    if not reason or len(reason) > LONGEST_REASON:
        raise CannotSuspendError(
            _("Give a reason of at most %(count)s characters.") % {"count": LONGEST_REASON}
        )
    reseller.suspended_at = timezone.now()
    reseller.suspension_reason = reason
    reseller.save(update_fields=["suspended_at", "suspension_reason"])
    trail.record("reseller.suspended", subject=reseller, actor=by, note=reason)
    transaction.on_commit(hosts.forget)
    return reseller


@transaction.atomic
def resume(reseller: Reseller, *, by: Person | None) -> Reseller:
    """Put a suspended reseller back into service. Raises CannotResumeError."""
    reseller = _locked(reseller)
    if not reseller.is_suspended:
        raise CannotResumeError(_("This reseller is not suspended."))
    reseller.suspended_at = None
    reseller.suspension_reason = ""
    reseller.save(update_fields=["suspended_at", "suspension_reason"])
    trail.record("reseller.resumed", subject=reseller, actor=by)
    transaction.on_commit(hosts.forget)
    return reseller


@transaction.atomic
def change(reseller: Reseller, *, by: Person | None, settings: Mapping[str, object]) -> Reseller:
    """Change settings by field name. A new host replaces the old one at once.

    Raises ValidationError by field, CannotChangeError when the change comes too late.
    """
    reseller = _locked(reseller)
    _require_open(reseller, settings)
    changes = {
        field: (getattr(reseller, field), new)
        for field, new in settings.items()
        if getattr(reseller, field) != new
    }
    if not changes:
        return reseller
    for field, (_old, new) in changes.items():
        setattr(reseller, field, new)
    reseller.full_clean()
    try:
        with transaction.atomic():
            reseller.save(update_fields=list(changes))
            Domain.objects.filter(tenant=reseller, is_primary=True).update(domain=reseller.host)
    except IntegrityError as error:
        raise CannotChangeError(_("Another reseller has this host.")) from error
    readable = {field: (_readable(old), _readable(new)) for field, (old, new) in changes.items()}
    trail.record("reseller.changed", subject=reseller, actor=by, changes=readable)
    transaction.on_commit(hosts.forget)
    return reseller


def _require_open(reseller: Reseller, settings: Mapping[str, object]) -> None:
    closed = FIRST_OWNER if reseller.state == State.READY else ()
    if any(field in closed and getattr(reseller, field) != new for field, new in settings.items()):
        raise CannotChangeError(
            _("The first owner was invited already. Further people are added in the console.")
        )
    if unknown := set(settings) - {*SETTINGS, *FIRST_OWNER}:
        raise ValueError(f"Not settings of a reseller: {', '.join(sorted(unknown))}")


def _readable(value: object) -> object:
    return ", ".join(str(each) for each in value) if isinstance(value, list) else value


def _locked(reseller: Reseller) -> Reseller:
    return Reseller.objects.select_for_update().get(pk=reseller.pk)


def _provision_on_commit(reseller: Reseller) -> None:
    transaction.on_commit(partial(tasks.wake_worker, reseller.pk))
