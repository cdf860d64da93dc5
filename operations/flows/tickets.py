"""What operators do with tickets. It happens at the reseller and on the ticket, or not at all.

The order of the locks is that of everybody who touches an account: customer → account → request →
ticket. So the reseller's schema is entered first, and the transaction begins in there: what it
sends when it commits belongs to that reseller.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _
from django_tenants.utils import schema_context, tenant_context

from accounts.models import User
from approvals import settling
from approvals.flows import account_locks
from approvals.kinds import KINDS
from approvals.models import ApprovalRequest
from audit import trail
from cloudaccounts.flows import by_hand, creations, invitations, secrets
from cloudaccounts.flows.ordering import is_under_way
from cloudaccounts.flows.statuses import CannotChangeAccountError
from cloudaccounts.models import CloudAccount, Errand, Invitation
from notifications.recipients import Recipient
from operations import actions, desk
from operations.models import FulfilmentTicket, Operator, TicketNote
from operations.places import at
from resellers.models import Reseller
from resellers.schemas import PUBLIC

Kind, State = FulfilmentTicket.Kind, FulfilmentTicket.State
PLATFORM = Errand.Via.PLATFORM


class CannotActError(Exception):
    """It cannot be done with this ticket. The message is fit to show, beside `field` if one is
    named."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Case:
    """A ticket with what it is about, all of it locked. The reseller's schema is in use."""

    ticket: FulfilmentTicket
    request: ApprovalRequest
    by: User

    @property
    def account(self) -> CloudAccount:
        return self.request.account_request.account

    def record(self, action: str, *, note: str = "") -> None:
        """Write on the ticket's timeline who did it."""
        with schema_context(PUBLIC):
            trail.record(action, subject=self.ticket, actor=self.by, note=note)

    def require_kind(self, kind: str) -> None:
        if self.ticket.kind != kind:
            raise CannotActError(_("That is not what this ticket asks for."))


# ── On the ticket alone ──────────────────────────────────────────────────────────────────────


@transaction.atomic
def assign(ticket: FulfilmentTicket, assignee: User | None, *, by: User) -> None:
    """Say whose it is; None: nobody's. Raises CannotActError."""
    ticket = _locked(ticket)
    _require_open(ticket)
    if assignee and not Operator.objects.filter(pk=assignee.pk, status="active").exists():
        raise CannotActError(_("Only an active operator can have a ticket."))
    before = ticket.assignee
    if before == assignee:
        return
    ticket.assignee = assignee
    ticket.version += 1
    ticket.save(update_fields=["assignee", "version"])
    changes = {"assignee": (str(before or ""), str(assignee or ""))}
    trail.record(actions.ASSIGNED, subject=ticket, actor=by, changes=changes)


@transaction.atomic
def note(ticket: FulfilmentTicket, text: str, *, by: User) -> TicketNote:
    """Write something for the other operators. Raises CannotActError."""
    if not text.strip():
        raise CannotActError(_("Write a note."), field="text")
    written = TicketNote.objects.create(ticket=ticket, author=by, text=text)
    trail.record(actions.NOTED, subject=ticket, actor=by)
    return written


# ── At the provider ──────────────────────────────────────────────────────────────────────────


def send_invitation(ticket: FulfilmentTicket, *, by: User) -> None:
    """Invite the account into the platform's organization. Raises CannotActError."""
    with _case(ticket, by=by) as case:
        case.require_kind(Kind.LINK)
        invitations.order_invitation(case.account, via=PLATFORM, by=None)
        case.record(actions.INVITED)


def resend_invitation(ticket: FulfilmentTicket, *, by: User) -> None:
    """Withdraw the invitation that waits and send another one. Raises CannotActError."""
    with _case(ticket, by=by) as case:
        invitations.order_resend(_open_invitation(case), by=None)
        case.record(actions.RESENT)


def cancel_invitation(ticket: FulfilmentTicket, *, by: User) -> None:
    """Withdraw the invitation that waits: the ticket fails with it. Raises CannotActError."""
    with _case(ticket, by=by) as case:
        invitations.order_cancel(_open_invitation(case), by=None)
        case.record(actions.WITHDRAWN)


def create_account(ticket: FulfilmentTicket, *, by: User) -> None:
    """Have the account made in the platform's organization. Raises CannotActError."""
    with _case(ticket, by=by) as case:
        case.require_kind(Kind.NEW_ACCOUNT)
        creations.order_creation(case.account, via=PLATFORM, by=None)
        case.record(actions.CREATION)


# ── By hand ──────────────────────────────────────────────────────────────────────────────────


