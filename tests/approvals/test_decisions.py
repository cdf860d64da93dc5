"""What approvers do: the effects, who is told, and what is refused without a trace."""

import datetime as dt
from collections.abc import Callable
from contextlib import suppress

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from approvals import mails, presets
from approvals.flows import decisions
from approvals.flows.decisions import AlreadyDecidedError, CannotDecideError, Refusal
from approvals.models import ApprovalRequest, Signup
from audit import trail
from audit.models import AuditEntry
from customers.models import Customer, Membership
from notifications.models import OutgoingMail
from resellers.models import Reseller
from tests.factories.accounts import StaffMemberFactory, UserFactory
from tests.factories.approvals import ApprovalRequestFactory
from tests.factories.customers import CustomerFactory, MembershipFactory

pytestmark = pytest.mark.django_db

Status = ApprovalRequest.Status
REFUSAL = Refusal(reason="incomplete", message="Please tell us your street.")


@pytest.fixture
def dana(alpha: Reseller) -> User:
    user: User = StaffMemberFactory(admin=True, user__full_name="Dana Miller").user
    return user


@pytest.fixture
def pending(alpha: Reseller) -> ApprovalRequest:
    request: ApprovalRequest = ApprovalRequestFactory(signup__company="Acme GmbH")
    request.signup = Signup.objects.get(request=request)
    return request


def approve(request: ApprovalRequest, by: User, **edits: object) -> Customer:
    details = presets.customer_details(Signup.objects.get(request=request))
    details.update(edits)  # type: ignore[typeddict-item]
    return decisions.approve(request, details, version=request.version, by=by)


def decline(request: ApprovalRequest, by: User, refusal: Refusal = REFUSAL) -> ApprovalRequest:
    return decisions.decline(request, refusal, version=request.version, by=by)


def world() -> dict[str, object]:
    """All that a decision may touch."""
    return {
        "requests": list(ApprovalRequest.objects.order_by("pk").values()),
        "people": list(User.objects.order_by("pk").values("pk", "status")),
        "customers": Customer.objects.count(),
        "memberships": Membership.objects.count(),
        "audit": AuditEntry.objects.count(),
        "mails": OutgoingMail.objects.count(),
    }


class TestApproving:
    def test_makes_the_customer_its_administrator_and_an_active_person(
        self, pending: ApprovalRequest, dana: User
    ) -> None:
        customer = approve(pending, dana)

        pending.refresh_from_db()
        person = pending.requester
        person.refresh_from_db()
        typed = Signup.objects.get(request=pending)
        assert (pending.status, pending.customer, pending.decided_by) == (
            Status.APPROVED,
            customer,
            dana,
        )
        assert pending.version == 2
        assert customer.organization_name == "Acme GmbH"
        assert customer.code == "ACME"
        assert (customer.contact_email, customer.city) == (typed.email, "Berlin")
        membership = Membership.objects.get()
        assert (membership.user, membership.customer) == (person, customer)
        assert membership.role == "administrator"
        assert (person.status, person.is_active) == (User.Status.ACTIVE, True)

    def test_stands_on_three_timelines_and_mails_a_welcome(
        self, pending: ApprovalRequest, dana: User
    ) -> None:
        customer = approve(pending, dana)

        entry = AuditEntry.objects.get(action="request.approved")
        assert entry.actor_name == "Dana Miller"
        assert set(entry.about) == {pending.pk, pending.requester_id, customer.pk}
        assert AuditEntry.objects.about(pending.pk).filter(action="customer.created").exists()
        mail = OutgoingMail.objects.get()
        assert (mail.kind, mail.recipient_email) == ("welcome", pending.requester.email)
        assert set(mail.about) == {pending.pk, pending.requester_id, customer.pk}

    def test_keeps_what_the_approver_changed_beside_what_was_submitted(
        self, pending: ApprovalRequest, dana: User
    ) -> None:
        customer = approve(pending, dana, organization_name="ACME AG", website="https://acme.de")

        assert customer.organization_name == "ACME AG"
        assert Signup.objects.get(request=pending).company == "Acme GmbH"
        entry = AuditEntry.objects.get(action="request.edited")
        assert entry.changes == {
            "organization_name": ["Acme GmbH", "ACME AG"],
            "website": [None, "https://acme.de"],
        }
        assert {pending.pk, customer.pk} <= set(entry.about)

    def test_without_edits_tells_of_none(self, pending: ApprovalRequest, dana: User) -> None:
        approve(pending, dana, code="ACME-2", notes="", turnover=None)

        assert not AuditEntry.objects.filter(action="request.edited").exists()

    def test_a_second_click_is_the_same_approval(
        self, pending: ApprovalRequest, dana: User
    ) -> None:
        first = approve(pending, dana)
        before = world()

        assert approve(pending, dana) == first
        assert world() == before

    def test_a_taken_code_is_told_beside_the_code_and_nothing_is_saved(
        self, pending: ApprovalRequest, dana: User
    ) -> None:
        CustomerFactory(code="ACME")
        before = world()

        with pytest.raises(CannotDecideError, match="has this code") as refused:
            approve(pending, dana, code="ACME")

        assert refused.value.field == "code"
        assert world() == before

    def test_a_suspended_person_is_not_let_in(self, pending: ApprovalRequest, dana: User) -> None:
        User.objects.filter(pk=pending.requester_id).update(status="suspended")
        before = world()

        with pytest.raises(CannotDecideError, match="is suspended"):
            approve(pending, dana)

        assert world() == before

    def test_who_was_let_in_by_hand_meanwhile_gets_the_company_too(
        self, pending: ApprovalRequest, dana: User
    ) -> None:
        User.objects.filter(pk=pending.requester_id).update(status="active")

        customer = approve(pending, dana)

        assert Membership.objects.get(customer=customer).user == pending.requester


