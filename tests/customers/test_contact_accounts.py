"""User accounts made from contacts: who is invited, who joins, who is skipped."""

import uuid

import pytest

from accounts.models import User
from accounts.roles import StaffRole
from audit.models import AuditEntry
from customers import account_rows
from customers.account_rows import AccountRow, Outcome
from customers.flows import contact_accounts as flows
from customers.flows import people
from customers.flows.contact_accounts import CannotMakeAccountsError
from customers.models import AccountRun, Contact, Customer, Membership
from customers.roles import CustomerRole
from notifications.models import OutgoingMail
from resellers.models import Reseller
from tests.factories.accounts import PASSWORD, StaffMemberFactory, UserFactory
from tests.factories.customers import ContactFactory, CustomerFactory, MembershipFactory


@pytest.fixture
def dana(alpha: Reseller) -> User:
    user: User = StaffMemberFactory(user__full_name="Dana").user
    return user


@pytest.fixture
def customer(alpha: Reseller) -> Customer:
    acme: Customer = CustomerFactory(organization_name="Acme")
    MembershipFactory(customer=acme)
    return acme


def contact(customer: Customer, email: str = "new@acme.example", **details: object) -> Contact:
    made: Contact = ContactFactory(customer=customer, email=email, **details)
    return made


def make(
    customer: Customer, *contacts: Contact, by: User, key: uuid.UUID | None = None
) -> list[AccountRow]:
    return flows.rows_of(flows.make_accounts(customer, contacts, key=key or uuid.uuid4(), by=by))


# The person who has the contact's e-mail already, and what becomes of the contact.
CASES: list[tuple[dict[str, object] | None, Outcome, str]] = [
    (None, Outcome.INVITED, "customer_invitation"),
    ({"with_password": True}, Outcome.JOINED, "customer_joined"),
    ({}, Outcome.INVITED, "customer_invitation"),  # active, but never had a password
    ({"pending_email_validation": True}, Outcome.INVITED, "customer_invitation"),
    ({"pending_approval": True}, Outcome.INVITED, "customer_invitation"),
    ({"suspended": True}, Outcome.SKIPPED, ""),
]


class TestEachCase:
    @pytest.mark.parametrize(("known", "outcome", "mail"), CASES)
    def test_what_is_planned_happens(
        self,
        dana: User,
        customer: Customer,
        known: dict[str, object] | None,
        outcome: str,
        mail: str,
    ) -> None:
        if known is not None:
            UserFactory(email="new@acme.example", **known)
        new = contact(customer, user_type=CustomerRole.BILLING)

        (planned,) = account_rows.plan(customer, [new])
        (row,) = make(customer, new, by=dana)

        assert (planned.outcome, row.outcome) == (outcome, outcome)
        members = Membership.objects.filter(customer=customer, user__email=new.email)
        assert [each.role for each in members] == ([CustomerRole.BILLING] if mail else [])
        sent = OutgoingMail.objects.values_list("kind", "recipient_email")
        assert list(sent) == ([(mail, new.email)] if mail else [])
        assert row.user_id == (str(members.get().user_id) if mail else "")
        assert bool(row.reason) is (outcome == Outcome.SKIPPED)

    def test_a_new_person_gets_name_and_no_password(self, dana: User, customer: Customer) -> None:
        make(customer, contact(customer, first_name="Anna", last_name="Müller"), by=dana)

        user = User.objects.get(email="new@acme.example")
        assert (user.full_name, user.status) == (
            "Anna Müller",
            User.Status.PENDING_EMAIL_VALIDATION,
        )
        assert not user.has_usable_password()

    def test_a_name_as_long_as_it_gets_fits(self, dana: User, customer: Customer) -> None:
        make(customer, contact(customer, first_name="A" * 59, last_name="B" * 60), by=dana)

        assert len(User.objects.get(email="new@acme.example").full_name) == 120

    def test_who_joins_keeps_password_and_name(self, dana: User, customer: Customer) -> None:
        known = MembershipFactory(user__with_password=True, user__full_name="Kim").user

        (row,) = make(customer, contact(customer, known.email), by=dana)

        known.refresh_from_db()
        assert row.outcome == Outcome.JOINED
        assert (known.full_name, known.check_password(PASSWORD)) == ("Kim", True)
        assert Membership.objects.filter(user=known).count() == 2

    def test_who_belongs_already_is_skipped(self, dana: User, customer: Customer) -> None:
        user = MembershipFactory(customer=customer).user

        (row,) = make(customer, contact(customer, user.email), by=dana)

        assert (row.outcome, row.user_id) == (Outcome.SKIPPED, str(user.pk))
        assert "already" in row.reason
        assert not AuditEntry.objects.exists()

    def test_the_first_person_of_a_customer_is_its_administrator(self, dana: User) -> None:
        empty = CustomerFactory()
        viewer = contact(empty, "v@acme.example", primary=True)
        chosen = contact(empty, "c@acme.example", user_type=CustomerRole.ADMINISTRATOR)
        gone = UserFactory(suspended=True, email="a@acme.example")
        suspended = contact(empty, gone.email, user_type=CustomerRole.ADMINISTRATOR)

        planned = account_rows.plan(empty, [viewer, suspended, chosen])
        rows = make(empty, viewer, suspended, chosen, by=dana)

        roles = {row.email: row.role for row in rows if row.outcome == Outcome.INVITED}
        assert roles == {"c@acme.example": "administrator", "v@acme.example": "viewer"}
        assert [row.role for row in planned] == [row.role for row in rows]

    def test_without_an_administrator_among_them_the_first_one_becomes_it(self, dana: User) -> None:
        empty = CustomerFactory()

        (planned,) = account_rows.plan(empty, [contact(empty)])
        (row,) = make(empty, Contact.objects.get(), by=dana)

        assert planned.role == row.role == CustomerRole.ADMINISTRATOR


