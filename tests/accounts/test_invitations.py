"""Invitations: who gets one, what the link is good for, what becomes of it."""

import datetime as dt
import re
from contextlib import nullcontext

import pytest
from django.db import transaction
from django.utils import timezone

from accounts import links
from accounts.flows import invitations, people, staff
from accounts.models import OneTimeLink, StaffMember, User
from accounts.roles import StaffRole
from audit.models import AuditEntry
from notifications import outbox, sending
from notifications.models import OutgoingMail
from resellers.models import Reseller
from tests.factories.accounts import PASSWORD, StaffMemberFactory, UserFactory
from tests.factories.customers import CustomerFactory

Status = User.Status
INVITATION = OneTimeLink.Purpose.INVITATION


def token_of(mail: OutgoingMail) -> str:
    found = re.search(r"/invitation/([\w-]+)/$", mail.secret_link)
    assert found
    return found.group(1)


def invite(user: User, by: User) -> str:
    """The token of a fresh invitation."""
    return token_of(
        invitations.invite(user, by=by, kind="customer_invitation", organization="Acme")
    )


def test_an_invitation_is_mailed_with_its_link(owner: User, alpha: Reseller) -> None:
    customer = CustomerFactory.create()
    user = UserFactory.create(pending_email_validation=True)

    mail = invitations.invite(
        user, by=owner, kind="customer_invitation", organization="Acme", about=[customer]
    )

    assert (mail.kind, mail.recipient_email) == ("customer_invitation", user.email)
    assert mail.secret_link.startswith(f"http://{alpha.host}/invitation/")
    assert set(mail.about) == {user.pk, customer.pk}
    assert "Acme" in mail.text_body
    assert str(owner) in mail.text_body
    link = OneTimeLink.objects.get()
    assert (link.organization, link.issued_by) == ("Acme", owner)
    entry = AuditEntry.objects.get(action="user.invited")
    assert entry.actor_id == owner.pk
    assert set(entry.about) == {user.pk, customer.pk}


def test_the_link_is_kept_as_a_digest_only(owner: User) -> None:
    user = UserFactory.create(pending_email_validation=True)

    token = invite(user, owner)

    for model in (OneTimeLink, AuditEntry):
        assert token not in str(list(model.objects.values()))
    mail = OutgoingMail.objects.get()
    assert token not in mail.unique_key + mail.text_body + mail.html_body


def test_once_sent_the_outbox_no_longer_knows_the_link(owner: User, mailoutbox: list) -> None:
    user = UserFactory.create(pending_email_validation=True)
    token = invite(user, owner)

    sending.send(OutgoingMail.objects.get().pk)

    assert token in mailoutbox[0].body
    assert token not in str(list(OutgoingMail.objects.values()))


@pytest.mark.parametrize(
    "status", [Status.PENDING_EMAIL_VALIDATION, Status.PENDING_APPROVAL, Status.ACTIVE]
)
def test_accepting_makes_the_person_active_with_their_own_password(
    owner: User, status: str
) -> None:
    user = UserFactory.create(status=status, full_name="", email_validated_at=None)
    token = invite(user, owner)

    accepted = invitations.accept(token, password=PASSWORD, full_name="Dana")

    assert accepted == user
    assert accepted.is_active
    user.refresh_from_db()
    assert (user.status, user.full_name) == (Status.ACTIVE, "Dana")
    assert user.check_password(PASSWORD)
    assert user.email_validated_at is not None
    entry = AuditEntry.objects.get(action="user.invitation_accepted")
    assert (entry.actor_id, entry.changes) == (user.pk, {"status": [status, "active"]})
    assert PASSWORD not in str(list(AuditEntry.objects.values()))


def test_accepting_keeps_a_known_name_and_ends_the_validation_link(owner: User) -> None:
    user = UserFactory.create(pending_email_validation=True, full_name="Dana")
    with transaction.atomic():
        validation = links.issue(user, OneTimeLink.Purpose.EMAIL_VALIDATION)

    invitations.accept(invite(user, owner), password=PASSWORD)

    user.refresh_from_db()
    assert user.full_name == "Dana"
    with pytest.raises(links.LinkNotUsableError):
        links.find(validation, OneTimeLink.Purpose.EMAIL_VALIDATION)


def test_a_link_works_once(owner: User) -> None:
    user = UserFactory.create(pending_email_validation=True)
    token = invite(user, owner)
    invitations.accept(token, password=PASSWORD)

    with pytest.raises(invitations.CannotAcceptError, match="used already"):
        invitations.accept(token, password="another password 2")

    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert AuditEntry.objects.filter(action="user.invitation_accepted").count() == 1


