"""What the product expects of a provider: one protocol for knowing, one for doing.

They are two because of what they cost: knowing is asked by every page, doing needs the provider's
client library (half a second to load) and waits for the network, so only tasks do it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from django.core.exceptions import ValidationError
from django.utils.functional import Promise

from cloudaccounts.providers.results import (
    Access,
    AccessCheck,
    AccessOrder,
    AccountOrder,
    BillPlace,
    Creation,
    Grant,
    Invitation,
    InvitationOrder,
)
from cloudaccounts.providers.troubles import Trouble


@dataclass(frozen=True)
class IdKind:
    """One kind of id that a provider's accounts have.

    `read` returns the id as it is stored, or None for what is none.
    """

    name: str
    label: str | Promise
    example: str
    refusal: str | Promise
    read: Callable[[str], str | None]

    def clean(self, typed: str) -> str:
        """The id in what a person typed or pasted. Raises ValidationError."""
        found = self.read(typed.strip())
        if found is None:
            raise ValidationError(str(self.refusal), code="invalid")
        return found


@dataclass(frozen=True)
class Provider:
    """What the product knows of a provider without asking it.

    `id_kinds` begins with the usual one. `client` is the dotted path of the class that speaks to
    it. `describe_access` says what a customer must grant, `explain` what a stored code means.
    `clean_name` checks the name of an account to be made. `invitations_url` is where the customer
    answers an invitation.
    """

    name: str
    label: str | Promise
    id_kinds: tuple[IdKind, ...]
    is_manual: bool
    client: str
    describe_access: Callable[[AccessOrder], Access]
    explain: Callable[[str, str], Trouble]
    clean_name: Callable[[str], str]
    invitations_url: str = ""

    def clean_account_id(self, typed: str, *, kind: str = "") -> str:
        """The account's id as it is stored. Raises ValidationError; KeyError for no such kind."""
        kinds = {each.name: each for each in self.id_kinds}
        return kinds[kind or self.id_kinds[0].name].clean(typed)


class Cloud(Protocol):
    """What can be done at a provider. Every call may wait for seconds and raise CloudError.

    Calls that make something look first whether it is there: doing one again after a crash makes
    nothing twice, provided that two do not run at once for the same order (hold a lease).
    """

    def check_connection(self) -> None:
        """Whether the connection leads to the account that it is said to be. To be asked before
        it is saved.
        """

    def check_access(self, grant: Grant) -> AccessCheck:
        """Whether the customer granted what they say. Does not raise CloudError."""

    def invite(self, order: InvitationOrder) -> Invitation:
        """Send the invitation, or find the one that was sent."""

    def find_invitation(self, order: InvitationOrder) -> Invitation | None:
        """The invitation of exactly this order, if it was sent. Sends nothing."""

    def has_account(self, account_id: str) -> bool:
        """Whether the account is one of ours already."""

    def poll_invitation(self, reference: str) -> Invitation | None:
        """Where it stands; None when the provider has forgotten it, which ends what is known."""

    def cancel_invitation(self, reference: str) -> Invitation | None:
        """Withdraw it. Returns where it really stands: it may have been accepted meanwhile."""

    def create_account(self, order: AccountOrder) -> Creation:
        """Have an account made, or find the one that is being made."""

    def poll_creation(self, reference: str, order: AccountOrder) -> Creation | None:
        """Where it stands; None when the provider has forgotten it."""

    def check_bill_place(self, place: BillPlace) -> None:
        """Whether we may write there and delete again: a small object is written and deleted."""
