"""A ticket whose request and account lie at a reseller, as forwarding makes them."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django_tenants.utils import schema_context, tenant_context

from approvals.models import AccountRequest, ApprovalRequest
from cloudaccounts.flows import statuses
from cloudaccounts.models import CloudAccount
from cloudaccounts.standing import Status
from operations.models import FulfilmentTicket
from resellers.models import Reseller
from resellers.schemas import PUBLIC
from tests.factories.approvals import AccountRequestFactory
from tests.factories.operations import FulfilmentTicketFactory, PlatformConnectionFactory


@dataclass
class Forwarded:
    """A ticket of the reseller `reseller`, and what it is about."""

    reseller: Reseller
    ticket: FulfilmentTicket
    asked: AccountRequest

    @property
    def account(self) -> CloudAccount:
        with tenant_context(self.reseller):
            return CloudAccount.objects.select_related("customer").get(pk=self.asked.account_id)

    @property
    def request(self) -> ApprovalRequest:
        with tenant_context(self.reseller):
            return ApprovalRequest.objects.get(pk=self.asked.pk)

    @property
    def fresh(self) -> FulfilmentTicket:
        with schema_context(PUBLIC):
            return FulfilmentTicket.objects.get(pk=self.ticket.pk)

    def become(self, status: Status, note: str = "") -> None:
        """As a task does it when the provider has answered."""
        with tenant_context(self.reseller), transaction.atomic():
            statuses.change(statuses.lock(self.account), status, by=None, note=note)


def forwarded(reseller: Reseller, **traits: Any) -> Forwarded:
    """Make one. `traits` are those of the request; a connection of the platform is there, too."""
    state = {"unlinking": True} if traits.pop("unlink", False) else {"under_way": True}
    with tenant_context(reseller):
        asked = AccountRequestFactory(**traits, **state)
        account = asked.account
    with schema_context(PUBLIC):
        PlatformConnectionFactory()
        ticket = FulfilmentTicketFactory(
            reseller=reseller,
            kind=asked.request.kind,
            request_id=asked.pk,
            cloud_account_id=account.pk,
            account_id=account.account_id,
        )
    with tenant_context(reseller):
        AccountRequest.objects.filter(pk=asked.pk).update(ticket_id=ticket.pk)
    return Forwarded(reseller, ticket, asked)