def mark_done(ticket: FulfilmentTicket, *, account_id: str, by: User) -> None:
    """Note that it was done in the provider's console. `account_id`: that of a new account.

    Raises CannotActError.
    """
    with _case(ticket, by=by) as case:
        case.record(actions.DONE_BY_HAND)
        to = KINDS[case.ticket.kind].fulfilled_by
        via = Errand.Via.PLATFORM
        by_hand.finish(case.account, to, via=via, account_id=account_id, by=None)


def mark_failed(ticket: FulfilmentTicket, *, reason: str, by: User) -> None:
    """Note that it cannot be done; the reseller reads why. Raises CannotActError."""
    if not reason.strip():
        raise CannotActError(_("Say why it could not be done."), field="reason")
    with _case(ticket, by=by) as case:
        if is_under_way(case.account):
            raise CannotActError(_("The provider is working on it. Withdraw that first."))
        case.record(actions.GIVEN_UP, note=reason)
        settling.give_up(case.request, reason, by=None)
        with schema_context(PUBLIC):
            left = _locked(case.ticket)
            if left.state in desk.OPEN:  # a linked account stays as it is, and tells nobody
                desk.close(left, State.FAILED, note=reason)


def send_credentials(ticket: FulfilmentTicket, *, text: str, to: Recipient, by: User) -> None:
    """Mail the end user a link that shows `text` once. The account must be linked; the ticket may
    be closed by then. Raises CannotActError.
    """
    with at(_in_service(ticket)), transaction.atomic():
        account = CloudAccount.objects.filter(pk=ticket.cloud_account_id).first()
        if account is None:
            raise CannotActError(_("The reseller's records do not know this account."))
        try:
            secrets.send_credentials(account, text=text, to=to, by=None)
        except CannotChangeAccountError as error:
            raise CannotActError(str(error), field=error.field) from error
        with schema_context(PUBLIC):
            trail.record(actions.CREDENTIALS, subject=ticket, actor=by)


def discard(ticket: FulfilmentTicket, *, by: User) -> None:
    """End a ticket whose request the reseller's records do not hold any more, as after a restore.

    Raises CannotActError while they do.
    """
    with transaction.atomic():
        locked = _locked(ticket)
        _require_open(locked)
        if _is_known(locked):
            raise CannotActError(_("The reseller waits for this. Mark it as done or failed."))
        trail.record(actions.GIVEN_UP, subject=locked, actor=by)
        desk.close(locked, State.CANCELLED, note=_("The reseller's records do not know it."))


@contextmanager
def _case(ticket: FulfilmentTicket, *, by: User) -> Iterator[Case]:
    """An open ticket at a reseller in service. Raises CannotActError."""
    with at(_in_service(ticket)), transaction.atomic():
        request = _request_of(ticket)
        with schema_context(PUBLIC):
            locked = _locked(ticket)
            _require_open(locked)
        try:
            yield Case(locked, request, by)
        except CannotChangeAccountError as error:
            raise CannotActError(str(error), field=error.field) from error


def _in_service(ticket: FulfilmentTicket) -> Reseller:
    """The ticket's reseller. Raises CannotActError."""
    reseller = Reseller.objects.get(pk=ticket.reseller_id)
    if reseller.state != Reseller.State.READY or reseller.is_suspended:
        raise CannotActError(_("This reseller is not in service."))
    return reseller


def _request_of(ticket: FulfilmentTicket) -> ApprovalRequest:
    """The request with its account, locked. Raises CannotActError."""
    try:
        found = account_locks.lock(ApprovalRequest(pk=ticket.request_id))
    except CloudAccount.DoesNotExist as error:
        raise CannotActError(_("The reseller's records do not know this request.")) from error
    if found.status != ApprovalRequest.Status.FORWARDED:
        raise CannotActError(_("The reseller's request has ended already."))
    return found


def _is_known(ticket: FulfilmentTicket) -> bool:
    waiting = {"pk": ticket.request_id, "status": ApprovalRequest.Status.FORWARDED}
    with tenant_context(ticket.reseller):
        return ApprovalRequest.objects.filter(**waiting).exists()


def _locked(ticket: FulfilmentTicket) -> FulfilmentTicket:
    tickets = FulfilmentTicket.objects.select_related("reseller", "assignee")
    return tickets.select_for_update(of=("self",)).get(pk=ticket.pk)


def _require_open(ticket: FulfilmentTicket) -> None:
    if ticket.state not in desk.OPEN:
        raise CannotActError(
            _("This ticket is closed: %(state)s.") % {"state": ticket.get_state_display()}
        )


def _open_invitation(case: Case) -> Invitation:
    found = Invitation.objects.open().of_account(case.account.pk).first()
    if found is None:
        raise CannotActError(_("No invitation waits."))
    return found
