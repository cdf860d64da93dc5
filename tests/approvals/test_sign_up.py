"""Signing up: what a stranger's form does, and what it never tells."""

import re
import uuid
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from accounts import links
from accounts.models import OneTimeLink, User
from approvals.flows import signup
from approvals.flows.signup import SignupDetails
from approvals.models import ApprovalRequest
from audit.models import AuditEntry
from notifications.models import MailSettings, OutgoingMail
from notifications.renewals import CannotRenewError
from resellers.models import Reseller
from tests.factories.accounts import PASSWORD, StaffMemberFactory, UserFactory
from tests.factories.approvals import ApprovalRequestFactory
from tests.factories.customers import MembershipFactory

pytestmark = pytest.mark.django_db

DETAILS = SignupDetails(
    company="Acme GmbH",
    contact_name="Anna Schmidt",
    email="anna@acme.example",
    country="DE",
    title="CTO",
    phone="+49 30 1234",
    street="Chausseestr. 1",
    suite="4. OG",
    city="Berlin",
    state="Berlin",
    postal_code="10115",
)
Status = ApprovalRequest.Status


def token_in(mail: OutgoingMail) -> str:
    found = re.search(r"/validate/([^/]+)/", mail.secret_link)
    assert found
    return found[1]


def last_mail(kind: str) -> OutgoingMail:
    return OutgoingMail.objects.filter(kind=kind).latest("created_at")


def mails() -> list[tuple[str, str]]:
    return sorted(OutgoingMail.objects.values_list("kind", "recipient_email"))


def snapshot(user: User) -> dict[str, object]:
    return dict(User.objects.filter(pk=user.pk).values().get())


class TestAStranger:
    def test_becomes_a_person_with_a_draft_and_gets_one_link(self, alpha: Reseller) -> None:
        signup.sign_up(DETAILS, password=PASSWORD)

        person = User.objects.get()
        request = ApprovalRequest.objects.get()
        assert person.email == "anna@acme.example"
        assert person.full_name == "Anna Schmidt"
        assert person.status == User.Status.PENDING_EMAIL_VALIDATION
        assert person.check_password(PASSWORD)
        assert (request.status, request.requester, request.submitted_at) == ("draft", person, None)
        typed = request.signup
        assert (typed.company, typed.suite, typed.country.code) == ("Acme GmbH", "4. OG", "DE")
        assert mails() == [("email_validation", "anna@acme.example")]
        assert alpha.host in last_mail("email_validation").secret_link
        entry = AuditEntry.objects.get(action="request.drafted")
        assert entry.actor_id == person.pk
        assert set(entry.about) == {request.pk, person.pk}

    def test_is_found_whatever_case_the_email_is_typed_in(self, alpha: Reseller) -> None:
        signup.sign_up(DETAILS, password=PASSWORD)
        signup.sign_up(replace(DETAILS, email=" ANNA@Acme.example "), password=PASSWORD)

        assert User.objects.count() == 1
        assert ApprovalRequest.objects.count() == 1

    def test_no_approver_hears_of_a_draft(self, alpha: Reseller) -> None:
        StaffMemberFactory(owner=True)

        signup.sign_up(DETAILS, password=PASSWORD)

        assert [kind for kind, _ in mails()] == ["email_validation"]
        assert not ApprovalRequest.objects.in_queue().exists()


