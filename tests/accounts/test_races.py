"""Two people at once. Each test fails when the lock it names is taken away."""

import re
from collections.abc import Callable

import pytest

from accounts.flows import invitations, passwords, people, recovery_codes, staff
from accounts.flows.recovery_codes import FreshCodes
from accounts.models import OneTimeLink, StaffMember, User
from accounts.roles import StaffRole
from audit.models import AuditEntry
from notifications.models import OutgoingMail
from resellers.models import Reseller
from tests.factories import factors
from tests.factories.accounts import PASSWORD, StaffMemberFactory, UserFactory
from tests.races import overlap

pytestmark = pytest.mark.django_db(transaction=True)
OTHER = "another password 2"


def invited(owner: User) -> tuple[User, str]:
    user = UserFactory.create(pending_email_validation=True)
    mail = invitations.invite(user, by=owner, kind="customer_invitation", organization="Acme")
    found = re.search(r"/invitation/([\w-]+)/$", mail.secret_link)
    assert found
    return user, found.group(1)


def test_two_with_the_same_link_one_gets_in(alpha: Reseller, owner: User) -> None:
    user, token = invited(owner)

    early, late = overlap(
        alpha,
        lambda: invitations.accept(token, password=PASSWORD),
        lambda: invitations.accept(token, password=OTHER),
    )

    assert early.error is None
    assert isinstance(late.error, invitations.CannotAcceptError)
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert AuditEntry.objects.filter(action="user.invitation_accepted").count() == 1


def test_who_is_suspended_meanwhile_does_not_get_in(alpha: Reseller, owner: User) -> None:
    user, token = invited(owner)

    early, late = overlap(
        alpha,
        lambda: people.suspend(user, by=owner),
        lambda: invitations.accept(token, password=PASSWORD),
    )

    assert early.error is None
    assert isinstance(late.error, invitations.CannotAcceptError)
    user.refresh_from_db()
    assert (user.status, user.has_usable_password()) == (User.Status.SUSPENDED, False)


def test_who_gets_in_meanwhile_is_suspended_all_the_same(alpha: Reseller, owner: User) -> None:
    user, token = invited(owner)

    early, late = overlap(
        alpha,
        lambda: invitations.accept(token, password=PASSWORD),
        lambda: people.suspend(user, by=owner),
    )

    assert (early.error, late.error) == (None, None)
    user.refresh_from_db()
    assert (user.status, user.suspended_from) == (User.Status.SUSPENDED, User.Status.ACTIVE)


def test_the_last_two_owners_do_not_suspend_each_other(alpha: Reseller, owner: User) -> None:
    other = StaffMemberFactory.create(owner=True).user

    early, late = overlap(
        alpha,
        lambda: people.suspend(other, by=owner),
        lambda: people.suspend(owner, by=other),
    )

    assert early.error is None
    assert isinstance(late.error, people.CannotSuspendError)
    assert [member.user for member in StaffMember.objects.owners().active()] == [owner]
    assert AuditEntry.objects.filter(action="user.suspended").count() == 1
    assert OutgoingMail.objects.filter(kind="account_suspended").count() == 1


def test_the_last_two_owners_do_not_demote_each_other(alpha: Reseller, owner: User) -> None:
    other = StaffMemberFactory.create(owner=True)

    early, late = overlap(
        alpha,
        lambda: staff.change_role(other, StaffRole.ADMIN, by=owner),
        lambda: staff.change_role(owner.staff_member, StaffRole.ADMIN, by=other.user),
    )

    assert early.error is None
    assert isinstance(late.error, staff.CannotChangeRoleError)
    assert [member.user for member in StaffMember.objects.owners()] == [owner]


def test_one_owner_is_suspended_while_the_other_is_demoted(alpha: Reseller, owner: User) -> None:
    other = StaffMemberFactory.create(owner=True)

    early, late = overlap(
        alpha,
        lambda: people.suspend(other.user, by=owner),
        lambda: staff.change_role(owner.staff_member, StaffRole.ADMIN, by=None),
    )

    assert early.error is None
    assert isinstance(late.error, staff.CannotChangeRoleError)
    assert [member.user for member in StaffMember.objects.owners().active()] == [owner]