class TestTogether:
    def test_one_that_fails_loses_no_other(self, dana: User, customer: Customer) -> None:
        colleague = StaffMemberFactory(invited=True, role=StaffRole.OWNER).user
        first, last = contact(customer, "a@acme.example"), contact(customer, "z@acme.example")
        staff = contact(customer, colleague.email)

        rows = make(customer, first, staff, last, by=dana)

        assert {row.email: row.outcome for row in rows} == {
            "a@acme.example": Outcome.INVITED,
            colleague.email: Outcome.FAILED,
            "z@acme.example": Outcome.INVITED,
        }
        failed = next(row for row in rows if row.outcome == Outcome.FAILED)
        assert "Only people who manage the team" in failed.reason
        assert not Membership.objects.filter(user=colleague).exists()
        assert Membership.objects.filter(customer=customer).count() == 3

    def test_the_same_form_twice_makes_nothing_twice(self, dana: User, customer: Customer) -> None:
        new, key = contact(customer), uuid.uuid4()

        first, second = (make(customer, new, by=dana, key=key) for _ in range(2))

        assert first == second
        assert AccountRun.objects.get().pk == key
        assert User.objects.filter(email=new.email).count() == 1
        assert OutgoingMail.objects.count() == 1

    def test_another_form_finds_them_done(self, dana: User, customer: Customer) -> None:
        new = contact(customer)
        make(customer, new, by=dana)

        (row,) = make(customer, new, by=dana)

        assert row.outcome == Outcome.SKIPPED
        assert OutgoingMail.objects.count() == 1

    def test_a_run_that_was_cut_short_goes_on(
        self, dana: User, customer: Customer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        contacts = [contact(customer, f"{letter}@acme.example") for letter in "abc"]
        key, add = uuid.uuid4(), people.add_person

        def break_at_b(*args: object, **kwargs: object) -> Membership:
            if args[1].email.startswith("b"):  # type: ignore[attr-defined]
                raise ConnectionError
            return add(*args, **kwargs)  # type: ignore[arg-type]

        monkeypatch.setattr(people, "add_person", break_at_b)
        with pytest.raises(ConnectionError):
            make(customer, *contacts, by=dana, key=key)
        monkeypatch.undo()
        halfway = [row.outcome for row in flows.rows_of(AccountRun.objects.get())]

        rows = make(customer, *contacts, by=dana, key=key)

        assert halfway == [Outcome.INVITED, Outcome.WAITING, Outcome.WAITING]
        assert [row.outcome for row in rows] == [Outcome.INVITED] * 3
        assert OutgoingMail.objects.count() == 3

    def test_a_key_that_was_used_for_others_begins_anew(
        self, dana: User, customer: Customer
    ) -> None:
        key = uuid.uuid4()
        other = CustomerFactory()
        make(customer, contact(customer, "a@acme.example"), by=dana, key=key)

        (second,) = make(customer, contact(customer, "b@acme.example"), by=dana, key=key)
        (third,) = make(other, contact(other, "c@acme.example"), by=dana, key=key)

        assert (second.email, third.email) == ("b@acme.example", "c@acme.example")
        assert {second.outcome, third.outcome} == {Outcome.INVITED}
        assert AccountRun.objects.count() == 3

    def test_who_was_removed_meanwhile_is_skipped(self, dana: User, customer: Customer) -> None:
        gone = contact(customer)
        Contact.objects.all().delete()

        (row,) = make(customer, gone, by=dana)

        assert row.outcome == Outcome.SKIPPED
        assert "removed meanwhile" in row.reason
        assert not User.objects.filter(email=gone.email).exists()

    def test_nothing_and_too_much_is_refused(
        self, dana: User, customer: Customer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(flows, "MOST", 1)
        two = [contact(customer, f"{letter}@acme.example") for letter in "ab"]

        for contacts in ([], two):
            with pytest.raises(CannotMakeAccountsError):
                make(customer, *contacts, by=dana)

        assert not AccountRun.objects.exists()
        assert not OutgoingMail.objects.exists()
