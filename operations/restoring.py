"""Requests that were with Cloud Ops when a backup was made."""

import uuid
from collections.abc import Iterator

from django_tenants.utils import schema_context

from approvals import settling
from approvals.flows import account_locks
from approvals.models import ApprovalRequest
from operations import desk
from operations.models import FulfilmentTicket
from resellers.hooks import Restoration
from resellers.schemas import PUBLIC

_NOTE = "The records were restored from a backup. Ask again if it is still wanted."


def set_right(restoration: Restoration) -> Iterator[str]:
    """A request goes on only where its ticket is open and this reseller's; else it has failed.

    What Cloud Ops has of this reseller and its records do not know any more is cancelled.
    """
    requests = ApprovalRequest.objects.filter(
        status=ApprovalRequest.Status.FORWARDED, account_request__ticket_id__isnull=False
    )
    tickets = _open_tickets(restoration)
    lost = [each for each in requests.order_by("pk") if each.pk not in tickets]
    for request in lost:
        settling.abandon(account_locks.lock(request), _NOTE)
    if lost:
        yield (
            f"{len(lost)} requests were with Cloud Ops when the backup was made and are not any "
            "more: they have failed, and can be asked for again."
        )
    known = set(requests.values_list("pk", flat=True))
    orphans = [ticket for request_id, ticket in tickets.items() if request_id not in known]
    with schema_context(PUBLIC):
        for ticket in orphans:
            desk.close(ticket, FulfilmentTicket.State.CANCELLED, note=_NOTE)
    if orphans:
        yield f"{len(orphans)} tickets of Cloud Ops that these records do not know were cancelled."


def _open_tickets(restoration: Restoration) -> dict[uuid.UUID, FulfilmentTicket]:
    with schema_context(PUBLIC):
        found = FulfilmentTicket.objects.filter(
            reseller_id=restoration.reseller.pk, state__in=desk.OPEN
        )
        return {each.request_id: each for each in found.select_for_update()}
