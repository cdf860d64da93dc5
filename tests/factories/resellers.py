"""Resellers for tests. Their rows stand in public; only provisioning gives them a schema."""

from django.utils import timezone
from factory.declarations import LazyAttribute, LazyFunction, Sequence, Trait
from factory.django import DjangoModelFactory

from resellers.models import Domain, Reseller


class ResellerFactory(DjangoModelFactory[Reseller]):
    """A reseller that was requested a moment ago."""

    class Meta:
        model = Reseller

    class Params:
        creating = Trait(state=Reseller.State.CREATING)
        seeding = Trait(state=Reseller.State.SEEDING)
        ready = Trait(state=Reseller.State.READY)
        failed = Trait(state=Reseller.State.FAILED, failure="The disk is full.", attempts=1)
        suspended = Trait(
            state=Reseller.State.READY,
            suspended_at=LazyFunction(timezone.now),
            suspension_reason="The bill was not paid.",
        )

    name = Sequence(lambda number: f"Reseller {number}")
    host = Sequence(lambda number: f"portal{number}.example.com")
    owner_email = LazyAttribute(lambda reseller: f"owner@{reseller.host}")
    owner_name = "Robin Fisher"
    providers = ["aws"]


class DomainFactory(DjangoModelFactory[Domain]):
    class Meta:
        model = Domain

    domain = LazyAttribute(lambda domain: domain.tenant.host)
    is_primary = True
