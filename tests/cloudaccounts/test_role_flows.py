"""Naming the role of an account."""

import pytest

from accounts.models import User
from audit.models import AuditEntry
from cloudaccounts.flows import accounts, roles
from cloudaccounts.flows.accounts import AccountDetails
from cloudaccounts.flows.statuses import CannotChangeAccountError
from customers.staleness import StaleError
from resellers.models import Reseller
from tests.factories.accounts import StaffMemberFactory
from tests.factories.cloudaccounts import CloudAccountFactory, role_of


@pytest.fixture
def dana(alpha: Reseller) -> User:
    user: User = StaffMemberFactory(user__full_name="Dana").user
    return user


@pytest.mark.parametrize("status", ["", "requested", "in_progress", "linked", "suspended"])
def test_the_role_is_stored_unchecked(dana: User, status: str) -> None:
    account = CloudAccountFactory(**({status: True} if status else {}))
    arn = role_of(account.account_id)

    roles.set_role(account, f" {arn}\n", version=1, by=dana)

    account.refresh_from_db()
    assert (account.role_arn, account.access_state, account.version) == (arn, "not_checked", 2)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.changes) == ("account.role_named", {"role_arn": ["", arn]})


def test_what_was_known_of_another_role_is_forgotten(dana: User) -> None:
    account = CloudAccountFactory(linked=True, broken=True)

    roles.set_role(account, f"{account.role_arn}2", version=1, by=dana)

    account.refresh_from_db()
    assert (account.access_state, account.access_outcome, account.access_trouble_code) == (
        "not_checked",
        "",
        "",
    )
    assert account.access_broken_since is None


def test_the_same_role_stays_checked(dana: User) -> None:
    account = CloudAccountFactory(checked=True)

    roles.set_role(account, account.role_arn, version=1, by=dana)

    account.refresh_from_db()
    assert (account.access_state, account.version) == ("ok", 1)
    assert not AuditEntry.objects.exists()


def test_the_role_can_be_taken_away(dana: User) -> None:
    account = CloudAccountFactory(checked=True)

    roles.set_role(account, "", version=1, by=dana)

    account.refresh_from_db()
    assert (account.role_arn, account.access_state) == ("", "not_checked")


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:iam::999999999999:role/ResellerPortal",  # another account
        "arn:aws:iam::{id}:role/*",
        "arn:aws:iam::{id}:role/a b",
        "arn:aws:iam::{id}:user/ResellerPortal",
        "arn:aws:iam::{id}:root",
        "arn:aws-cn:iam::{id}:role/ResellerPortal",
        "arn:aws:sts::{id}:assumed-role/ResellerPortal/x",
        "arn:aws:iam::{id}:role/ResellerPortal,arn:aws:iam::999999999999:role/x",
        "arn:aws:iam::{id}:role/${{aws:username}}",
        "arn:aws:iam::{id}:role/" + "x" * 2048,
        "ResellerPortal",
        "arn:aws:iam::{id}:role/R\u0435seller",  # a Cyrillic letter
    ],
)
def test_a_hostile_arn_is_not_stored(dana: User, arn: str) -> None:
    account = CloudAccountFactory()

    with pytest.raises(CannotChangeAccountError) as refused:
        roles.set_role(account, arn.format(id=account.account_id), version=1, by=dana)

    assert refused.value.field == "role_arn"
    account.refresh_from_db()
    assert (account.role_arn, account.version) == ("", 1)


@pytest.mark.parametrize(
    "traits",
    [
        {"google": True},
        {"unlinked": True},
        {"discarded": True},
        {"created": True},
        {"customer__archived": True},
    ],
)
def test_some_accounts_have_no_role(dana: User, traits: dict[str, bool]) -> None:
    account = CloudAccountFactory(**traits)

    with pytest.raises(CannotChangeAccountError):
        roles.set_role(account, role_of("123456789012"), version=1, by=dana)

    account.refresh_from_db()
    assert account.role_arn == ""


def test_the_external_id_is_never_told_on_the_timeline(dana: User) -> None:
    account = CloudAccountFactory()

    roles.set_role(account, role_of(account.account_id), version=1, by=dana)

    entry = AuditEntry.objects.get()
    assert account.external_id not in f"{entry.changes}{entry.note}{entry.subject_name}"


def test_whoever_is_late_names_nothing(dana: User) -> None:
    account = CloudAccountFactory()
    arn = role_of(account.account_id)
    accounts.edit(account, AccountDetails(name="Shop"), version=1, by=dana)
    roles.set_role(account, arn, version=1, by=dana)

    with pytest.raises(StaleError):
        roles.set_role(account, f"{arn}2", version=1, by=dana)

    account.refresh_from_db()
    assert (account.role_arn, account.version) == (arn, 3)
