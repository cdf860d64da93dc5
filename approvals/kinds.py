"""What can be asked for about a cloud account, and what an approval of it does.

A sign-up is no such kind: it makes a customer, and has flows and pages of its own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from approvals.models import ApprovalRequest
from cloudaccounts.flows import creations, invitations
from cloudaccounts.models import CloudAccount, Errand
from cloudaccounts.standing import HELD, Origin, Status

Name = ApprovalRequest.Kind
Order = Callable[[CloudAccount, User], object]


@dataclass(frozen=True)
class AccountKind:
    """One thing to ask for.

    `asked_from` are the statuses in which an account can be asked about; `fulfilled_by` is the one
    that ends the request well. Where `moves`, the account waits with its request: requested while
    somebody is to decide, in progress while it is done, a draft again after a refusal. `order` is
    what the provider is asked for, through the reseller's own connection; without one, somebody of
    the reseller does it in the provider's console.
    """

    name: Name
    asked_from: frozenset[Status]
    fulfilled_by: Status
    moves: bool
    may_be_forwarded: bool
    question: str | Promise  # the heading of the page on which somebody asks
    button: str | Promise
    when_forwarded: str | Promise  # what "Approve and forward" does
    when_approved_here: str | Promise
    order: Order | None = None

    @property
    def label(self) -> str:
        """What the queue calls it."""
        return str(self.name.label)


def _invite(account: CloudAccount, by: User) -> object:
    return invitations.order_invitation(account, via=Errand.Via.RESELLER, by=by)


def _create(account: CloudAccount, by: User) -> object:
    return creations.order_creation(account, via=Errand.Via.RESELLER, by=by)


_KINDS = (
    AccountKind(
        name=Name.LINK,
        asked_from=frozenset({Status.DRAFT}),
        fulfilled_by=Status.LINKED,
        moves=True,
        may_be_forwarded=True,
        question=_("Ask to link this account"),
        button=_("Ask to link"),
        when_forwarded=_(
            "Cloud Ops gets a ticket and invites the account into the organization. It is linked, "
            "and billed through you, once its owner accepts."
        ),
        when_approved_here=_(
            "The account is invited into your own organization at once. It is linked once its "
            "owner accepts."
        ),
        order=_invite,
    ),
    AccountKind(
        name=Name.NEW_ACCOUNT,
        asked_from=frozenset({Status.DRAFT}),
        fulfilled_by=Status.LINKED,
        moves=True,
        may_be_forwarded=True,
        question=_("Ask for this new account"),
        button=_("Ask for the account"),
        when_forwarded=_(
            "Cloud Ops gets a ticket, creates the account and sends its credentials to the end "
            "user."
        ),
        when_approved_here=_("The account is created in your own organization at once."),
        order=_create,
    ),
    AccountKind(
        name=Name.UNLINK,
        asked_from=frozenset(HELD),
        fulfilled_by=Status.UNLINKED,
        moves=False,
        may_be_forwarded=True,
        question=_("Ask to unlink this account"),
        button=_("Ask to unlink"),
        when_forwarded=_(
            "Cloud Ops gets a ticket and removes the account from the organization. Until that is "
            "done it stays linked and is billed through you."
        ),
        when_approved_here=_(
            "You remove the account from your own organization, and note here when that is done."
        ),
    ),
)
KINDS: Mapping[str, AccountKind] = {kind.name.value: kind for kind in _KINDS}


def kind_of(request: ApprovalRequest) -> AccountKind:
    """The kind of a request about an account. Raises KeyError for a sign-up."""
    return KINDS[request.kind]


def kind_for(account: CloudAccount) -> AccountKind | None:
    """What can be asked about the account as it is now; None for nothing."""
    status = Status(account.status)
    wanted = Name.NEW_ACCOUNT if account.origin == Origin.CREATED else Name.LINK
    for kind in _KINDS:
        if status in kind.asked_from and (not kind.moves or kind.name == wanted):
            return kind
    return None
