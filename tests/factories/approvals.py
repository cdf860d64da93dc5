"""Requests for tests. They belong to the schema that the connection stands in."""

import datetime as dt
from typing import Any

from django.utils import timezone
from factory.declarations import (
    LazyAttribute,
    LazyFunction,
    RelatedFactory,
    Sequence,
    SubFactory,
    Trait,
)
from factory.django import DjangoModelFactory

from approvals.models import ApprovalRequest, Signup
from tests.factories.accounts import StaffMemberFactory, UserFactory
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
