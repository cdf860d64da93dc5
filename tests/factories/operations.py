"""Tickets and connections of the platform. They lie in the public schema."""

import uuid

from django.utils import timezone
from factory import LazyFunction, Sequence, SubFactory, Trait
from factory.django import DjangoModelFactory

from cloudaccounts.models.checks import CheckState
from operations.models import FulfilmentTicket, PlatformConnection, TicketNote
from resellers.clouds import Cloud
from tests.factories.resellers import ResellerFactory


class FulfilmentTicketFactory(DjangoModelFactory[FulfilmentTicket]):
    """A ticket to link an account that nobody has taken yet, unless a trait says otherwise."""

    class Meta:
        model = FulfilmentTicket

    class Params:
        new_account = Trait(kind=FulfilmentTicket.Kind.NEW_ACCOUNT, account_id="", role_arn="")
        unlink = Trait(kind=FulfilmentTicket.Kind.UNLINK)
        under_way = Trait(
            state=FulfilmentTicket.State.UNDER_WAY, errand="Invitation: Waiting for the customer"
        )
        done = Trait(state=FulfilmentTicket.State.DONE, closed_at=LazyFunction(timezone.now))
        failed = Trait(
            state=FulfilmentTicket.State.FAILED,
            closed_at=LazyFunction(timezone.now),
            outcome_note="The owner of the account declined the invitation.",
        )

    reseller = SubFactory(ResellerFactory, ready=True)
    kind = FulfilmentTicket.Kind.LINK
    request_id = LazyFunction(uuid.uuid4)
    cloud_account_id = LazyFunction(uuid.uuid4)
    provider = Cloud.AWS
    customer_name = Sequence(lambda number: f"Company {number}")
    account_name = Sequence(lambda number: f"Account {number}")
    account_id = Sequence(lambda number: f"{200_000_000_000 + number}")
    root_email = Sequence(lambda number: f"root{number}@company.example")
    role_arn = "arn:aws:iam::200000000000:role/ResellerPortal"
    role_check = "OK, 2026-11-22 08:00 UTC"
    support = "Business"
    reason = "We start in March."
    requested_by = "Robin Fisher"
    approved_by = "Dana Miller"


class TicketNoteFactory(DjangoModelFactory[TicketNote]):
    """What an operator wrote."""

    class Meta:
        model = TicketNote

    ticket = SubFactory(FulfilmentTicketFactory)
    text = "Called the customer, who looks for the mail."


class PlatformConnectionFactory(DjangoModelFactory[PlatformConnection]):
    """The platform's management account at AWS, checked and usable."""

    class Meta:
        model = PlatformConnection

    class Params:
        unchecked = Trait(state=CheckState.NOT_CHECKED, checked_at=None)
        failed = Trait(state=CheckState.FAILED, trouble_code="AccessDenied/CONNECTION")

    provider = Cloud.AWS
    account_id = "999900001111"
    state = CheckState.OK
    checked_at = LazyFunction(timezone.now)