class TestDeclining:
    def test_shuts_the_person_out_and_says_why(self, pending: ApprovalRequest, dana: User) -> None:
        decline(pending, dana)

        pending.refresh_from_db()
        pending.requester.refresh_from_db()
        assert (pending.status, pending.decline_reason) == (Status.DECLINED, "incomplete")
        assert pending.decline_message == "Please tell us your street."
        assert pending.requester.status == User.Status.SUSPENDED
        assert not Customer.objects.exists()
        mail = OutgoingMail.objects.get()
        assert mail.kind == "request_declined"
        assert "Details are incomplete" in mail.text_body
        assert "Please tell us your street." in mail.text_body
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.note) == ("request.declined", "Please tell us your street.")
        assert set(entry.about) == {pending.pk, pending.requester_id}

    def test_silently_mails_nobody(self, pending: ApprovalRequest, dana: User) -> None:
        decline(pending, dana, Refusal(reason="other", message="Spam", silently=True))

        pending.refresh_from_db()
        assert pending.declined_silently
        assert pending.decline_message == ""
        assert not OutgoingMail.objects.exists()

    def test_needs_a_reason_that_exists(self, pending: ApprovalRequest, dana: User) -> None:
        before = world()

        for reason in ("", "because"):
            with pytest.raises(CannotDecideError) as refused:
                decline(pending, dana, Refusal(reason=reason))
            assert refused.value.field == "reason"

        assert world() == before

    def test_a_second_click_is_the_same_decline(self, pending: ApprovalRequest, dana: User) -> None:
        decline(pending, dana)
        before = world()

        decline(pending, dana)

        assert world() == before

    def test_leaves_who_belongs_to_another_company_alone(
        self, pending: ApprovalRequest, dana: User
    ) -> None:
        MembershipFactory(user=pending.requester)

        decline(pending, dana)

        pending.requester.refresh_from_db()
        assert pending.requester.status == User.Status.PENDING_APPROVAL


class TestDeleting:
    def test_erases_the_request_and_its_person(self, pending: ApprovalRequest, dana: User) -> None:
        decisions.delete(pending, by=dana)

        assert not ApprovalRequest.objects.exists()
        assert not Signup.objects.exists()
        assert not User.objects.filter(pk=pending.requester_id).exists()
        assert not OutgoingMail.objects.exists()

    def test_leaves_of_personal_data_no_trace(self, alpha: Reseller, dana: User) -> None:
        request = ApprovalRequestFactory(
            requester__full_name="Anna Schmidt", requester__email="anna@acme.example"
        )
        with transaction.atomic():
            mails.request_received(request)
            mails.approval_requests(request)
            trail.record(
                "request.submitted",
                subject=request,
                actor=request.requester,
                about=[request.requester],
            )

        decisions.delete(request, by=dana)

        kept = [*AuditEntry.objects.values(), *OutgoingMail.objects.values()]
        assert len(kept) == 2
        assert not any(text in str(kept) for text in ("Anna", "anna@", "Chausseestr"))
        entry = AuditEntry.objects.get(action="request.deleted")
        assert entry.subject_name == request.signup.company
        assert entry.actor_name == "Dana Miller"

    def test_keeps_a_person_with_earlier_requests_as_those_left_them(
        self, pending: ApprovalRequest, dana: User
    ) -> None:
        ApprovalRequestFactory(declined=True, requester=pending.requester)

        decisions.delete(pending, by=dana)

        pending.requester.refresh_from_db()
        assert pending.requester.status == User.Status.SUSPENDED

    def test_keeps_a_person_of_a_customer_as_they_are(
        self, pending: ApprovalRequest, dana: User
    ) -> None:
        MembershipFactory(user=pending.requester)

        decisions.delete(pending, by=dana)

        pending.requester.refresh_from_db()
        assert pending.requester.status == User.Status.PENDING_APPROVAL