def test_a_link_ends_after_seven_days(owner: User) -> None:
    user = UserFactory.create(pending_email_validation=True)
    token = invite(user, owner)
    past = timezone.now() - dt.timedelta(days=8)
    OneTimeLink.objects.update(created_at=past, expires_at=past + dt.timedelta(days=7))

    with pytest.raises(invitations.CannotAcceptError, match="expired"):
        invitations.accept(token, password=PASSWORD)

    user.refresh_from_db()
    assert (user.status, user.has_usable_password()) == (Status.PENDING_EMAIL_VALIDATION, False)


def test_a_newer_link_replaces_the_older_one(owner: User) -> None:
    user = UserFactory.create(pending_email_validation=True)
    older = invite(user, owner)

    newer = token_of(invitations.resend(user, by=owner))

    with pytest.raises(invitations.CannotAcceptError, match="replaced"):
        invitations.accept(older, password=PASSWORD)
    assert invitations.accept(newer, password=PASSWORD) == user
    assert OutgoingMail.objects.filter(kind="customer_invitation").count() == 2


@pytest.mark.parametrize("token", ["", "unknown", "\x00", "x" * 5000, "\u202e", "🦄"])
def test_an_unknown_token_is_refused(alpha: Reseller, token: str) -> None:
    with pytest.raises(invitations.CannotAcceptError):
        invitations.accept(token, password=PASSWORD)


def test_a_link_for_validation_accepts_no_invitation(alpha: Reseller) -> None:
    user = UserFactory.create(pending_email_validation=True)
    with transaction.atomic():
        token = links.issue(user, OneTimeLink.Purpose.EMAIL_VALIDATION)

    with pytest.raises(invitations.CannotAcceptError):
        invitations.accept(token, password=PASSWORD)

    user.refresh_from_db()
    assert not user.is_active


def test_suspended_people_are_neither_invited_nor_let_in(owner: User) -> None:
    user = UserFactory.create(pending_email_validation=True)
    token = invite(user, owner)
    people.suspend(user, by=owner)

    with pytest.raises(invitations.CannotAcceptError):
        invitations.accept(token, password=PASSWORD)
    with pytest.raises(invitations.CannotInviteError, match="suspended"):
        invitations.resend(user, by=owner)

    user.refresh_from_db()
    assert (user.status, user.has_usable_password()) == (Status.SUSPENDED, False)


def test_who_comes_in_already_needs_no_link(owner: User) -> None:
    user = UserFactory.create(with_password=True)

    with pytest.raises(invitations.CannotInviteError, match="active and has a password"):
        invite(user, owner)

    assert not OutgoingMail.objects.exists()
    assert not OneTimeLink.objects.exists()


def test_an_old_link_does_not_take_over_an_account_that_has_a_password(owner: User) -> None:
    user = UserFactory.create(pending_approval=True, with_password=True)
    token = invite(user, owner)
    people.change_status(user, Status.ACTIVE, by=owner)

    with pytest.raises(invitations.CannotAcceptError, match="has a password already"):
        invitations.accept(token, password="another password 2")

    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert OneTimeLink.objects.get().used_at is None


def test_nobody_who_was_never_invited_gets_it_again(owner: User) -> None:
    user = UserFactory.create(pending_email_validation=True)

    with pytest.raises(invitations.CannotInviteError, match="never invited"):
        invitations.resend(user, by=owner)


def test_resending_the_mail_makes_a_new_link_to_the_same(owner: User) -> None:
    customer = CustomerFactory.create()
    user = UserFactory.create(pending_email_validation=True)
    mail = invitations.invite(
        user, by=owner, kind="customer_invitation", organization="Acme", about=[customer]
    )
    older = token_of(mail)
    OutgoingMail.objects.update(state="failed", next_attempt_at=None, secret_link="")

    again = outbox.resend(mail, by=owner)

    assert again.pk != mail.pk
    assert token_of(again) != older
    assert set(again.about) == {user.pk, customer.pk}
    assert OneTimeLink.objects.live().get().organization == "Acme"


def test_a_mail_whose_person_came_in_meanwhile_is_not_resent(owner: User) -> None:
    user = UserFactory.create(pending_email_validation=True)
    mail = invitations.invite(user, by=owner, kind="customer_invitation", organization="Acme")
    invitations.accept(token_of(mail), password=PASSWORD)
    OutgoingMail.objects.update(state="failed", next_attempt_at=None, secret_link="")

    with pytest.raises(outbox.CannotResendError, match="has a password"):
        outbox.resend(mail, by=owner)

    assert OutgoingMail.objects.count() == 1


