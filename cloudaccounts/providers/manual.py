"""Providers at which people act: Cloud Ops does it, the product keeps the record."""

from typing import Never

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cloudaccounts.providers.results import (
    AccessCheck,
    AccessOutcome,
    AccountOrder,
    BillPlace,
    Connection,
    Grant,
    InvitationOrder,
)
from cloudaccounts.providers.troubles import CloudError, Kind, Trouble

LONGEST_NAME = 100
_BY_HAND = _("This provider has no automatic connection.")
_NEXT_STEPS = {
    "by_hand/check": _("Look in the provider's own console whether the access is there."),
    "by_hand/invite": _("Send the invitation in the provider's own console, and note its date."),
    "by_hand/poll": _("Look in the provider's own console where it stands, and note it."),
    "by_hand/cancel": _("Withdraw it in the provider's own console, and note it."),
    "by_hand/bills": _("Set up the export in the provider's own console."),
    "by_hand/create": _("Create the account in the provider's own console, and note its ID."),
}


def explain(code: str, request_id: str = "") -> Trouble:
    """What a stored code means."""
    step = _NEXT_STEPS.get(code, _("Ask Cloud Ops."))
    return Trouble(code, Kind.PERSON, _BY_HAND, step, request_id)


def clean_name(typed: str) -> str:
    """The name of an account to be made. Raises ValidationError."""
    name = " ".join(typed.split())
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise ValidationError(_("Enter a name of up to 100 characters."), code="invalid")
    return name


class ByHand:
    """A cloud whose every act is a person's: each call says which one."""

    def __init__(self, connection: Connection) -> None:
        """There is nothing to connect to; the account is kept for the record."""
        self.connection = connection

    def check_connection(self) -> None:
        """There is none that could be wrong."""

    def check_access(self, _grant: Grant) -> AccessCheck:
        """Nobody can tell but a person."""
        return AccessCheck(AccessOutcome.UNKNOWN, explain("by_hand/check"))

    def invite(self, _order: InvitationOrder) -> Never:
        """Raise CloudError: a person invites."""
        raise CloudError(explain("by_hand/invite"))

    def find_invitation(self, _order: InvitationOrder) -> Never:
        """Raise CloudError: a person looks."""
        raise CloudError(explain("by_hand/poll"))

    def has_account(self, _account_id: str) -> Never:
        """Raise CloudError: a person looks."""
        raise CloudError(explain("by_hand/poll"))

    def poll_invitation(self, _reference: str) -> Never:
        """Raise CloudError: a person looks."""
        raise CloudError(explain("by_hand/poll"))

    def cancel_invitation(self, _reference: str) -> Never:
        """Raise CloudError: a person withdraws."""
        raise CloudError(explain("by_hand/cancel"))

    def create_account(self, _order: AccountOrder) -> Never:
        """Raise CloudError: a person creates."""
        raise CloudError(explain("by_hand/create"))

    def poll_creation(self, _reference: str, _order: AccountOrder) -> Never:
        """Raise CloudError: a person looks."""
        raise CloudError(explain("by_hand/poll"))

    def check_bill_place(self, _place: BillPlace) -> Never:
        """Raise CloudError: a person sets it up."""
        raise CloudError(explain("by_hand/bills"))
