"""The same decision about several requests of one kind. Each is decided by its own flow, in its
own transaction: what is refused says why, and the others are decided all the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from accounts.models import User
from approvals.flows import account_decisions, decisions
from approvals.flows.decisions import CannotDecideError, Refusal
from approvals.models import ApprovalRequest

MOST = 200  # in one click: each takes some twenty questions to the database
SIGNUP = ApprovalRequest.Kind.SIGNUP


class What(StrEnum):
    """What can be decided about many at once."""

    FORWARD = "forward"
    DECLINE = "decline"


@dataclass(frozen=True)
class Row:
    """A request as somebody saw it."""

    request: ApprovalRequest
    version: int


@dataclass(frozen=True)
class Outcome:
    """What became of one. `refusal` is empty where it was decided."""

    request: ApprovalRequest
    refusal: str = ""


def require_possible(what: What, requests: Sequence[ApprovalRequest]) -> str:
    """The one kind that all are of. Raises CannotDecideError."""
    kinds = {each.kind for each in requests}
    if not kinds:
        raise CannotDecideError(_("Tick at least one request."))
    if len(requests) > MOST:
        raise CannotDecideError(
            _("Decide about %(most)s requests at most in one go.") % {"most": MOST}
        )
    if len(kinds) > 1:
        raise CannotDecideError(_("Choose requests of one type: use the filter."))
    if what == What.FORWARD and SIGNUP in kinds:
        raise CannotDecideError(
            _("Sign-ups are approved one by one: each makes a customer that somebody looks at.")
        )
    return kinds.pop()


def forward_all(rows: Sequence[Row], *, by: User) -> list[Outcome]:
    """Approve and forward. Raises CannotDecideError when the rows do not belong together."""
    require_possible(What.FORWARD, [each.request for each in rows])

    def forward(row: Row) -> object:
        return account_decisions.approve_and_forward(row.request, version=row.version, by=by)

    return [_outcome(row, forward) for row in rows]


def decline_all(rows: Sequence[Row], refusal: Refusal, *, by: User) -> list[Outcome]:
    """Decline all for one reason. Raises CannotDecideError when they do not belong together."""
    kind = require_possible(What.DECLINE, [each.request for each in rows])
    flow = decisions.decline if kind == SIGNUP else account_decisions.decline

    def decline(row: Row) -> object:
        return flow(row.request, refusal, version=row.version, by=by)

    return [_outcome(row, decline) for row in rows]


def _outcome(row: Row, decide: Callable[[Row], object]) -> Outcome:
    try:
        decide(row)
    except CannotDecideError as error:
        return Outcome(row.request, str(error))
    return Outcome(row.request)