class TestStaff:
    def test_a_colleague_is_invited_to_the_team(self, owner: User, alpha: Reseller) -> None:
        member = staff.invite_staff(
            "Robin@Example.com", full_name="Robin", role=StaffRole.ADMIN, by=owner
        )

        assert (member.user.email, member.role) == ("robin@example.com", StaffRole.ADMIN)
        assert member.user.status == Status.PENDING_EMAIL_VALIDATION
        mail = OutgoingMail.objects.get()
        assert mail.kind == "staff_invitation"
        assert "Admin" in mail.text_body
        assert alpha.name in mail.text_body
        recorded = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
        assert list(recorded) == ["user.created", "staff_member.joined", "user.invited"]

    def test_somebody_known_is_not_made_twice(self, owner: User) -> None:
        UserFactory.create(email="robin@example.com")

        with pytest.raises(staff.CannotInviteStaffError, match="exists already") as caught:
            staff.invite_staff("robin@example.com", full_name="R", role="viewer", by=owner)

        assert caught.value.field == "email"
        assert StaffMember.objects.count() == 1
        assert not OutgoingMail.objects.exists()

    @pytest.mark.parametrize("role", StaffRole)
    @pytest.mark.parametrize("acting", StaffRole)
    def test_who_may_give_which_role(self, owner: User, acting: str, role: str) -> None:
        by = StaffMemberFactory.create(role=acting).user
        may = acting == StaffRole.OWNER or (acting == StaffRole.ADMIN and role != StaffRole.OWNER)
        before = StaffMember.objects.count()

        with nullcontext() if may else pytest.raises(staff.CannotInviteStaffError, match="nly"):
            staff.invite_staff("robin@example.com", full_name="R", role=role, by=by)

        assert StaffMember.objects.count() == before + may
        assert User.objects.filter(email="robin@example.com").exists() == may

    @pytest.mark.parametrize("new", StaffRole)
    @pytest.mark.parametrize("old", StaffRole)
    @pytest.mark.parametrize("acting", StaffRole)
    def test_who_may_change_which_role(self, owner: User, acting: str, old: str, new: str) -> None:
        by = StaffMemberFactory.create(role=acting).user
        member = StaffMemberFactory.create(role=old)
        may = old != new and (
            acting == StaffRole.OWNER
            or (acting == StaffRole.ADMIN and StaffRole.OWNER not in {old, new})
        )

        with nullcontext() if may else pytest.raises(staff.CannotChangeRoleError):
            staff.change_role(member, new, by=by)

        member.refresh_from_db()
        assert member.role == (new if may else old)
        assert AuditEntry.objects.count() == (1 if may else 0)

    def test_a_changed_role_reads_well_on_the_timeline(self, owner: User) -> None:
        member = StaffMemberFactory.create(support=True)

        staff.change_role(member, StaffRole.BILLING, by=owner)

        entry = AuditEntry.objects.get()
        assert (entry.action, entry.subject_id) == ("staff_member.role_changed", member.pk)
        assert entry.changes == {"role": ["Support", "Billing"]}

    def test_the_last_active_owner_stays_owner(self, owner: User) -> None:
        StaffMemberFactory.create(owner=True, suspended=True)

        with pytest.raises(staff.CannotChangeRoleError, match="last active owner"):
            staff.change_role(owner.staff_member, StaffRole.ADMIN, by=owner)

        assert StaffMember.objects.get(pk=owner.pk).role == StaffRole.OWNER

    def test_support_does_not_invite_a_colleague_again(self, owner: User) -> None:
        member = staff.invite_staff("r@example.com", full_name="R", role="viewer", by=owner)
        support = StaffMemberFactory.create(support=True).user

        with pytest.raises(invitations.CannotInviteError, match="manage the team"):
            invitations.resend(member.user, by=support)

        assert OutgoingMail.objects.count() == 1

    def test_a_new_reseller_gets_its_first_owner_once(self, alpha: Reseller) -> None:
        alpha.owner_name = "Alex"

        staff.seed_owner(alpha)
        staff.seed_owner(alpha)

        member = StaffMember.objects.get()
        assert (member.user.email, member.user.full_name) == (alpha.owner_email, "Alex")
        assert member.role == StaffRole.OWNER
        mail = OutgoingMail.objects.get()
        assert (mail.kind, mail.recipient_email) == ("staff_invitation", alpha.owner_email)
        assert alpha.name in mail.text_body
        assert {entry.actor_id for entry in AuditEntry.objects.all()} == {None}
