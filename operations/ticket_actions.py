"""What an operator can do on a ticket's page: each action is a page of its own that asks first."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cloudaccounts.providers.registry import provider
from notifications.recipients import Recipient
from operations import desk
from operations.flows import tickets
from operations.forms import (
    CredentialsForm,
    DoneForm,
    FailedForm,
    NoteForm,
    NothingToSay,
)
from operations.models import FulfilmentTicket

Kind, State = FulfilmentTicket.Kind, FulfilmentTicket.State
Typed = dict[str, Any]
Text = str | Promise


@dataclass(frozen=True)
class TicketAction:
    """One thing to do. `offered` says whether the ticket's page shows it: a courtesy, the flow
    refuses by itself.
    """

    name: str
    label: Text
    text: Text
    act: Callable[[FulfilmentTicket, Typed, User], object]
    done: Text
    offered: Callable[[FulfilmentTicket], bool]
    form: type[forms.Form] = NothingToSay

    @property
    def words(self) -> dict[str, Any]:
        """What the page says."""
        return {"title": self.label, "text": self.text, "submit": self.label}


def _is_open(ticket: FulfilmentTicket) -> bool:
    return ticket.state in desk.OPEN


def _waits(ticket: FulfilmentTicket) -> bool:
    """Nothing is under way at the provider."""
    return ticket.state == State.OPEN


def _is_automatic(ticket: FulfilmentTicket) -> bool:
    return not provider(ticket.provider).is_manual


def _can_be_invited(ticket: FulfilmentTicket) -> bool:
    return _waits(ticket) and ticket.kind == Kind.LINK and _is_automatic(ticket)


def _can_be_made(ticket: FulfilmentTicket) -> bool:
    return _waits(ticket) and ticket.kind == Kind.NEW_ACCOUNT and _is_automatic(ticket)


def _is_invited(ticket: FulfilmentTicket) -> bool:
    return ticket.state == State.UNDER_WAY and ticket.kind == Kind.LINK


def _has_credentials(ticket: FulfilmentTicket) -> bool:
    return ticket.state == State.DONE and ticket.kind == Kind.NEW_ACCOUNT


def _send_credentials(ticket: FulfilmentTicket, typed: Typed, by: User) -> None:
    to = Recipient(email=typed["email"], name=typed["name"])
    tickets.send_credentials(ticket, text=typed["text"], to=to, by=by)


ACTIONS = (
    TicketAction(
        "invite",
        _("Send invitation"),
        _("The account is invited into the platform's organization. Its owner gets AWS's mail."),
        lambda ticket, _typed, by: tickets.send_invitation(ticket, by=by),
        _("The invitation is being sent."),
        _can_be_invited,
    ),
    TicketAction(
        "resend",
        _("Send again"),
        _("The invitation that waits is withdrawn, and another one is sent."),
        lambda ticket, _typed, by: tickets.resend_invitation(ticket, by=by),
        _("Another invitation is being sent."),
        _is_invited,
    ),
    TicketAction(
        "withdraw",
        _("Cancel invitation"),
        _(
            "The invitation is withdrawn, and the ticket fails with it. If its owner accepted it a "
            "moment earlier, the account is linked."
        ),
        lambda ticket, _typed, by: tickets.cancel_invitation(ticket, by=by),
        _("The invitation is being withdrawn."),
        _is_invited,
    ),
    TicketAction(
        "create",
        _("Create account"),
        _("AWS makes the account in the platform's organization. That cannot be undone here."),
        lambda ticket, _typed, by: tickets.create_account(ticket, by=by),
        _("The account is being made."),
        _can_be_made,
    ),
    TicketAction(
        "done",
        _("Mark as done"),
        _("For what was done in the provider's own console. The reseller is told."),
        lambda ticket, typed, by: tickets.mark_done(ticket, account_id=typed["account_id"], by=by),
        _("Done. The reseller was told."),
        _waits,
        DoneForm,
    ),
    TicketAction(
        "failed",
        _("Mark as failed"),
        _("The request fails, and the reseller reads why."),
        lambda ticket, typed, by: tickets.mark_failed(ticket, reason=typed["reason"], by=by),
        _("Failed. The reseller was told why."),
        _waits,
        FailedForm,
    ),
    TicketAction(
        "credentials",
        _("Attach credentials"),
        _(
            "They are encrypted, and mailed as a link that opens once within seven days. Nobody "
            "else sees them, and they are not shown here again."
        ),
        _send_credentials,
        _("The link was sent. The reseller was told that it was, and not what it holds."),
        _has_credentials,
        CredentialsForm,
    ),
    TicketAction(
        "note",
        _("Write a note"),
        _("Only operators read it."),
        lambda ticket, typed, by: tickets.note(ticket, typed["text"], by=by),
        _("Noted."),
        lambda _ticket: True,
        NoteForm,
    ),
    TicketAction(
        "take",
        _("Assign to me"),
        _("The other operators see that you have it."),
        lambda ticket, _typed, by: tickets.assign(ticket, by, by=by),
        _("The ticket is yours."),
        _is_open,
    ),
    TicketAction(
        "release",
        _("Give it back"),
        _("Nobody has it then."),
        lambda ticket, _typed, by: tickets.assign(ticket, None, by=by),
        _("The ticket is nobody's."),
        lambda ticket: _is_open(ticket) and ticket.assignee_id is not None,
    ),
    TicketAction(
        "discard",
        _("Discard"),
        _("Only for a request that the reseller's records do not hold any more."),
        lambda ticket, _typed, by: tickets.discard(ticket, by=by),
        _("The ticket is cancelled."),
        _is_open,
    ),
)
