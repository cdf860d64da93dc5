"""Two people at once about contacts, accounts made from them, and colleagues."""

import uuid

import pytest

from accounts.flows import passwords
from accounts.flows.passwords import CannotSendResetError
from accounts.models import User
from customers.account_rows import Outcome
from customers.flows import colleagues, contact_accounts, contacts, people
from customers.flows.colleagues import CannotManageColleagueError
from customers.flows.contacts import CannotRemoveContactError, ContactDetails, ContactGoneError
from customers.models import AccountRun, Contact, Membership
from customers.roles import CustomerRole
from customers.staleness import StaleError
from notifications.models import OutgoingMail
from resellers.models import Reseller
from tests.factories.accounts import StaffMemberFactory
from tests.factories.customers import ContactFactory, CustomerFactory, MembershipFactory
from tests.races import overlap

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def dana(alpha: Reseller) -> User:
    user: User = StaffMemberFactory().user
    return user


def details(name: str) -> ContactDetails:
    return {"first_name": name, "last_name": "Miller", "email": f"{name}@acme.example"}


def test_of_two_first_contacts_one_is_primary(alpha: Reseller, dana: User) -> None:
    customer = CustomerFactory()

    early, late = overlap(
        alpha,
        lambda: contacts.add(customer, details("anna"), by=dana),
        lambda: contacts.add(customer, details("ben"), by=dana),
    )

    assert (early.error, late.error) == (None, None)
    assert [each.first_name for each in Contact.objects.primary()] == ["anna"]
    assert Contact.objects.count() == 2


def test_the_same_form_at_once_makes_one_contact(alpha: Reseller, dana: User) -> None:
    customer, key = CustomerFactory(), uuid.uuid4()

    early, late = overlap(
        alpha,
        lambda: contacts.add(customer, details("anna"), by=dana, key=key),
        lambda: contacts.add(customer, details("anna"), by=dana, key=key),
    )

    assert (early.error, late.error) == (None, None)
    assert early.result == late.result == Contact.objects.get()


def test_whoever_becomes_primary_is_not_removed_at_once(alpha: Reseller, dana: User) -> None:
    anna = ContactFactory(primary=True)
    ben = ContactFactory(customer=anna.customer)

    _early, late = overlap(
        alpha,
        lambda: contacts.make_primary(ben, by=dana),
        lambda: contacts.remove(Contact.objects.get(pk=ben.pk), by=dana),
    )

    assert isinstance(late.error, CannotRemoveContactError)
    assert list(Contact.objects.primary()) == [ben]


def test_whoever_is_removed_does_not_become_primary(alpha: Reseller, dana: User) -> None:
    anna = ContactFactory(primary=True)
    ben = ContactFactory(customer=anna.customer)

    _early, late = overlap(
        alpha,
        lambda: contacts.remove(Contact.objects.get(pk=ben.pk), by=dana),
        lambda: contacts.make_primary(ben, by=dana),
    )

    assert isinstance(late.error, ContactGoneError)
    assert list(Contact.objects.primary()) == [anna]


def test_of_two_edits_the_later_one_learns_of_the_other(alpha: Reseller, dana: User) -> None:
    anna = ContactFactory(primary=True)

    _early, late = overlap(
        alpha,
        lambda: contacts.edit(anna, {"designation": "CTO"}, version=1, by=dana),
        lambda: contacts.edit(anna, {"designation": "CEO"}, version=1, by=dana),
    )

    assert isinstance(late.error, StaleError)
    anna.refresh_from_db()
    assert (anna.designation, anna.version) == ("CTO", 2)


def test_the_same_accounts_at_once_are_made_once(alpha: Reseller, dana: User) -> None:
    anna = ContactFactory(primary=True)
    key = uuid.uuid4()

    early, late = overlap(
        alpha,
        lambda: contact_accounts.make_accounts(anna.customer, [anna], key=key, by=dana),
        lambda: contact_accounts.make_accounts(anna.customer, [anna], key=key, by=dana),
    )

    assert (early.error, late.error) == (None, None)
    (row,) = contact_accounts.rows_of(AccountRun.objects.get())
    assert row.outcome == Outcome.INVITED
    assert Membership.objects.count() == OutgoingMail.objects.count() == 1


def test_two_forms_with_one_contact_make_one_account(
    alpha: Reseller, dana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = ContactFactory(primary=True)
    keys = [uuid.uuid4(), uuid.uuid4()]

    def go_on(key: uuid.UUID) -> str:
        run = contact_accounts.make_accounts(anna.customer, [anna], key=key, by=dana)
        return contact_accounts.rows_of(run)[0].outcome

    def break_off(*_args: object, **_kwargs: object) -> Membership:
        raise ConnectionError

    # Both runs have begun already: writing them would make the second wait for another reason.
    monkeypatch.setattr(people, "add_person", break_off)
    for key in keys:
        with pytest.raises(ConnectionError):
            go_on(key)
    monkeypatch.undo()

    early, late = overlap(alpha, lambda: go_on(keys[0]), lambda: go_on(keys[1]))

    assert (early.result, late.result) == (Outcome.INVITED, Outcome.SKIPPED)
    assert Membership.objects.count() == OutgoingMail.objects.count() == 1


def test_who_joins_another_company_is_not_suspended_by_the_first(
    alpha: Reseller, dana: User
) -> None:
    zoe = MembershipFactory()
    ben = MembershipFactory(customer=zoe.customer, viewer=True)
    other = MembershipFactory().customer

    _early, late = overlap(
        alpha,
        lambda: people.join(other, ben.user, role=CustomerRole.VIEWER, by=dana),
        lambda: colleagues.suspend(Membership.objects.get(pk=ben.pk), by=zoe.user),
    )

    assert isinstance(late.error, CannotManageColleagueError)
    assert "Only Alpha Cloud" in str(late.error)
    ben.user.refresh_from_db()
    assert ben.user.status == User.Status.ACTIVE


def test_two_administrators_do_not_both_step_down(alpha: Reseller) -> None:
    zoe = MembershipFactory()
    yan = MembershipFactory(customer=zoe.customer)

    _early, late = overlap(
        alpha,
        lambda: colleagues.change_role(zoe, CustomerRole.VIEWER, by=zoe.user),
        lambda: colleagues.remove(Membership.objects.get(pk=yan.pk), by=yan.user),
    )

    assert isinstance(late.error, CannotManageColleagueError)
    assert Membership.objects.active_administrators().count() == 1


def test_two_clicks_send_one_link_for_a_new_password(alpha: Reseller, dana: User) -> None:
    ben = MembershipFactory(user__with_password=True).user

    _early, late = overlap(
        alpha,
        lambda: passwords.send_reset(ben, by=dana),
        lambda: passwords.send_reset(ben, by=dana),
    )

    assert isinstance(late.error, CannotSendResetError)
    assert OutgoingMail.objects.count() == 1