class TestSigningUpAgainBeforeValidation:
    def test_the_newest_details_and_password_count_and_the_earlier_link_dies(
        self, alpha: Reseller
    ) -> None:
        signup.sign_up(replace(DETAILS, company="Hijacked Ltd"), password="attackers choice 1")
        stale = token_in(last_mail("email_validation"))

        again = replace(DETAILS, submission=uuid.uuid4())
        signup.sign_up(again, password=PASSWORD)

        person = User.objects.get()
        assert person.check_password(PASSWORD)
        assert ApprovalRequest.objects.get().signup.company == "Acme GmbH"
        with pytest.raises(signup.CannotValidateError, match="replaced"):
            signup.validate_email(stale)
        signup.validate_email(token_in(last_mail("email_validation")))
        assert AuditEntry.objects.filter(action="request.redrafted").count() == 1

    def test_a_second_click_on_the_same_form_is_one_sign_up(self, alpha: Reseller) -> None:
        signup.sign_up(DETAILS, password=PASSWORD)
        signup.sign_up(DETAILS, password=PASSWORD)

        assert len(mails()) == 1
        assert AuditEntry.objects.count() == 1
        signup.validate_email(token_in(last_mail("email_validation")))

    def test_the_same_form_with_another_password_counts(self, alpha: Reseller) -> None:
        signup.sign_up(DETAILS, password="first thought 123")
        signup.sign_up(DETAILS, password=PASSWORD)

        assert User.objects.get().check_password(PASSWORD)
        assert len(mails()) == 2

    def test_the_database_refuses_a_second_open_sign_up_of_one_person(
        self, alpha: Reseller
    ) -> None:
        draft = ApprovalRequestFactory(draft=True)

        with (
            pytest.raises(IntegrityError, match="one_open_signup_per_person"),
            transaction.atomic(),
        ):
            ApprovalRequestFactory(requester=draft.requester)


class TestAKnownEmail:
    @pytest.fixture(params=["active", "pending_approval", "suspended", "invited", "staff"])
    def known(self, request: pytest.FixtureRequest, alpha: Reseller) -> User:
        makers = {
            "active": lambda: MembershipFactory().user,
            "pending_approval": lambda: ApprovalRequestFactory().requester,
            "suspended": lambda: MembershipFactory(suspended=True).user,
            "invited": lambda: MembershipFactory(pending_email_validation=True).user,
            "staff": lambda: StaffMemberFactory(invited=True).user,
        }
        user: User = makers[request.param]()
        return user

    def test_changes_nothing_and_tells_the_mailbox_alone(self, known: User) -> None:
        before, requests = snapshot(known), ApprovalRequest.objects.count()

        signup.sign_up(replace(DETAILS, email=known.email), password="attackers choice 1")

        assert snapshot(known) == before
        assert ApprovalRequest.objects.count() == requests
        assert not OneTimeLink.objects.exists()
        assert mails() == [("account_exists", known.email)]
        assert not AuditEntry.objects.exists()

    def test_is_told_once_a_day(self, known: User) -> None:
        for _ in range(3):
            details = replace(DETAILS, email=known.email, submission=uuid.uuid4())
            signup.sign_up(details, password=PASSWORD)

        assert mails() == [("account_exists", known.email)]


class TestADeclinedPerson:
    def test_may_sign_up_again(self, alpha: Reseller) -> None:
        declined = ApprovalRequestFactory(declined=True)
        person = declined.requester

        signup.sign_up(replace(DETAILS, email=person.email), password=PASSWORD)

        person.refresh_from_db()
        assert person.status == User.Status.PENDING_EMAIL_VALIDATION
        assert person.email_validated_at is None
        assert person.check_password(PASSWORD)
        statuses = ApprovalRequest.objects.of_person(person).values_list("status", flat=True)
        assert sorted(statuses) == ["declined", "draft"]
        assert mails() == [("email_validation", person.email)]

    def test_who_joined_a_company_meanwhile_counts_as_known(self, alpha: Reseller) -> None:
        person = ApprovalRequestFactory(declined=True).requester
        MembershipFactory(user=person)

        signup.sign_up(replace(DETAILS, email=person.email), password=PASSWORD)

        assert [kind for kind, _ in mails()] == ["account_exists"]


