"""Two people at once: for each pair one decision, one customer, one mail."""

import datetime as dt
import itertools
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.utils import timezone

from accounts import links
from accounts.flows import people
from accounts.flows.people import CannotSuspendError
from accounts.models import OneTimeLink, User
from approvals import presets
from approvals.flows import decisions, drafts, signup
from approvals.flows.decisions import AlreadyDecidedError, CannotDecideError, Refusal
from approvals.flows.signup import SignupDetails
from approvals.models import ApprovalRequest, Signup
from customers.models import Customer, Membership
from notifications.models import OutgoingMail
from resellers.models import Reseller
from tests.factories.accounts import PASSWORD, StaffMemberFactory
from tests.factories.approvals import ApprovalRequestFactory
from tests.races import overlap

pytestmark = pytest.mark.django_db(transaction=True)

Act = Callable[[], object]
DETAILS = SignupDetails(
    company="Acme GmbH", contact_name="Anna Schmidt", email="anna@acme.example", country="DE"
)


@pytest.fixture
def pending(alpha: Reseller) -> ApprovalRequest:
    request: ApprovalRequest = ApprovalRequestFactory(signup__company="Acme GmbH")
    return request


@pytest.fixture
def draft(alpha: Reseller) -> ApprovalRequest:
    request: ApprovalRequest = ApprovalRequestFactory(
        draft=True, created_at=timezone.now() - drafts.KEPT_FOR * 2
    )
    return request


def approving(request: ApprovalRequest, by: User) -> Act:
    details = presets.customer_details(Signup.objects.get(request=request))
    return lambda: decisions.approve(request, details, version=request.version, by=by)


def declining(request: ApprovalRequest, by: User) -> Act:
    refusal = Refusal(reason="credit")
    return lambda: decisions.decline(request, refusal, version=request.version, by=by)


def deleting(request: ApprovalRequest, by: User) -> Act:
    return lambda: decisions.delete(request, by=by)


DECISIONS = {"approved": approving, "declined": declining, "deleted": deleting}
MAILS = {"approved": ["welcome"], "declined": ["request_declined"], "deleted": []}


@pytest.mark.parametrize(("one", "other"), list(itertools.product(DECISIONS, repeat=2)))
def test_of_two_decisions_the_first_counts(
    alpha: Reseller, pending: ApprovalRequest, one: str, other: str
) -> None:
    dana = StaffMemberFactory(admin=True, user__full_name="Dana Miller").user
    robin = StaffMemberFactory(owner=True).user

    early, late = overlap(alpha, DECISIONS[one](pending, dana), DECISIONS[other](pending, robin))

    assert early.error is None
    assert isinstance(late.error, AlreadyDecidedError)
    assert str(late.error).startswith(f"Already {one} by Dana Miller at ")
    found = ApprovalRequest.objects.filter(pk=pending.pk).first()
    assert (found.status if found else "deleted") == one
    assert Customer.objects.count() == Membership.objects.count() == (one == "approved")
    assert [mail.kind for mail in OutgoingMail.objects.all()] == MAILS[one]


def test_one_person_clicking_twice_approves_once(alpha: Reseller, pending: ApprovalRequest) -> None:
    dana = StaffMemberFactory(admin=True).user

    early, late = overlap(alpha, approving(pending, dana), approving(pending, dana))

    assert (early.error, late.error) == (None, None)
    assert early.result == late.result == Customer.objects.get()
    assert OutgoingMail.objects.count() == 1


def test_who_is_suspended_is_not_approved_in_the_same_moment(
    alpha: Reseller, pending: ApprovalRequest
) -> None:
    dana, robin = (StaffMemberFactory(owner=True).user for _ in range(2))

    early, late = overlap(
        alpha, lambda: people.suspend(pending.requester, by=dana), approving(pending, robin)
    )

    assert early.error is None
    assert isinstance(late.error, CannotDecideError)
    assert "is suspended" in str(late.error)
    pending.refresh_from_db()
    assert (pending.status, pending.requester.status) == ("pending", "suspended")
    assert not Customer.objects.exists()


def test_who_is_approved_is_an_administrator_whom_nobody_suspends_in_the_same_moment(
    alpha: Reseller, pending: ApprovalRequest
) -> None:
    dana, robin = (StaffMemberFactory(owner=True).user for _ in range(2))

    early, late = overlap(
        alpha, approving(pending, robin), lambda: people.suspend(pending.requester, by=dana)
    )

    assert early.error is None
    assert isinstance(late.error, CannotSuspendError)
    pending.refresh_from_db()
    assert (pending.status, pending.requester.status) == ("approved", "active")
    assert Membership.objects.active_administrators().count() == 1


def link_of(request: ApprovalRequest) -> str:
    with transaction.atomic():
        return links.issue(request.requester, OneTimeLink.Purpose.EMAIL_VALIDATION)


