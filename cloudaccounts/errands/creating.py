"""Asking a provider about the making of one account, and storing what it said."""

import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import trail
from cloudaccounts import actions
from cloudaccounts.errands import leases, pacing, telling
from cloudaccounts.errands.clouds import Clouds
from cloudaccounts.flows import statuses
from cloudaccounts.models import CloudAccount, Creation
from cloudaccounts.providers import registry, results
from cloudaccounts.providers.contract import Cloud
from cloudaccounts.providers.results import AccountOrder, CreationState
from cloudaccounts.providers.troubles import CloudError, Kind, Trouble
from cloudaccounts.standing import Status

State = Creation.State
MOST_ORDERS = 5  # of one account, where each failed for a reason that may pass
KNOWN_ALREADY = "CreateAccount/KNOWN_ALREADY"
FORGOTTEN = "CreateAccountStatusNotFoundException"


def run(creation_id: uuid.UUID, clouds: Clouds) -> Trouble | None:
    """Ask about the new account if it is due and nobody else does. Any number of times makes one.
    Returns the provider's trouble, if it had one.
    """
    held = leases.claim(Creation, creation_id)
    if held is None:
        return None
    try:
        told = _asked(clouds.of(held), held)
    except CloudError as error:
        store_trouble(held, error.trouble)
        return error.trouble
    store(held, told)
    return None


def _asked(cloud: Cloud, held: Creation) -> results.Creation:
    """What the provider says. Raises CloudError."""
    order = AccountOrder(held.name, held.root_email, held.ordered_at)
    if not held.provider_reference:
        return cloud.create_account(order)
    found = cloud.poll_creation(held.provider_reference, order)
    if found is not None:
        return found
    trouble = registry.provider(held.account.provider).explain(FORGOTTEN, "")
    return results.Creation(held.provider_reference, CreationState.FAILED, trouble=trouble)


@transaction.atomic
def store(held: Creation, told: results.Creation) -> None:
    """Write down the answer, unless somebody else has asked meanwhile."""
    account = statuses.lock(held.account)
    creation = leases.held(held)
    if creation is None:
        return
    creation.account = account
    if told.state is CreationState.SUCCEEDED and _is_known(account, told.account_id):
        trouble = registry.provider(account.provider).explain(KNOWN_ALREADY, "")
        told = results.Creation(told.reference, CreationState.FAILED, trouble=trouble)
    if told.trouble and told.trouble.kind is Kind.LATER and creation.orders < MOST_ORDERS:
        _order_again(creation, told.trouble)
    else:
        _note(creation, told)


def _is_known(account: CloudAccount, account_id: str) -> bool:
    others = CloudAccount.objects.known_as(account.provider, account_id)
    return others.exclude(pk=account.pk).exists()


def _note(creation: Creation, told: results.Creation) -> None:
    before, now = State(creation.state), timezone.now()
    creation.state = State(told.state.value)
    creation.provider_reference = told.reference
    creation.answered_at = creation.answered_at or now
    creation.orders += before == State.ASKING
    creation.attempts, creation.lease_ends_at = 0, None
    creation.trouble_code = told.trouble.code if told.trouble else ""
    creation.trouble_request_id = told.trouble.request_id if told.trouble else ""
    if told.state is CreationState.IN_PROGRESS:
        creation.due_at = pacing.after_answer(creation, now)
    else:
        creation.due_at, creation.ended_at = None, now
    creation.save()
    if creation.state != before:
        _tell_change(creation, before)
    if not creation.is_open:
        _settle(creation, told.account_id)


def _order_again(creation: Creation, trouble: Trouble) -> None:
    """The provider made nothing and says that it may work in a while."""
    before, now = State(creation.state), timezone.now()
    creation.state, creation.provider_reference = State.ASKING, ""
    creation.trouble_code, creation.trouble_request_id = trouble.code, trouble.request_id
    creation.lease_ends_at = None
    creation.due_at = pacing.after_trouble(trouble, creation.attempts, now)
    creation.save()
    if creation.state != before:
        _tell_change(creation, before)


@transaction.atomic
def store_trouble(held: Creation, trouble: Trouble) -> None:
    """Write down what went wrong. What only a person can mend ends an order that was not taken
    yet; everything else is asked again.
    """
    account = statuses.lock(held.account)
    creation = leases.held(held)
    if creation is None:
        return
    creation.account = account
    before, now = State(creation.state), timezone.now()
    is_news = creation.trouble_code != trouble.code
    creation.trouble_code, creation.trouble_request_id = trouble.code, trouble.request_id
    creation.lease_ends_at = None
    if trouble.kind is Kind.PERSON and before == State.ASKING:
        creation.state, creation.due_at, creation.ended_at = State.FAILED, None, now
    else:
        creation.due_at = pacing.after_trouble(trouble, creation.attempts, now)
    creation.save()
    if creation.state != before:
        _tell_change(creation, before)
        _settle(creation, "")
    elif is_news:
        telling.tell(account, creation, actions.CREATION_TROUBLED)


def _tell_change(creation: Creation, before: State) -> None:
    name = trail.Named("creation", _("New account"))
    changes: dict[str, tuple[object, object]] = {name: (before.label, State(creation.state).label)}
    telling.tell(creation.account, creation, actions.CREATION_CHANGED, changes=changes)


def _settle(creation: Creation, account_id: str) -> None:
    """What its end means for the account."""
    account = creation.account
    if creation.state == State.SUCCEEDED:
        account.account_id = account_id
        account.save(update_fields=["account_id"])
    if account.status != Status.IN_PROGRESS:
        return
    if creation.state == State.SUCCEEDED:
        statuses.change(account, Status.LINKED, by=telling.NOBODY)
        return
    sentence = telling.sentence_of(creation)
    statuses.change(account, Status.DRAFT, by=telling.NOBODY, reason=sentence[:500], note=sentence)
