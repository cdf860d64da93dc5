"""Requests for tests. They belong to the schema that the connection stands in."""

import datetime as dt
import uuid
from typing import Any

from django.utils import timezone
from factory.declarations import (
    LazyAttribute,
    LazyFunction,
    PostGeneration,
    RelatedFactory,
    SelfAttribute,
    Sequence,
    SubFactory,
    Trait,
)
from factory.django import DjangoModelFactory

from approvals.models import AccountRequest, ApprovalRequest, RequestMessage, Signup
from cloudaccounts.standing import Status
from tests.factories.accounts import StaffMemberFactory, UserFactory
from tests.factories.cloudaccounts import CloudAccountFactory
from tests.factories.customers import CustomerFactory


class SignupFactory(DjangoModelFactory[Signup]):
    """What somebody typed into the sign-up form; made together with its request."""

    class Meta:
        model = Signup

    request: Any = SubFactory("tests.factories.approvals.ApprovalRequestFactory", signup=None)
    company = Sequence(lambda number: f"Applicant {number} GmbH")
    contact_name = LazyAttribute(lambda signup: signup.request.requester.full_name)
    title = "Head of IT"
    phone = "+49301234567"
    email = LazyAttribute(lambda signup: signup.request.requester.email)
    country = "DE"
    street = "Chausseestr. 1"
    suite = "4. OG"
    city = "Berlin"
    state = "Berlin"
    postal_code = "10115"
    licence_accepted_at = LazyFunction(timezone.now)


class ApprovalRequestFactory(DjangoModelFactory[ApprovalRequest]):
    """A sign-up that waits for a decision, unless `draft`, `approved` or `declined` is set.

    `signup__company="…"` and the like reach the typed details.
    """

    class Meta:
        model = ApprovalRequest
        skip_postgeneration_save = True

    class Params:
        draft = Trait(
            status=ApprovalRequest.Status.DRAFT,
            submitted_at=None,
            requester=SubFactory(UserFactory, pending_email_validation=True),
        )
        decided = Trait(
            decided_by=LazyFunction(lambda: StaffMemberFactory(admin=True).user),
            decided_at=LazyFunction(timezone.now),
        )
        approved = Trait(
            decided=True,
            status=ApprovalRequest.Status.APPROVED,
            requester=SubFactory(UserFactory),
            customer=SubFactory(CustomerFactory),
        )
        declined = Trait(
            decided=True,
            status=ApprovalRequest.Status.DECLINED,
            requester=SubFactory(UserFactory, suspended=True),
            decline_reason=ApprovalRequest.DeclineReason.OTHER,
        )

    kind = ApprovalRequest.Kind.SIGNUP
    status = ApprovalRequest.Status.PENDING
    requester = SubFactory(UserFactory, pending_approval=True)
    created_at = LazyFunction(lambda: timezone.now() - dt.timedelta(hours=1))
    submitted_at = LazyFunction(timezone.now)
    signup: Any = RelatedFactory(SignupFactory, factory_related_name="request")


def _begin(asked: AccountRequest, _create: bool, _extracted: object) -> None:
    asked.account.status = Status.IN_PROGRESS
    asked.account.save(update_fields=["status"])


class AccountRequestFactory(DjangoModelFactory[AccountRequest]):
    """A request to link an existing account that waits for a decision, made by staff, unless a
    trait says otherwise.

    It is the record beside the request: `.request` is what flows take.
    """

    class Meta:
        model = AccountRequest
        skip_postgeneration_save = True

    class Params:
        # What is asked for
        new_account = Trait(
            account=SubFactory(CloudAccountFactory, requested=True, created=True),
            request__kind=ApprovalRequest.Kind.NEW_ACCOUNT,
        )
        unlink = Trait(
            account=SubFactory(CloudAccountFactory, linked=True),
            request__kind=ApprovalRequest.Kind.UNLINK,
        )
        # Where it stands
        questioned = Trait(request__status=ApprovalRequest.Status.NEEDS_INFORMATION)
        under_way = Trait(
            begun=PostGeneration(_begin),
            request__status=ApprovalRequest.Status.FORWARDED,
            request__decided=True,
        )
        unlinking = Trait(
            unlink=True,
            request__status=ApprovalRequest.Status.FORWARDED,
            request__decided=True,
        )
        forwarded = Trait(under_way=True, ticket_id=LazyFunction(uuid.uuid4))
        fulfilled = Trait(
            account=SubFactory(CloudAccountFactory, linked=True),
            request__status=ApprovalRequest.Status.FULFILLED,
            request__decided=True,
            request__ended_at=LazyFunction(timezone.now),
            is_open=False,
        )
        failed = Trait(
            account=SubFactory(CloudAccountFactory),
            request__status=ApprovalRequest.Status.FAILED,
            request__decided=True,
            request__ended_at=LazyFunction(timezone.now),
            request__outcome_note="The owner of the account declined the invitation.",
            is_open=False,
        )
        refused = Trait(
            account=SubFactory(CloudAccountFactory),
            request__status=ApprovalRequest.Status.DECLINED,
            request__decided=True,
            request__decline_reason=ApprovalRequest.DeclineReason.INCOMPLETE,
            is_open=False,
        )
        withdrawn = Trait(
            account=SubFactory(CloudAccountFactory),
            request__status=ApprovalRequest.Status.WITHDRAWN,
            request__ended_at=LazyFunction(timezone.now),
            is_open=False,
        )

    account = SubFactory(CloudAccountFactory, requested=True, checked=True)
    request: Any = SubFactory(
        ApprovalRequestFactory,
        signup=None,
        customer=SelfAttribute("..account.customer"),
        requester=LazyFunction(lambda: StaffMemberFactory().user),
    )
    # What a trait may set must be set without it, too.
    request__kind = ApprovalRequest.Kind.LINK
    request__status = ApprovalRequest.Status.PENDING
    request__decided = False
    request__ended_at = None
    request__outcome_note = ""
    request__decline_reason = ""
    ticket_id = None
    is_open = True
    provider = SelfAttribute("account.provider")
    customer_name = LazyAttribute(lambda asked: str(asked.account.customer))
    account_name = SelfAttribute("account.name")
    account_id_then = SelfAttribute("account.account_id")
    support = AccountRequest.Support.BUSINESS
    reason = "We start in March."


class RequestMessageFactory(DjangoModelFactory[RequestMessage]):
    """A question of the approvers."""

    class Meta:
        model = RequestMessage

    class Params:
        answer = Trait(kind=RequestMessage.Kind.ANSWER, text="Our head of IT owns it.")

    request = SubFactory(ApprovalRequestFactory)
    kind = RequestMessage.Kind.QUESTION
    text = "Who owns the root e-mail?"
    author = LazyFunction(lambda: StaffMemberFactory(admin=True).user)
