"""The desk of Cloud Ops: approved requests come in as tickets, and tickets follow their accounts.

Both happen inside the transaction of a reseller's schema, which steps into the public one for it:
what a ticket says and what the reseller sees are written together, or not at all. The account is
locked before its ticket, always.
"""

import uuid

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django_tenants.utils import schema_context

from approvals.hooks import Forwarded
from approvals.kinds import KINDS
from audit import trail
from audit.trail import Mention
from cloudaccounts.hooks import Event, News
from cloudaccounts.models import CloudAccount, Errand, Invitation
from cloudaccounts.standing import Status
from operations import actions
from operations.models import FulfilmentTicket
from resellers.current import current_reseller
from resellers.schemas import PUBLIC

State = FulfilmentTicket.State
OPEN = (State.OPEN, State.UNDER_WAY)


def receive(forwarded: Forwarded) -> uuid.UUID:
    """Make the ticket of a request that was approved; it tells all that is needed for it."""
    request = forwarded.request
    asked, account = request.account_request, request.account_request.account
    reseller = current_reseller()
    requester = str(request.requester)
    with translation.override(settings.LANGUAGE_CODE):
        role_check, support = _role_check(account), str(asked.get_support_display())
    with schema_context(PUBLIC):
        ticket = FulfilmentTicket.objects.create(
            reseller=reseller,
            kind=request.kind,
            request_id=request.pk,
            cloud_account_id=account.pk,
            provider=account.provider,
            customer_name=str(account.customer),
            account_name=account.name,
            account_id=account.account_id,
            root_email=account.root_email,
            role_arn=account.role_arn,
            role_check=role_check,
            support=support,
            reason=asked.reason,
            requested_by=requester,
            approved_by=forwarded.approved_by,
        )
        trail.record(actions.RECEIVED, subject=ticket, actor=None, about=[Mention(reseller.pk)])
    return ticket.pk


def follow(news: News) -> None:
    """Write on an account's ticket what has become of the account."""
    reseller_id = current_reseller().pk
    told = _what_happened(news)
    with schema_context(PUBLIC):
        tickets = FulfilmentTicket.objects.filter(
            reseller_id=reseller_id, cloud_account_id=news.account.pk
        )
        # Credentials are sent after the account was made: the ticket is closed by then.
        if news.event not in {Event.CREDENTIALS_SENT, Event.CREDENTIALS_OPENED}:
            tickets = tickets.filter(state__in=OPEN)
        newest = tickets.order_by("-created_at", "-pk").select_for_update(of=("self",))
        ticket = newest.first()
        if ticket:
            _write(ticket, news, told)


def close(ticket: FulfilmentTicket, state: str, *, note: str = "") -> None:
    """End a locked ticket. The public schema is in use."""
    ticket.state, ticket.closed_at, ticket.outcome_note = State(state), timezone.now(), note
    ticket.version += 1
    ticket.save(update_fields=["state", "closed_at", "outcome_note", "version"])
    label = str(State(state).label)
    trail.record(
        actions.CLOSED, subject=ticket, actor=None, changes={"state": ("", label)}, note=note
    )


def _what_happened(news: News) -> str:
    """What the ticket says of an errand, in the operators' language."""
    if news.errand is None:
        return ""
    is_invitation = isinstance(news.errand, Invitation)
    with translation.override(settings.LANGUAGE_CODE):
        what = _("Invitation") if is_invitation else _("New account")
        return f"{what}: {news.errand.get_state_display()}"  # type: ignore[attr-defined]  # each kind has its states


def _write(ticket: FulfilmentTicket, news: News, told: str) -> None:
    """The public schema is in use, the ticket is locked."""
    if news.event == Event.STATUS_CHANGED:
        _follow_status(ticket, news)
    elif news.event == Event.ERRAND_CHANGED and news.errand:
        _follow_errand(ticket, news.errand, told)
    elif news.event == Event.CREDENTIALS_SENT:
        ticket.credentials_sent_at = timezone.now()
        ticket.version += 1
        ticket.save(update_fields=["credentials_sent_at", "version"])
        trail.record(actions.CREDENTIALS_SENT, subject=ticket, actor=None)
    elif news.event == Event.CREDENTIALS_OPENED:
        trail.record(actions.CREDENTIALS_OPENED, subject=ticket, actor=None)


def _follow_status(ticket: FulfilmentTicket, news: News) -> None:
    kind, status = KINDS[ticket.kind], news.account.status
    if status == kind.fulfilled_by:
        if ticket.account_id != news.account.account_id:
            ticket.account_id = news.account.account_id
            ticket.save(update_fields=["account_id"])
        close(ticket, State.DONE)
    elif kind.moves and status == Status.DRAFT:
        why = news.note or news.account.status_reason
        close(ticket, State.FAILED, note=why or _("The account is being set up again."))


def _follow_errand(ticket: FulfilmentTicket, errand: Errand, told: str) -> None:
    before = ticket.errand
    ticket.errand = told
    ticket.errand_expires_at = getattr(errand, "expires_at", None)
    ticket.trouble_code = errand.trouble_code
    ticket.trouble_request_id = errand.trouble_request_id
    ticket.state = State.UNDER_WAY if errand.is_open else State.OPEN
    ticket.version += 1
    ticket.save(
        update_fields=[
            *("errand", "errand_expires_at", "trouble_code", "trouble_request_id"),
            *("state", "version"),
        ]
    )
    if told != before:
        changes = {"errand": (before, told)}
        trail.record(actions.ERRAND, subject=ticket, actor=None, changes=changes)


def _role_check(account: CloudAccount) -> str:
    if not account.role_arn:
        return ""
    state = str(account.get_access_state_display())
    checked = account.access_checked_at
    return f"{state}, {date_format(checked, 'Y-m-d H:i')} UTC" if checked else state
