"""Asking a provider about one invitation, and storing what it said."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import trail
from cloudaccounts import actions
from cloudaccounts.errands import leases, pacing, telling
from cloudaccounts.errands.clouds import Clouds
from cloudaccounts.flows import statuses
from cloudaccounts.models import CloudAccount, Invitation
from cloudaccounts.providers import registry, results
from cloudaccounts.providers.contract import Cloud
from cloudaccounts.providers.results import InvitationKind, InvitationOrder
from cloudaccounts.providers.troubles import CloudError, Kind, Trouble
from cloudaccounts.standing import Status
from resellers.current import current_reseller

State = Invitation.State
ALREADY_MEMBER = "AlreadyMember"


@dataclass(frozen=True)
class Answer:
    """Where the invitation stands at the provider."""

    state: State
    reference: str = ""
    expires_at: dt.datetime | None = None


def run(invitation_id: uuid.UUID, clouds: Clouds) -> Trouble | None:
    """Ask about the invitation if it is due and nobody else does. Any number of times sends it
    once. Returns the provider's trouble, if it had one.
    """
    held = leases.claim(Invitation, invitation_id)
    if held is None:
        return None
    try:
        answer = _asked(clouds.of(held), held)
    except CloudError as error:
        store_trouble(held, error.trouble)
        return error.trouble
    store(held, answer)
    return None


def _asked(cloud: Cloud, held: Invitation) -> Answer:
    """What the provider says. Raises CloudError."""
    order = _order(held)
    if held.is_to_be_cancelled:
        found = _cancelled(cloud, held, order)
    elif held.provider_reference:
        found = cloud.poll_invitation(held.provider_reference)
    else:
        found = cloud.invite(order)
        if not found.reference:  # who knows whose it is: an invitation of ours did not do it
            known = registry.provider(held.account.provider)
            raise CloudError(known.explain(ALREADY_MEMBER, ""))
    if found is not None:
        return Answer(State(found.state.value), found.reference, found.expires_at)
    if not held.provider_reference:
        return Answer(State.CANCELLED)
    is_member = cloud.has_account(order.account_id)
    return Answer(State.ACCEPTED if is_member else State.UNKNOWN)


def _cancelled(cloud: Cloud, held: Invitation, order: InvitationOrder) -> results.Invitation | None:
    """Where it stands after it was withdrawn; None where it was never sent or is forgotten."""
    if held.provider_reference:
        return cloud.cancel_invitation(held.provider_reference)
    # Whoever tried to send it may have died before the answer was stored.
    sent = cloud.find_invitation(order)
    if sent is None or sent.state is not results.InvitationState.PENDING:
        return sent
    return cloud.cancel_invitation(sent.reference)


def _order(held: Invitation) -> InvitationOrder:
    words = _("%(reseller)s asks you to link this account, so that it is billed through them.")
    message = words % {"reseller": current_reseller().name}
    kind = InvitationKind(held.kind)
    return InvitationOrder(str(held.pk), held.account.account_id, message, kind)


@transaction.atomic
def store(held: Invitation, answer: Answer) -> None:
    """Write down the answer, unless somebody else has asked meanwhile."""
    account = statuses.lock(held.account)
    invitation = leases.held(held)
    if invitation is None:
        return
    before, now = State(invitation.state), timezone.now()
    invitation.account = account
    invitation.state = answer.state
    invitation.provider_reference = answer.reference or invitation.provider_reference
    invitation.expires_at = answer.expires_at or invitation.expires_at
    invitation.answered_at = invitation.answered_at or now
    invitation.attempts, invitation.lease_ends_at = 0, None
    invitation.trouble_code = invitation.trouble_request_id = ""
    if answer.state == State.PENDING:
        # Somebody may have withdrawn it while we asked.
        is_next = invitation.is_to_be_cancelled
        invitation.due_at = now if is_next else pacing.after_answer(invitation, now)
    else:
        invitation.due_at, invitation.ended_at = None, now
    invitation.save()
    if answer.state != before:
        _tell_change(account, invitation, before)
    if not invitation.is_open:
        _settle(account, invitation)


@transaction.atomic
def store_trouble(held: Invitation, trouble: Trouble) -> None:
    """Write down what went wrong. What only a person can mend ends an invitation that was not
    sent yet; everything else is asked again.
    """
    account = statuses.lock(held.account)
    invitation = leases.held(held)
    if invitation is None:
        return
    before, now = State(invitation.state), timezone.now()
    is_news = invitation.trouble_code != trouble.code
    invitation.account = account
    invitation.trouble_code, invitation.trouble_request_id = trouble.code, trouble.request_id
    invitation.lease_ends_at = None
    is_never_sent = before == State.SENDING and not invitation.is_to_be_cancelled
    if trouble.kind is Kind.PERSON and is_never_sent:
        invitation.state, invitation.due_at, invitation.ended_at = State.FAILED, None, now
    else:
        invitation.due_at = pacing.after_trouble(trouble, invitation.attempts, now)
    invitation.save()
    if invitation.state != before:
        _tell_change(account, invitation, before)
        _settle(account, invitation)
    elif is_news:
        telling.tell(account, invitation, actions.INVITATION_TROUBLED)


def _tell_change(account: CloudAccount, invitation: Invitation, before: State) -> None:
    name = trail.Named("invitation", _("Invitation"))
    changes: dict[str, tuple[object, object]] = {
        name: (before.label, State(invitation.state).label)
    }
    telling.tell(account, invitation, actions.INVITATION_CHANGED, changes=changes)


def _settle(account: CloudAccount, invitation: Invitation) -> None:
    """What its end means for the account."""
    if account.status != Status.IN_PROGRESS:
        return
    if invitation.state == State.ACCEPTED:
        statuses.change(account, Status.LINKED, by=telling.NOBODY)
    elif invitation.state == State.CANCELLED and invitation.is_to_be_resent:
        _send_another(account, invitation)
    else:
        sentence = _outcome(invitation)
        statuses.change(
            account, Status.DRAFT, by=telling.NOBODY, reason=sentence[:500], note=sentence
        )


def _send_another(account: CloudAccount, ended: Invitation) -> None:
    """The sweep finds it: it is due."""
    again = Invitation.objects.create(
        account=account,
        via=ended.via,
        management_account_id=ended.management_account_id,
        kind=ended.kind,
    )
    telling.tell(account, again, actions.INVITATION_ORDERED)


def _outcome(invitation: Invitation) -> str:
    sentences = {
        State.DECLINED: _("The invitation was declined."),
        State.EXPIRED: _("The invitation ran out without an answer."),
        State.CANCELLED: _("The invitation was withdrawn."),
        State.UNKNOWN: _("The provider has forgotten the invitation, and it was not accepted."),
        State.FAILED: telling.sentence_of(invitation),
    }
    return sentences[State(invitation.state)]
