"""Asking providers what somebody waits for, and keeping what they said."""

from django.db import transaction

from audit import trail
from audit.trail import Mentioned
from cloudaccounts import actions, connections, probing
from cloudaccounts.errands.clouds import NOT_USABLE
from cloudaccounts.models import ConnectionRecord, CustomerProvider, Errand
from cloudaccounts.models.checks import CheckState
from cloudaccounts.providers import registry
from cloudaccounts.providers.contract import Cloud
from cloudaccounts.providers.results import BillPlace
from cloudaccounts.providers.troubles import CloudError, Trouble


def check_connection(record: ConnectionRecord) -> None:
    """Ask whether the connection leads where it says, if somebody waits for the answer."""
    if record.state != CheckState.CHECKING:
        return
    trouble = _lost(record.provider) if probing.is_lost(record, probing.CONNECTION) else None
    try:
        if trouble is None:
            registry.cloud(record.provider, connections.address_of(record)).check_connection()
    except CloudError as error:
        trouble = error.trouble
    with transaction.atomic():
        kept = probing.answered(record, probing.CONNECTION, trouble)
        if kept:
            _record(actions.CONNECTION_CHECKED, kept, kept.get_state_display(), trouble, [])


def check_bill_place(provider: CustomerProvider) -> None:
    """Ask whether bills can be put there, if somebody waits for the answer."""
    if provider.bill_check != CheckState.CHECKING:
        return
    trouble = _lost(provider.provider) if probing.is_lost(provider, probing.BILL_PLACE) else None
    try:
        if trouble is None:
            _writing_cloud(provider.provider).check_bill_place(place_of(provider))
    except CloudError as error:
        trouble = error.trouble
    with transaction.atomic():
        kept = probing.answered(provider, probing.BILL_PLACE, trouble)
        if kept:
            state = kept.get_bill_check_display()
            _record(actions.BILL_PLACE_CHECKED, kept, state, trouble, [kept.customer])


def place_of(provider: CustomerProvider) -> BillPlace:
    """Where the customer wants bills, as providers take it."""
    return BillPlace(
        provider.bill_owner_id, provider.bill_bucket, provider.bill_prefix, provider.bill_region
    )


def writing_record(provider: str) -> ConnectionRecord | None:
    """The connection that writes bills: the reseller's own if it works, else the platform's."""
    own = connections.usable(provider, Errand.Via.RESELLER)
    return own or connections.usable(provider, Errand.Via.PLATFORM)


def _writing_cloud(provider: str) -> Cloud:
    """Raises CloudError."""
    record = writing_record(provider)
    if record is None:
        raise CloudError(registry.provider(provider).explain(NOT_USABLE, ""))
    return registry.cloud(provider, connections.address_of(record))


def _lost(provider: str) -> Trouble:
    return registry.provider(provider).explain(probing.LOST, "")


def _record(
    action: str,
    subject: trail.Record,
    found: str,
    trouble: Trouble | None,
    about: list[Mentioned],
) -> None:
    words = f"{found}: {trouble.sentence} {trouble.next_step}" if trouble else found
    trail.record(action, subject=subject, actor=None, about=about, note=words)
