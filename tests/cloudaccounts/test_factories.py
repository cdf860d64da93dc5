"""What the factories make is what the database takes, in every state."""

import pytest
from factory.django import DjangoModelFactory

from cloudaccounts.models import Holding
from resellers.models import Reseller
from tests.factories.cloudaccounts import (
    CloudAccountFactory,
    ConnectionFactory,
    CreationFactory,
    CustomerProviderFactory,
    InvitationFactory,
    SecretLinkFactory,
)

FACTORIES = (
    CloudAccountFactory,
    ConnectionFactory,
    CreationFactory,
    CustomerProviderFactory,
    InvitationFactory,
    SecretLinkFactory,
)
STATES = [
    (factory, trait)
    for factory in FACTORIES
    for trait in ("", *(name for name in factory._meta.parameters if name != "is_over"))
]


@pytest.mark.parametrize(
    ("factory", "trait"), STATES, ids=[f"{each.__name__}-{trait}" for each, trait in STATES]
)
def test_every_state_can_be_stored(
    alpha: Reseller, factory: type[DjangoModelFactory], trait: str
) -> None:
    made = factory.create(**({trait: True} if trait else {}))

    made.refresh_from_db()
    choices = [each for each in made._meta.fields if each.choices]
    assert choices or factory is SecretLinkFactory
    for each in choices:
        assert getattr(made, each.name) in {"", *dict(each.choices)}


@pytest.mark.parametrize(
    ("status", "is_open"), [("linked", True), ("suspended", True), ("unlinked", False)]
)
def test_an_account_that_is_or_was_held_has_its_holding(
    alpha: Reseller, status: str, is_open: bool
) -> None:
    account = CloudAccountFactory(**{status: True})

    holding = Holding.objects.get()
    assert (holding.account, holding.customer) == (account, account.customer)
    assert (holding.until is None) is is_open