def test_two_invitations_at_once_leave_one_live_link(alpha: Reseller, owner: User) -> None:
    user = UserFactory.create(pending_email_validation=True)

    def invite() -> object:
        return invitations.invite(user, by=owner, kind="customer_invitation", organization="Acme")

    early, late = overlap(alpha, invite, invite)

    assert (early.error, late.error) == (None, None)
    assert OneTimeLink.objects.live().count() == 1
    assert OneTimeLink.objects.count() == 2


def test_two_suspensions_at_once_are_one(alpha: Reseller, owner: User) -> None:
    user = UserFactory.create()

    early, late = overlap(
        alpha, lambda: people.suspend(user, by=owner), lambda: people.suspend(user, by=owner)
    )

    assert early.error is None
    assert isinstance(late.error, people.CannotSuspendError)
    assert OutgoingMail.objects.count() == 1


def test_a_new_password_does_not_undo_a_suspension(alpha: Reseller, owner: User) -> None:
    user = UserFactory.create(with_password=True)
    as_the_session_knows_them = User.objects.get(pk=user.pk)

    early, late = overlap(
        alpha,
        lambda: people.suspend(user, by=owner),
        lambda: passwords.change(as_the_session_knows_them, OTHER),
    )

    assert (early.error, late.error) == (None, None)
    user.refresh_from_db()
    assert user.status == User.Status.SUSPENDED
    assert user.check_password(OTHER)


def test_two_people_with_one_e_mail_one_is_made(alpha: Reseller, owner: User) -> None:
    early, late = overlap(
        alpha,
        lambda: people.create_person("dana@example.com", by=owner),
        lambda: people.create_person("Dana@example.com", by=owner),
    )

    assert early.error is None
    assert isinstance(late.error, people.CannotCreatePersonError)
    assert User.objects.filter(email="dana@example.com").count() == 1


@pytest.mark.parametrize("make", [factors.fresh_codes, factors.older_codes])
def test_of_two_with_the_same_recovery_code_one_comes_in(
    alpha: Reseller, owner: User, make: Callable[[User], FreshCodes]
) -> None:
    code = make(owner).codes[0]

    early, late = overlap(
        alpha,
        lambda: recovery_codes.use(owner, code),
        lambda: recovery_codes.use(owner, code),
    )

    assert (early.error, late.error) == (None, None)
    assert early.result
    assert late.result is None


def test_two_recovery_codes_at_once_are_both_spent(alpha: Reseller, owner: User) -> None:
    codes = factors.fresh_codes(owner).codes

    early, late = overlap(
        alpha,
        lambda: recovery_codes.use(owner, codes[0]),
        lambda: recovery_codes.use(owner, codes[1]),
    )

    assert early.result
    assert late.result
    assert [recovery_codes.use(owner, code) for code in codes[:2]] == [None, None]


def test_a_code_that_is_used_while_older_ones_are_hashed_is_spent(
    alpha: Reseller, owner: User
) -> None:
    code = factors.older_codes(owner).codes[0]

    early, late = overlap(alpha, lambda: recovery_codes.use(owner, code), recovery_codes.hash_older)

    assert early.result
    assert (late.error, late.result) == (None, 0)
    assert recovery_codes.use(owner, code) is None


def test_of_two_who_make_new_codes_one_set_remains(alpha: Reseller, owner: User) -> None:
    early, late = overlap(
        alpha, lambda: recovery_codes.make(owner), lambda: recovery_codes.make(owner)
    )

    assert (early.error, late.error) == (None, None)
    assert isinstance(late.result, FreshCodes)
    assert recovery_codes.of_person(owner) == late.result.row


def test_two_first_factors_at_once_bring_one_set(alpha: Reseller, owner: User) -> None:
    early, late = overlap(
        alpha, lambda: recovery_codes.make_first(owner), lambda: recovery_codes.make_first(owner)
    )

    assert (early.error, late.error) == (None, None)
    assert early.result
    assert late.result is None