Decide = Callable[[ApprovalRequest, User], object]
DECIDE: dict[str, Decide] = {
    "approved": approve,
    "declined": decline,
    "deleted": lambda request, by: decisions.delete(request, by=by),
}


def outcome(request: ApprovalRequest) -> str:
    found = ApprovalRequest.objects.filter(pk=request.pk).first()
    return found.status if found else "deleted"


class TestOldAndNew:
    @pytest.mark.parametrize("new", DECIDE)
    @pytest.mark.parametrize("old", ["draft", "pending", "approved", "declined", "deleted"])
    def test_only_pending_requests_are_decided(
        self, alpha: Reseller, dana: User, old: str, new: str
    ) -> None:
        request = ApprovalRequestFactory(draft=old == "draft")
        request.signup = Signup.objects.get(request=request)
        stranger = StaffMemberFactory(admin=True).user
        if old in DECIDE:
            DECIDE[old](request, dana)
        before = world()

        with suppress(CannotDecideError, Signup.DoesNotExist):
            DECIDE[new](request, stranger)

        assert outcome(request) == (new if old == "pending" else old)
        assert (world() == before) is (old != "pending")

    @pytest.mark.parametrize("late", ["declined", "deleted"])
    @pytest.mark.parametrize(
        ("old", "told"),
        [
            ("approved", "Already approved by Dana Miller at "),
            ("declined", "Already declined by Dana Miller at "),
            ("deleted", "Already deleted by Dana Miller at "),
        ],
    )
    def test_who_comes_late_reads_who_did_what_and_when(
        self, pending: ApprovalRequest, dana: User, old: str, told: str, late: str
    ) -> None:
        DECIDE[old](pending, dana)

        with pytest.raises(AlreadyDecidedError, match=rf"^{told}\d\d:\d\d\.$"):
            DECIDE[late](pending, StaffMemberFactory(admin=True).user)

    def test_a_decision_of_another_day_names_the_day(
        self, pending: ApprovalRequest, dana: User
    ) -> None:
        decline(pending, dana)
        earlier = timezone.now() - dt.timedelta(days=3)
        ApprovalRequest.objects.update(decided_at=earlier)

        with pytest.raises(AlreadyDecidedError, match=r"Dana Miller on \w+\. \d+, \d{4} at "):
            approve(pending, StaffMemberFactory(admin=True).user)

    @pytest.mark.parametrize("new", ["approved", "declined"])
    def test_an_older_version_is_refused(
        self, pending: ApprovalRequest, dana: User, new: str
    ) -> None:
        ApprovalRequest.objects.filter(pk=pending.pk).update(version=5)
        before = world()

        with pytest.raises(CannotDecideError, match="changed meanwhile"):
            DECIDE[new](pending, dana)

        assert world() == before


class TestOnesOwnRequest:
    @pytest.mark.parametrize("new", DECIDE)
    def test_is_for_someone_else_to_decide(
        self, pending: ApprovalRequest, dana: User, new: str
    ) -> None:
        before = world()

        with pytest.raises(CannotDecideError, match="Someone else"):
            DECIDE[new](pending, pending.requester)

        assert world() == before

    def test_the_database_refuses_it_written_around_the_flow(
        self, pending: ApprovalRequest
    ) -> None:
        with (
            pytest.raises(IntegrityError, match="decided_by_someone_else"),
            transaction.atomic(),
        ):
            ApprovalRequest.objects.filter(pk=pending.pk).update(
                status="declined",
                decided_by=pending.requester,
                decided_at=timezone.now(),
                decline_reason="other",
            )


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        ("draft_iff_not_submitted", {"submitted_at": None}),
        ("decided_iff_somebody_decided", {"status": "declined", "decline_reason": "other"}),
        ("decline_has_a_reason", {"decline_reason": "other"}),
    ],
)
def test_the_database_keeps_the_rules(
    pending: ApprovalRequest, rule: str, values: dict[str, object]
) -> None:
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        ApprovalRequest.objects.filter(pk=pending.pk).update(**values)


def test_the_database_wants_a_customer_for_an_approval(pending: ApprovalRequest) -> None:
    with (
        pytest.raises(IntegrityError, match="approved_signup_has_a_customer"),
        transaction.atomic(),
    ):
        ApprovalRequest.objects.filter(pk=pending.pk).update(
            status="approved", decided_by=UserFactory(), decided_at=timezone.now()
        )
