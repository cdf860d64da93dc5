"""Providers and cloud accounts of customers, and what is under way at the providers.

Rows only: `cloudaccounts.flows` keep the rules.
"""

import datetime as dt
import hashlib

from django.utils import timezone
from factory import (
    LazyAttribute,
    LazyFunction,
    Maybe,
    RelatedFactory,
    SelfAttribute,
    Sequence,
    SubFactory,
    Trait,
)
from factory.django import DjangoModelFactory

from cloudaccounts.models import (
    CloudAccount,
    Connection,
    Creation,
    CustomerProvider,
    Errand,
    Holding,
    Invitation,
    SecretLink,
)
from cloudaccounts.models.checks import CheckState
from cloudaccounts.providers.aws.ids import new_external_id
from cloudaccounts.providers.results import AccessOutcome
from cloudaccounts.standing import Origin, Status
from resellers.clouds import Cloud
from tests.factories.customers import CustomerFactory

ROLE = "ResellerPortal"
WHEN = dt.datetime(2026, 9, 1, 8, tzinfo=dt.UTC)  # accounts that are held are held since then


def aws_account_id(number: int) -> str:
    """The id of the nth account; none that the stand-in for AWS has."""
    return f"{300_000_000_000 + number}"


def role_of(account_id: str) -> str:
    """The ARN of the role that a customer makes for us in this account."""
    return f"arn:aws:iam::{account_id}:role/{ROLE}"


class CustomerProviderFactory(DjangoModelFactory[CustomerProvider]):
    """AWS, enabled and seen by the customer's people."""

    class Meta:
        model = CustomerProvider

    class Params:
        disabled = Trait(is_enabled=False, shown_in_portal=False)
        hidden = Trait(shown_in_portal=False)
        exporting = Trait(
            exports_bill=True,
            bill_owner_id="300000000007",
            bill_bucket="bills-of-the-customer",
            bill_prefix="focus/",
            bill_region="eu-central-1",
        )

    customer = SubFactory(CustomerFactory)
    provider = Cloud.AWS
    is_enabled = True
    shown_in_portal = True


class HoldingFactory(DjangoModelFactory[Holding]):
    """From when on the account is its customer's."""

    class Meta:
        model = Holding

    account = SubFactory("tests.factories.cloudaccounts.CloudAccountFactory")
    customer = SelfAttribute("account.customer")
    since = WHEN
    until = None


class CloudAccountFactory(DjangoModelFactory[CloudAccount]):
    """An existing AWS account that is being set up and has no role yet."""

    class Meta:
        model = CloudAccount
        skip_postgeneration_save = True

    class Params:
        # Statuses
        requested = Trait(status=Status.REQUESTED)
        in_progress = Trait(status=Status.IN_PROGRESS)
        linked = Trait(
            status=Status.LINKED,
            holding=RelatedFactory(HoldingFactory, factory_related_name="account"),
        )
        suspended = Trait(
            status=Status.SUSPENDED,
            status_reason="Bills are not paid.",
            holding=RelatedFactory(HoldingFactory, factory_related_name="account"),
        )
        unlinked = Trait(
            status=Status.UNLINKED,
            holding=RelatedFactory(
                HoldingFactory,
                factory_related_name="account",
                until=WHEN + dt.timedelta(days=30),
            ),
        )
        discarded = Trait(status=Status.DISCARDED)
        # A new account that was not made yet has no id.
        created = Trait(origin=Origin.CREATED, account_id="", external_id="")
        # Other providers
        azure = Trait(
            provider=Cloud.AZURE,
            id_kind="subscription",
            account_id=Sequence(lambda number: f"3f2504e0-4f89-41d3-9a0c-{number:012x}"),
            external_id="",
        )
        google = Trait(
            provider=Cloud.GOOGLE,
            id_kind="project",
            account_id=Sequence(lambda number: f"acme-shop-{number}"),
            external_id="",
        )
        # The role
        with_role = Trait(role_arn=LazyAttribute(lambda account: role_of(account.account_id)))
        checking = Trait(
            with_role=True,
            access_state=CheckState.CHECKING,
            access_check_began_at=LazyFunction(timezone.now),
        )
        checked = Trait(
            with_role=True,
            access_state=CheckState.OK,
            access_outcome=AccessOutcome.OK,
            access_checked_at=LazyFunction(timezone.now),
        )
        refused = Trait(
            with_role=True,
            access_state=CheckState.FAILED,
            access_outcome=AccessOutcome.REFUSED,
            access_trouble_code="AccessDenied/CUSTOMER_ROLE",
            access_request_id="6f0c0b4e-0000-4000-8000-000000000001",
            access_checked_at=LazyFunction(timezone.now),
        )
        broken = Trait(refused=True, access_broken_since=LazyFunction(timezone.now))

    customer = SubFactory(CustomerFactory)
    provider = Cloud.AWS
    origin = Origin.LINKED
    id_kind = "account"
    account_id = Sequence(aws_account_id)
    name = Sequence(lambda number: f"Account {number}")
    root_email = Sequence(lambda number: f"root{number}@company.example")
    external_id = LazyFunction(new_external_id)


