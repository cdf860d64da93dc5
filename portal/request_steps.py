"""The steps of a request, as whoever asked sees them: where it is, and who has the ball."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.models import ApprovalRequest
from resellers.current import current_reseller

Status = ApprovalRequest.Status
_ASKED, _APPROVED, _DONE = range(3)
# How many steps are behind a request in each status.
_REACHED = {
    Status.PENDING: _APPROVED,
    Status.NEEDS_INFORMATION: _APPROVED,
    Status.FORWARDED: _DONE,
    Status.FULFILLED: _DONE + 1,
    Status.DECLINED: _APPROVED,
    Status.FAILED: _DONE,
    Status.WITHDRAWN: _APPROVED,
}
_STOPPED = {
    Status.DECLINED: gettext_lazy("Declined"),
    Status.FAILED: gettext_lazy("Could not be done"),
    Status.WITHDRAWN: gettext_lazy("Withdrawn"),
}


@dataclass(frozen=True)
class Step:
    """One of them; `kind` is that of its badge."""

    label: str | Promise
    kind: str
    is_current: bool = False


def steps(request: ApprovalRequest) -> list[Step]:
    """Asked, approved, done; or where it stopped."""
    status = Status(request.status)
    reached = _REACHED[status]
    names = [_("Asked"), _("Approval"), _("Done")]
    found = [Step(name, "success") for name in names[:reached]]
    if status in _STOPPED:
        return [*found, Step(_STOPPED[status], "danger", is_current=True)]
    if reached < len(names):
        found.append(Step(names[reached], "waiting", is_current=True))
    return [*found, *(Step(name, "neutral") for name in names[reached + 1 :])]


def who_has_the_ball(request: ApprovalRequest) -> str:
    """Whose turn it is, in a sentence; empty once nobody has."""
    words = {"reseller": current_reseller().name}
    sentences = {
        Status.PENDING: _("%(reseller)s decides about your request."),
        Status.NEEDS_INFORMATION: _("%(reseller)s needs your answer before deciding."),
        Status.FORWARDED: _("%(reseller)s approved it and sees to it that it is done."),
    }
    return sentences.get(Status(request.status), "") % words
