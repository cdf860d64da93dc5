"""What providers are asked for, and what they answer."""

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cloudaccounts.providers.troubles import Trouble


@dataclass(frozen=True)
class Connection:
    """The account from which the product acts at a provider.

    `account_id` is AWS's management account. Without `role_arn` the machine's own credentials are
    those of that account; with it they only serve to take on this role, with `external_id` if set.
    """

    account_id: str
    role_arn: str = ""
    external_id: str = field(default="", repr=False)


@dataclass(frozen=True)
class AccessOrder:
    """Whom a customer is to let in, and under which secret-like name of their own."""

    account_id: str
    external_id: str
    principal: str
    role_name: str


@dataclass(frozen=True)
class Document:
    """A text to copy. `language` is json or shell."""

    name: str
    label: str | Promise
    text: str
    language: str


@dataclass(frozen=True)
class Link:
    """A page of the provider where a step is done."""

    label: str | Promise
    url: str


@dataclass(frozen=True)
class Access:
    """The access that a customer must grant, step by step."""

    steps: tuple[str | Promise, ...]
    documents: tuple[Document, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Grant:
    """What a customer says they granted."""

    account_id: str
    role_arn: str
    external_id: str = field(repr=False)


class AccessOutcome(StrEnum):
    """How a check of a granted role ended."""

    OK = "ok"
    UNUSABLE_ARN = "unusable_arn"
    OTHER_ACCOUNT = "other_account"
    OWN_ACCOUNT = "own_account"
    REFUSED = "refused"
    OPEN_TO_OTHERS = "open_to_others"
    UNKNOWN = "unknown"

    @property
    def sentence(self) -> str | Promise:
        """What was found."""
        return _WORDS[self][0]

    @property
    def next_step(self) -> str | Promise:
        """What to do about it; empty where nothing has to be done."""
        return _WORDS[self][1]


_WORDS: dict[AccessOutcome, tuple[str | Promise, str | Promise]] = {
    AccessOutcome.OK: (_("The role works, and only with our external ID."), ""),
    AccessOutcome.UNUSABLE_ARN: (
        _("This is not the ARN of a role."),
        _(
            "Copy the ARN from the role's page in the AWS console. It reads "
            "arn:aws:iam::<account ID>:role/<name>. Roles in AWS China and AWS GovCloud cannot be "
            "linked."
        ),
    ),
    AccessOutcome.OTHER_ACCOUNT: (
        _("The role belongs to another AWS account than the one that was typed."),
        _("Correct the account ID, or create the role in the account that is to be linked."),
    ),
    AccessOutcome.OWN_ACCOUNT: (
        _("This is the account from which invitations are sent; it cannot be linked."),
        _("Type the ID of the customer's own account."),
    ),
    AccessOutcome.REFUSED: (
        _("AWS does not let us take on the role."),
        _(
            "Check that the role exists, that its trust policy names our account as principal and "
            "holds exactly the external ID shown here. A new role takes up to a minute to work."
        ),
    ),
    AccessOutcome.OPEN_TO_OTHERS: (
        _("The role lets us in without our external ID, and so could let in others in our name."),
        _(
            "Add the condition StringEquals on sts:ExternalId to the trust policy, as shown here, "
            "and check again."
        ),
    ),
    AccessOutcome.UNKNOWN: (
        _("The role could not be checked."),
        _("Read below what happened, and check again afterwards."),
    ),
}


@dataclass(frozen=True)
class AccessCheck:
    """The outcome of a check. `trouble` is what the provider said, where it said something."""

    outcome: AccessOutcome
    trouble: Trouble | None = None


class InvitationKind(StrEnum):
    """What an account is invited to. Billing transfers are to follow as another kind."""

    JOIN_ORGANIZATION = "join_organization"


class InvitationState(StrEnum):
    """Where an invitation stands."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True)
class InvitationOrder:
    """An invitation to be sent, once.

    `reference` is our own name of this sending (a UUID): a second attempt of the same sending
    carries the same one, a deliberate resend a new one. `message` is for the invited account.
    """

    reference: str
    account_id: str
    message: str = ""
    kind: InvitationKind = InvitationKind.JOIN_ORGANIZATION


@dataclass(frozen=True)
class Invitation:
    """An invitation as the provider has it.

    `reference` is the provider's name of it; empty where the account is a member already and the
    provider has forgotten how it came in. `was_there` says that nothing new was sent.
    """

    reference: str
    account_id: str
    state: InvitationState
    requested_at: dt.datetime | None
    expires_at: dt.datetime | None
    kind: InvitationKind = InvitationKind.JOIN_ORGANIZATION
    was_there: bool = False


@dataclass(frozen=True)
class BillPlace:
    """Where a customer wants detailed bills: a bucket, in which region, under which prefix.

    `owner` is the account that must own the bucket: a name is easily mistaken for another's.
    """

    owner: str
    bucket: str
    prefix: str
    region: str


class CreationState(StrEnum):
    """Where the making of an account stands."""

    IN_PROGRESS = "in_progress"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True)
class AccountOrder:
    """An account to be made, once. `ordered_at` is when we first meant to ask for it."""

    name: str
    email: str = field(repr=False)
    ordered_at: dt.datetime


@dataclass(frozen=True)
class Creation:
    """The making of an account as the provider has it. `trouble` says why it failed."""

    reference: str
    state: CreationState
    account_id: str = ""
    trouble: Trouble | None = None
    was_there: bool = False