class ConnectionFactory(DjangoModelFactory[Connection]):
    """A reseller's own management account at AWS that was checked and may be used."""

    class Meta:
        model = Connection

    class Params:
        unchecked = Trait(state=CheckState.NOT_CHECKED, checked_at=None)
        failed = Trait(state=CheckState.FAILED, trouble_code="AccessDenied/CONNECTION")

    provider = Cloud.AWS
    account_id = "999988887777"
    role_arn = LazyAttribute(lambda each: f"arn:aws:iam::{each.account_id}:role/Inviting")
    external_id = LazyFunction(new_external_id)
    state = CheckState.OK
    checked_at = LazyFunction(timezone.now)


class _ErrandFactory(DjangoModelFactory[Errand]):
    class Meta:
        abstract = True

    class Params:
        by_reseller = Trait(via=Errand.Via.RESELLER)
        is_over = False

    account = SubFactory(CloudAccountFactory, in_progress=True)
    via = Errand.Via.PLATFORM
    management_account_id = "999988887777"
    ended_at = Maybe("is_over", LazyFunction(timezone.now), None)
    due_at = Maybe("is_over", None, LazyFunction(timezone.now))


class InvitationFactory(_ErrandFactory):
    """An invitation that was ordered and not sent yet, unless a trait says otherwise."""

    class Meta:
        model = Invitation

    class Params:
        answered = Trait(
            provider_reference=Sequence(lambda number: f"h-{number:08x}"),
            answered_at=LazyFunction(timezone.now),
            expires_at=LazyFunction(lambda: timezone.now() + dt.timedelta(days=15)),
        )
        pending = Trait(answered=True, state=Invitation.State.PENDING)
        accepted = Trait(answered=True, is_over=True, state=Invitation.State.ACCEPTED)
        declined = Trait(answered=True, is_over=True, state=Invitation.State.DECLINED)
        cancelled = Trait(answered=True, is_over=True, state=Invitation.State.CANCELLED)
        expired = Trait(answered=True, is_over=True, state=Invitation.State.EXPIRED)
        unknown = Trait(answered=True, is_over=True, state=Invitation.State.UNKNOWN)
        failed = Trait(
            is_over=True,
            state=Invitation.State.FAILED,
            trouble_code="AccountOwnerNotVerifiedException",
        )

    state = Invitation.State.SENDING


class CreationFactory(_ErrandFactory):
    """The making of an account that was ordered and not asked for yet, unless a trait says
    otherwise.
    """

    class Meta:
        model = Creation

    class Params:
        answered = Trait(
            provider_reference=Sequence(lambda number: f"car-{number:08x}"),
            answered_at=LazyFunction(timezone.now),
        )
        in_progress = Trait(answered=True, state=Creation.State.IN_PROGRESS)
        succeeded = Trait(answered=True, is_over=True, state=Creation.State.SUCCEEDED)
        failed = Trait(
            answered=True,
            is_over=True,
            state=Creation.State.FAILED,
            trouble_code="CreateAccount/EMAIL_ALREADY_EXISTS",
        )

    account = SubFactory(CloudAccountFactory, in_progress=True, created=True)
    state = Creation.State.ASKING
    name = SelfAttribute("account.name")
    root_email = SelfAttribute("account.root_email")


class SecretLinkFactory(DjangoModelFactory[SecretLink]):
    """Credentials that wait to be opened. What is encrypted in there nobody can read."""

    class Meta:
        model = SecretLink

    class Params:
        erased = Trait(ciphertext=b"", erased_at=LazyFunction(timezone.now))
        opened = Trait(erased=True, opened_at=LazyFunction(timezone.now))
        revoked = Trait(erased=True, revoked_at=LazyFunction(timezone.now))
        expired = Trait(
            created_at=LazyFunction(lambda: timezone.now() - dt.timedelta(days=8)),
            expires_at=LazyFunction(lambda: timezone.now() - dt.timedelta(days=1)),
        )

    account = SubFactory(CloudAccountFactory, linked=True)
    email = Sequence(lambda number: f"user{number}@company.example")
    ciphertext = b"no key fits"
    token_digest = Sequence(lambda number: hashlib.sha256(str(number).encode()).hexdigest())
    expires_at = LazyFunction(lambda: timezone.now() + dt.timedelta(days=7))