def test_two_who_open_one_link_validate_once(alpha: Reseller, draft: ApprovalRequest) -> None:
    StaffMemberFactory(owner=True)
    token = link_of(draft)

    def validate() -> object:
        return signup.validate_email(token)

    early, late = overlap(alpha, validate, validate)

    assert early.error is None
    assert isinstance(late.error, signup.CannotValidateError)
    kinds = Counter(OutgoingMail.objects.values_list("kind", flat=True))
    assert kinds == {"request_received": 1, "approval_request": 1}


@pytest.fixture
def hasty_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sweep's clock is ahead: what still works for the person has ended for it."""
    later = timezone.now() + dt.timedelta(days=4)
    monkeypatch.setattr(drafts, "timezone", SimpleNamespace(now=lambda: later))


@pytest.mark.usefixtures("hasty_sweep")
def test_what_is_validated_is_not_swept_away(alpha: Reseller, draft: ApprovalRequest) -> None:
    token = link_of(draft)

    early, late = overlap(
        alpha, lambda: signup.validate_email(token), lambda: drafts.discard(draft.pk)
    )

    assert (early.error, late.error) == (None, None)
    assert late.result is False
    assert ApprovalRequest.objects.get().status == "pending"
    assert User.objects.get().status == "pending_approval"


@pytest.mark.usefixtures("hasty_sweep")
def test_what_is_swept_away_is_not_validated(alpha: Reseller, draft: ApprovalRequest) -> None:
    token = link_of(draft)

    early, late = overlap(
        alpha, lambda: drafts.discard(draft.pk), lambda: signup.validate_email(token)
    )

    assert early.result is True
    assert isinstance(late.error, signup.CannotValidateError)
    assert not ApprovalRequest.objects.exists()
    assert not User.objects.exists()
    assert not OutgoingMail.objects.exists()


@pytest.mark.usefixtures("hasty_sweep")
def test_who_signs_up_while_the_old_draft_is_swept_away_starts_anew(
    alpha: Reseller, draft: ApprovalRequest
) -> None:
    again = replace(DETAILS, email=draft.requester.email)

    early, late = overlap(
        alpha,
        lambda: drafts.discard(draft.pk),
        lambda: signup.sign_up(again, password=PASSWORD),
    )

    assert (early.error, late.error) == (None, None)
    assert User.objects.get().check_password(PASSWORD)
    assert ApprovalRequest.objects.get().signup.company == "Acme GmbH"


def test_two_sign_ups_with_one_new_email_make_one_person_and_the_later_one_counts(
    alpha: Reseller,
) -> None:
    later = replace(DETAILS, company="Acme AG", submission=uuid.uuid4())

    early, late = overlap(
        alpha,
        lambda: signup.sign_up(DETAILS, password="first password 1"),
        lambda: signup.sign_up(later, password=PASSWORD),
    )

    assert (early.error, late.error) == (None, None)
    assert User.objects.get().check_password(PASSWORD)
    assert ApprovalRequest.objects.get().signup.company == "Acme AG"
    assert OneTimeLink.objects.live().count() == 1


def test_two_clicks_on_one_form_make_one_sign_up(alpha: Reseller) -> None:
    def click() -> object:
        return signup.sign_up(DETAILS, password=PASSWORD)

    early, late = overlap(alpha, click, click)

    assert (early.error, late.error) == (None, None)
    assert OutgoingMail.objects.count() == 1
    assert OneTimeLink.objects.count() == 1


def test_a_link_dies_with_the_sign_up_that_replaces_it(
    alpha: Reseller, draft: ApprovalRequest
) -> None:
    token = link_of(draft)
    again = replace(DETAILS, email=draft.requester.email)

    early, late = overlap(
        alpha,
        lambda: signup.sign_up(again, password=PASSWORD),
        lambda: signup.validate_email(token),
    )

    assert early.error is None
    assert isinstance(late.error, signup.CannotValidateError)
    assert ApprovalRequest.objects.get().status == "draft"


def test_a_sign_up_that_comes_with_the_validation_changes_nothing_any_more(
    alpha: Reseller, draft: ApprovalRequest
) -> None:
    token = link_of(draft)
    again = replace(DETAILS, email=draft.requester.email, company="Hijacked Ltd")

    early, late = overlap(
        alpha,
        lambda: signup.validate_email(token),
        lambda: signup.sign_up(again, password="attackers choice 1"),
    )

    assert (early.error, late.error) == (None, None)
    request = ApprovalRequest.objects.get()
    assert request.status == "pending"
    assert request.signup.company != "Hijacked Ltd"
    assert not User.objects.get(pk=draft.requester_id).check_password("attackers choice 1")
    assert OutgoingMail.objects.filter(kind="account_exists").count() == 1
