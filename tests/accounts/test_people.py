"""People: how they come into being, which status follows which, who may be shut out."""

from contextlib import suppress

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts import hooks, links
from accounts.flows import people
from accounts.models import OneTimeLink, Session, User
from accounts.roles import StaffRole
from audit.models import AuditEntry
from notifications.models import OutgoingMail
from resellers.models import Reseller
from tests.factories.accounts import PASSWORD, StaffMemberFactory, UserFactory
from tests.harness.clients import HostClient

Status = User.Status


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


def test_a_new_person_has_no_password_and_waits(owner: User) -> None:
    user = people.create_person(" Dana@Example.COM ", full_name="Dana", by=owner)

    user.refresh_from_db()
    assert (user.email, user.full_name) == ("dana@example.com", "Dana")
    assert user.status == Status.PENDING_EMAIL_VALIDATION
    assert not user.has_usable_password()
    assert not user.is_active
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject_id, entry.actor_id) == ("user.created", user.pk, owner.pk)
    assert entry.changes == {"status": [None, "pending_email_validation"]}


@pytest.mark.parametrize("status", Status)
def test_a_person_can_be_created_in_every_status(owner: User, status: str) -> None:
    user = people.create_person("dana@example.com", status=status, by=owner)

    assert user.status == status
    assert User.objects.get(pk=user.pk).is_active == (status == Status.ACTIVE)


def test_the_same_mailbox_is_the_same_person(owner: User) -> None:
    UserFactory.create(email="dana@example.com")

    with pytest.raises(people.CannotCreatePersonError, match="exists already"):
        people.create_person("DANA@example.com", by=owner)

    assert User.objects.filter(email="dana@example.com").count() == 1
    assert actions() == []


def test_nobody_made_here_is_a_platform_operator(owner: User) -> None:
    user = people.create_person("dana@example.com", status=Status.ACTIVE, by=owner)

    assert not user.is_staff
    assert not user.is_superuser


@pytest.mark.parametrize("new", Status)
@pytest.mark.parametrize("old", Status)
def test_every_old_status_times_every_new_one(owner: User, old: str, new: str) -> None:
    user = UserFactory.create(status=old)
    allowed = {
        (Status.PENDING_EMAIL_VALIDATION, Status.PENDING_APPROVAL),
        (Status.PENDING_EMAIL_VALIDATION, Status.ACTIVE),
        (Status.PENDING_EMAIL_VALIDATION, Status.SUSPENDED),
        (Status.PENDING_APPROVAL, Status.ACTIVE),
        (Status.PENDING_APPROVAL, Status.SUSPENDED),
        (Status.ACTIVE, Status.SUSPENDED),
        (Status.SUSPENDED, Status.PENDING_EMAIL_VALIDATION),
        (Status.SUSPENDED, Status.PENDING_APPROVAL),
        (Status.SUSPENDED, Status.ACTIVE),
    }

    with suppress(people.CannotChangeStatusError):
        people.change_status(user, new, by=owner)

    user.refresh_from_db()
    is_allowed = (old, new) in allowed
    assert user.status == (new if is_allowed else old)
    assert user.is_active == (user.status == Status.ACTIVE)
    assert AuditEntry.objects.count() == (1 if is_allowed else 0)


def test_a_refused_step_says_why(owner: User) -> None:
    user = UserFactory.create(pending_approval=True)

    with pytest.raises(people.CannotChangeStatusError, match="“Pending Approval” cannot become"):
        people.change_status(user, Status.PENDING_EMAIL_VALIDATION, by=owner)
    with pytest.raises(people.CannotChangeStatusError, match="has that status already"):
        people.change_status(user, Status.PENDING_APPROVAL, by=owner)

    assert actions() == []


def test_the_database_knows_no_fifth_status(alpha: Reseller) -> None:
    user = UserFactory.create()

    with pytest.raises(IntegrityError, match="user_status_is_known"), transaction.atomic():
        User.objects.filter(pk=user.pk).update(status="banned")
    with pytest.raises(IntegrityError, match="only_while_suspended"), transaction.atomic():
        User.objects.filter(pk=user.pk).update(suspended_from="active")


def test_a_suspension_ends_sessions_and_links_and_tells_the_person(
    owner: User, alpha_client: HostClient
) -> None:
    user = UserFactory.create(with_password=True)
    alpha_client.force_login(user)
    with transaction.atomic():
        token = links.issue(user, OneTimeLink.Purpose.EMAIL_VALIDATION)

    people.suspend(user, by=owner, reason="Left the company")

    with pytest.raises(links.LinkNotUsableError):
        links.find(token, OneTimeLink.Purpose.EMAIL_VALIDATION)
    assert not Session.objects.filter(user=user).exists()
    response = alpha_client.get(reverse("after_login"))
    assert response.headers["Location"].startswith(reverse("account_login"))
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.note) == ("user.suspended", "Left the company")
    assert entry.changes == {"status": ["active", "suspended"]}
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.recipient_email) == ("account_suspended", user.email)
    assert "Left the company" not in mail.text_body


def test_an_address_that_nobody_validated_hears_nothing(owner: User) -> None:
    people.suspend(UserFactory.create(pending_email_validation=True), by=owner)

    assert not OutgoingMail.objects.exists()


