"""What approvers do with requests: approve, decline, delete. Each request is decided once.

The lock on the requester puts the decisions about one request in a row, and keeps the person as
the decision found them. One conditional update decides: whoever comes second reads who decided
what, and when.
"""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from approvals import actions, applicants, mails, outcomes, presets
from approvals.models import ApprovalRequest
from audit import trail
from customers.flows import customers, people
from customers.models import Customer
from customers.roles import CustomerRole

Status = ApprovalRequest.Status


class CannotDecideError(Exception):
    """The decision is not allowed. The message is fit to show, beside `field` if one is named."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class AlreadyDecidedError(CannotDecideError):
    """Somebody was faster. The message says who decided what, and when."""


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why a request is declined, and what the applicant is told."""

    reason: str
    message: str = ""
    silently: bool = False


@transaction.atomic
def approve(
    request: ApprovalRequest, details: customers.CustomerDetails, *, version: int, by: User
) -> Customer:
    """Make the customer that `details` describe and the person its administrator; mail a welcome.

    Approving once more what one approved oneself changes nothing. Raises CannotDecideError.
    """
    request, person = _lock(request, by=by)
    if _decided_by_same_click(request, Status.APPROVED, version=version, by=by):
        assert request.customer is not None  # noqa: S101 - the database holds this rule
        return request.customer
    _refuse_unless_open(request, version)
    if person.status == User.Status.SUSPENDED:
        raise CannotDecideError(
            _("%(person)s is suspended. Reactivate the person first, or decline the request.")
            % {"person": person}
        )
    customer = _make_customer(request, details, by=by)
    request = _decide(request, Status.APPROVED, version=version, by=by, customer=customer)
    people.join(customer, person, role=CustomerRole.ADMINISTRATOR, by=by)
    person.status = User.Status.ACTIVE
    person.save(update_fields=["status"])
    trail.record(actions.APPROVED, subject=request, actor=by, about=[person, customer])
    edits = presets.edits(request.signup, details)
    if edits:
        trail.record(actions.EDITED, subject=customer, actor=by, about=[request], changes=edits)
    mails.welcome(request)
    return customer


@transaction.atomic
def decline(
    request: ApprovalRequest, refusal: Refusal, *, version: int, by: User
) -> ApprovalRequest:
    """Refuse: the person cannot log in, and is mailed why unless `silently`.

    They may sign up again. Declining once more what one declined oneself changes nothing.
    Raises CannotDecideError.
    """
    request, person = _lock(request, by=by)
    if _decided_by_same_click(request, Status.DECLINED, version=version, by=by):
        return request
    _refuse_unless_open(request, version)
    if refusal.reason not in ApprovalRequest.DeclineReason:
        raise CannotDecideError(_("Choose a reason."), field="reason")
    request = _decide(
        request,
        Status.DECLINED,
        version=version,
        by=by,
        decline_reason=refusal.reason,
        decline_message="" if refusal.silently else refusal.message,
        declined_silently=refusal.silently,
    )
    if applicants.is_nothing_else(person):
        person.status = User.Status.SUSPENDED
        person.save(update_fields=["status"])
    changes = {"decline_reason": ("", refusal.reason)}
    about, note = [person], request.decline_message
    trail.record(
        actions.DECLINED, subject=request, actor=by, about=about, changes=changes, note=note
    )
    if not refusal.silently:
        mails.request_declined(request)
    return request


@transaction.atomic
def delete(request: ApprovalRequest, *, by: User) -> None:
    """Erase a request that waits, and its person if nothing else hangs on them. Nobody is mailed.

    The trail keeps that a request of this company was deleted. Raises CannotDecideError.
    """
    request, person = _lock(request, by=by)
    _refuse_unless_open(request, request.version)
    _claim(request, request.version)
    trail.record(actions.DELETED, subject=request, actor=by)
    applicants.erase(request, person)


def _lock(request: ApprovalRequest, *, by: User) -> tuple[ApprovalRequest, User]:
    """The requester's row, locked, and the request as it stands now: the caller's copy is older."""
    if request.requester_id == by.pk:
        raise CannotDecideError(_("Someone else has to decide on your own request."))
    person = applicants.lock(request)
    requests = ApprovalRequest.objects.select_related("signup", "customer", "decided_by")
    found = requests.filter(pk=request.pk).first()
    if person is None or found is None:
        raise _gone(request)
    found.requester = person
    return found, person


def _decided_by_same_click(
    request: ApprovalRequest, status: str, *, version: int, by: User
) -> bool:
    """Whether this is a double click: the same person, the same decision, on the same page."""
    same_decision = request.status == status and request.decided_by_id == by.pk
    return same_decision and request.version == version + 1


def _refuse_unless_open(request: ApprovalRequest, version: int) -> None:
    if request.decided_at:
        raise AlreadyDecidedError(outcomes.sentence(request))
    if request.status != Status.PENDING or request.version != version:
        raise CannotDecideError(_("This request changed meanwhile. Read it again, then decide."))


def _decide(
    request: ApprovalRequest, status: str, *, version: int, by: User, **outcome: Any
) -> ApprovalRequest:
    _claim(request, version, status=status, decided_by=by, decided_at=timezone.now(), **outcome)
    person = request.requester
    request.refresh_from_db()
    request.requester = person
    return request


def _claim(request: ApprovalRequest, version: int, **outcome: Any) -> None:
    """The one update that decides. It matches once, whatever else was read before."""
    waiting = ApprovalRequest.objects.pending().filter(pk=request.pk, version=version)
    if not waiting.update(version=F("version") + 1, **outcome):
        found = ApprovalRequest.objects.select_related("decided_by").filter(pk=request.pk).first()
        raise AlreadyDecidedError(outcomes.sentence(found)) if found else _gone(request)


def _gone(request: ApprovalRequest) -> AlreadyDecidedError:
    entry = outcomes.deletion(request.pk)
    if entry is None:
        return AlreadyDecidedError(_("This request does not exist any more."))
    return AlreadyDecidedError(outcomes.deletion_sentence(entry))


def _make_customer(
    request: ApprovalRequest, details: customers.CustomerDetails, *, by: User
) -> Customer:
    try:
        return customers.create(details, by=by, about=[request])
    except customers.CannotSaveCustomerError as error:
        raise CannotDecideError(str(error), field=error.field) from error