class TestValidating:
    def test_puts_the_request_into_the_queue_and_tells_both_sides(self, alpha: Reseller) -> None:
        owner, admin = StaffMemberFactory(owner=True), StaffMemberFactory(admin=True)
        StaffMemberFactory(support=True)
        StaffMemberFactory(owner=True, suspended=True)
        signup.sign_up(DETAILS, password=PASSWORD)

        request = signup.validate_email(token_in(last_mail("email_validation")))

        person = User.objects.get(email="anna@acme.example")
        request.refresh_from_db()
        assert person.status == User.Status.PENDING_APPROVAL
        assert person.email_validated_at is not None
        assert request.status == Status.PENDING
        assert request.submitted_at == person.email_validated_at
        told = sorted([owner.user.email, admin.user.email])
        assert [to for kind, to in mails() if kind == "approval_request"] == told
        assert [to for kind, to in mails() if kind == "request_received"] == [person.email]
        entry = AuditEntry.objects.get(action="request.submitted")
        assert (entry.actor_id, entry.subject_id) == (person.pk, request.pk)

    def test_mails_the_named_mailbox_alone_where_there_is_one(self, alpha: Reseller) -> None:
        StaffMemberFactory(owner=True)
        MailSettings.objects.create(approvals_email="approvals@alpha.example")
        signup.sign_up(DETAILS, password=PASSWORD)

        signup.validate_email(token_in(last_mail("email_validation")))

        approvers = [to for kind, to in mails() if kind == "approval_request"]
        assert approvers == ["approvals@alpha.example"]

    def test_a_link_works_once(self, alpha: Reseller) -> None:
        signup.sign_up(DETAILS, password=PASSWORD)
        token = token_in(last_mail("email_validation"))
        signup.validate_email(token)
        before = mails()

        with pytest.raises(signup.CannotValidateError, match="used already"):
            signup.validate_email(token)

        assert mails() == before

    @pytest.mark.parametrize("status", sorted(set(User.Status) - {"pending_email_validation"}))
    def test_who_does_not_wait_for_it_is_left_alone(self, alpha: Reseller, status: str) -> None:
        request = ApprovalRequestFactory(draft=True)
        with transaction.atomic():
            token = links.issue(request.requester, OneTimeLink.Purpose.EMAIL_VALIDATION)
        User.objects.filter(pk=request.requester_id).update(status=status)

        with pytest.raises(signup.CannotValidateError, match="no sign-up that waits"):
            signup.validate_email(token)

        request.refresh_from_db()
        assert (request.status, request.requester.status) == (Status.DRAFT, status)
        assert OneTimeLink.objects.live().count() == 1
        assert not mails()

    @pytest.mark.parametrize("token", ["", "x", "🔑" * 50, "a" * 5_000, "{{ token }}"])
    def test_nonsense_is_no_link(self, alpha: Reseller, token: str) -> None:
        with pytest.raises(signup.CannotValidateError):
            signup.validate_email(token)

    def test_an_invitation_is_no_validation(self, alpha: Reseller) -> None:
        person = ApprovalRequestFactory(draft=True).requester
        with transaction.atomic():
            token = links.issue(person, OneTimeLink.Purpose.INVITATION)

        with pytest.raises(signup.CannotValidateError):
            signup.validate_email(token)


class TestAskingForTheMailAgain:
    def test_sends_a_new_link_and_kills_the_earlier_one(self, alpha: Reseller) -> None:
        signup.sign_up(DETAILS, password=PASSWORD)
        stale = token_in(last_mail("email_validation"))

        signup.resend_validation("ANNA@acme.example")

        assert len(mails()) == 2
        with pytest.raises(signup.CannotValidateError):
            signup.validate_email(stale)
        signup.validate_email(token_in(last_mail("email_validation")))

    @pytest.mark.parametrize("trait", ["active", "pending_approval", "suspended"])
    def test_says_and_does_nothing_for_anybody_else(self, alpha: Reseller, trait: str) -> None:
        known = UserFactory(**({trait: True} if trait != "active" else {}))

        signup.resend_validation(known.email)
        signup.resend_validation("nobody@nowhere.example")

        assert not mails()
        assert not OneTimeLink.objects.exists()

    def test_staff_can_send_it_again_from_the_timeline(self, alpha: Reseller) -> None:
        staff = StaffMemberFactory(support=True).user
        signup.sign_up(DETAILS, password=PASSWORD)
        mail = last_mail("email_validation")

        with transaction.atomic():
            signup.renew_link(mail, by=staff)

        assert len(mails()) == 2
        assert AuditEntry.objects.get(action="request.link_renewed").actor_id == staff.pk

    def test_staff_cannot_send_it_again_once_validated(self, alpha: Reseller) -> None:
        staff = StaffMemberFactory(support=True).user
        signup.sign_up(DETAILS, password=PASSWORD)
        mail = last_mail("email_validation")
        signup.validate_email(token_in(mail))
        before = mails()

        with (
            pytest.raises(CannotRenewError, match="does not wait"),
            transaction.atomic(),
        ):
            signup.renew_link(mail, by=staff)

        assert mails() == before