def test_nobody_suspends_themself(owner: User) -> None:
    StaffMemberFactory.create(owner=True)  # so that the last owner is not the reason

    with pytest.raises(people.CannotSuspendError, match="yourself"):
        people.suspend(owner, by=owner)

    owner.refresh_from_db()
    assert owner.is_active
    assert actions() == []
    assert not OutgoingMail.objects.exists()


def test_the_last_active_owner_stays(owner: User) -> None:
    StaffMemberFactory.create(owner=True, suspended=True)
    StaffMemberFactory.create(owner=True, invited=True)

    with pytest.raises(people.CannotSuspendError, match="last active owner"):
        people.suspend(owner, by=None)

    owner.refresh_from_db()
    assert owner.is_active


def test_an_owner_goes_when_another_one_is_active(owner: User) -> None:
    other = StaffMemberFactory.create(owner=True).user

    people.suspend(owner, by=other)

    owner.refresh_from_db()
    assert owner.status == Status.SUSPENDED


@pytest.mark.parametrize("role", [StaffRole.BILLING, StaffRole.SUPPORT, StaffRole.VIEWER])
def test_who_does_not_manage_the_team_suspends_no_colleague(owner: User, role: str) -> None:
    acting = StaffMemberFactory.create(role=role).user
    colleague = StaffMemberFactory.create(viewer=True).user

    with pytest.raises(people.CannotSuspendError, match="manage the team"):
        people.suspend(colleague, by=acting)

    colleague.refresh_from_db()
    assert colleague.is_active


def test_an_admin_suspends_colleagues_but_no_owner(owner: User, admin: User) -> None:
    StaffMemberFactory.create(owner=True)
    colleague = StaffMemberFactory.create(admin=True).user

    people.suspend(colleague, by=admin)
    with pytest.raises(people.CannotSuspendError, match="Only an owner"):
        people.suspend(owner, by=admin)

    owner.refresh_from_db()
    assert owner.is_active
    assert actions() == ["user.suspended"]


@pytest.fixture
def a_guard_that_refuses(monkeypatch: pytest.MonkeyPatch) -> list[User]:
    asked: list[User] = []

    def guard(user: User) -> None:
        asked.append(user)
        raise people.CannotSuspendError("Somebody else knows better.")

    monkeypatch.setattr(hooks, "_suspension_guards", [])
    hooks.register_suspension_guard(guard)
    hooks.register_suspension_guard(guard)
    return asked


def test_other_apps_are_asked_once_and_may_refuse(
    owner: User, a_guard_that_refuses: list[User]
) -> None:
    user = UserFactory.create()

    with pytest.raises(people.CannotSuspendError, match="knows better"):
        people.suspend(user, by=owner)

    assert a_guard_that_refuses == [user]
    user.refresh_from_db()
    assert user.is_active


@pytest.mark.parametrize(
    "before", [Status.PENDING_EMAIL_VALIDATION, Status.PENDING_APPROVAL, Status.ACTIVE]
)
def test_reactivating_leads_back_to_where_the_person_was(owner: User, before: str) -> None:
    user = UserFactory.create(status=before)
    people.suspend(user, by=owner)

    people.reactivate(user, by=owner)

    user.refresh_from_db()
    assert (user.status, user.suspended_from) == (before, "")
    entry = AuditEntry.objects.order_by("pk").last()
    assert entry is not None
    assert (entry.action, entry.changes) == (
        "user.reactivated",
        {"status": ["suspended", before]},
    )


@pytest.mark.parametrize(
    ("with_password", "after"),
    [(True, Status.ACTIVE), (False, Status.PENDING_EMAIL_VALIDATION)],
)
def test_who_was_created_suspended_comes_in_only_with_a_password(
    owner: User, with_password: bool, after: str
) -> None:
    user = UserFactory.create(suspended=True, with_password=with_password)

    assert people.reactivate(user, by=owner).status == after


@pytest.mark.parametrize("status", [each for each in Status if each != Status.SUSPENDED])
def test_only_suspended_people_are_reactivated(owner: User, status: str) -> None:
    user = UserFactory.create(status=status)

    with pytest.raises(people.CannotChangeStatusError, match="not suspended"):
        people.reactivate(user, by=owner)

    user.refresh_from_db()
    assert user.status == status
    assert actions() == []


def test_an_admin_does_not_reactivate_an_owner(owner: User, admin: User) -> None:
    user = StaffMemberFactory.create(owner=True, suspended=True).user

    with pytest.raises(people.CannotChangeStatusError, match="Only an owner"):
        people.reactivate(user, by=admin)

    user.refresh_from_db()
    assert user.status == Status.SUSPENDED


def test_a_typed_password_works_and_stands_nowhere(owner: User, alpha_client: HostClient) -> None:
    user = UserFactory.create()
    alpha_client.force_login(user)

    people.set_password_for(user, PASSWORD, by=owner)

    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    response = alpha_client.get(reverse("after_login"))
    assert response.headers["Location"].startswith(reverse("account_login"))
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.changes, entry.note) == ("user.password_set", {}, "")


def test_nobody_sets_their_own_or_an_owners_password_this_way(owner: User, admin: User) -> None:
    before = owner.password

    with pytest.raises(people.CannotSetPasswordError, match="your own"):
        people.set_password_for(admin, PASSWORD, by=admin)
    with pytest.raises(people.CannotSetPasswordError, match="Only an owner"):
        people.set_password_for(owner, PASSWORD, by=admin)

    owner.refresh_from_db()
    assert owner.password == before
    assert actions() == []
