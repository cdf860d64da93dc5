"""Contacts come and go; exactly one of a customer's is primary."""

import uuid

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from audit.models import AuditEntry
from customers.flows import contacts as flows
from customers.flows import merging
from customers.flows.contacts import (
    CannotRemoveContactError,
    CannotSaveContactError,
    ContactDetails,
    ContactGoneError,
)
from customers.models import Contact, Customer
from customers.staleness import StaleError
from resellers.models import Reseller
from tests.factories.accounts import StaffMemberFactory
from tests.factories.customers import ContactFactory, CustomerFactory, MembershipFactory

ANNA: ContactDetails = {
    "first_name": "Anna",
    "last_name": "Müller",
    "designation": "Head of IT",
    "email": "Anna@ACME.example",
    "phone": "+4930901820",
    "mobile": "",
    "user_type": "billing",
    "gets_billing_alerts": True,
}


@pytest.fixture
def dana(alpha: Reseller) -> User:
    user: User = StaffMemberFactory(user__full_name="Dana").user
    return user


@pytest.fixture
def customer(alpha: Reseller) -> Customer:
    acme: Customer = CustomerFactory(organization_name="Acme")
    return acme


def primary_of(customer: Customer) -> list[Contact]:
    return list(Contact.objects.of_customer(customer).primary())


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


class TestAdd:
    def test_makes_a_contact_and_says_so_on_the_customers_timeline(
        self, dana: User, customer: Customer
    ) -> None:
        anna = flows.add(customer, ANNA, by=dana)

        stored = Contact.objects.values(*flows.FIELDS, "customer_id", "version").get()
        assert stored == {
            **ANNA,
            "email": "anna@acme.example",
            "customer_id": customer.pk,
            "version": 1,
        }
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.actor_id, entry.subject_name) == (
            "contact.added",
            dana.pk,
            "Anna Müller",
        )
        assert set(entry.about) == {anna.pk, customer.pk}

    def test_the_first_one_is_primary_and_the_next_is_not(
        self, dana: User, customer: Customer
    ) -> None:
        anna = flows.add(customer, ANNA, by=dana)
        ben = flows.add(customer, {**ANNA, "email": "ben@acme.example"}, by=dana)

        assert primary_of(customer) == [anna]
        assert not ben.is_primary

    def test_the_next_one_can_take_the_flag(self, dana: User, customer: Customer) -> None:
        flows.add(customer, ANNA, by=dana)

        ben = flows.add(customer, {**ANNA, "email": "ben@acme.example"}, by=dana, primary=True)

        assert primary_of(customer) == [ben]
        assert actions() == ["contact.added", "contact.added", "contact.made_primary"]

    @pytest.mark.parametrize("email", ["anna@acme.example", " ANNA@Acme.Example "])
    def test_an_e_mail_is_taken_once_per_customer(
        self, dana: User, customer: Customer, email: str
    ) -> None:
        flows.add(customer, ANNA, by=dana)

        with pytest.raises(CannotSaveContactError, match="e-mail already") as refused:
            flows.add(customer, {**ANNA, "email": email}, by=dana, primary=True)

        assert refused.value.field == "email"
        assert Contact.objects.count() == 1
        assert actions() == ["contact.added"]

    def test_another_customer_may_have_the_same_contact(
        self, dana: User, customer: Customer
    ) -> None:
        flows.add(customer, ANNA, by=dana)
        flows.add(CustomerFactory(), ANNA, by=dana)

        assert Contact.objects.primary().count() == 2

    def test_the_same_form_twice_makes_one(self, dana: User, customer: Customer) -> None:
        key = uuid.uuid4()

        first, second = (flows.add(customer, ANNA, by=dana, key=key) for _ in range(2))

        assert first == second == Contact.objects.get()
        assert first.pk == key
        assert actions() == ["contact.added"]

    def test_another_contact_under_a_used_key_is_another_one(
        self, dana: User, customer: Customer
    ) -> None:
        key = uuid.uuid4()
        flows.add(customer, ANNA, by=dana, key=key)

        flows.add(customer, {**ANNA, "email": "ben@acme.example"}, by=dana, key=key)
        flows.add(CustomerFactory(), ANNA, by=dana, key=key)

        assert Contact.objects.count() == 3


class TestEdit:
    def test_changes_fields_and_tells_old_and_new(self, dana: User, customer: Customer) -> None:
        anna = flows.add(customer, ANNA, by=dana)

        flows.edit(anna, {"designation": "CTO", "phone": "+4930901820"}, version=1, by=dana)

        anna.refresh_from_db()
        assert (anna.designation, anna.version) == ("CTO", 2)
        entry = AuditEntry.objects.get(action="contact.edited")
        assert entry.changes == {"designation": ["Head of IT", "CTO"]}
        assert set(entry.about) == {anna.pk, customer.pk}

    def test_a_stale_edit_is_refused_with_what_others_did(
        self, dana: User, customer: Customer
    ) -> None:
        anna = flows.add(customer, ANNA, by=dana)
        flows.edit(anna, {**ANNA, "designation": "CTO"}, version=1, by=dana)

        with pytest.raises(StaleError) as refused:
            flows.edit(anna, {**ANNA, "designation": "CEO"}, version=1, by=dana)

        assert [(each.field, each.was, each.theirs) for each in refused.value.changes] == [
            ("designation", "Head of IT", "CTO")
        ]
        anna.refresh_from_db()
        assert (anna.designation, anna.version) == ("CTO", 2)

    def test_the_same_edit_twice_changes_once(self, dana: User, customer: Customer) -> None:
        anna = flows.add(customer, ANNA, by=dana)

        for _ in range(2):
            flows.edit(anna, {**ANNA, "designation": "CTO"}, version=1, by=dana)

        anna.refresh_from_db()
        assert anna.version == 2
        assert actions() == ["contact.added", "contact.edited"]

    def test_the_e_mail_of_another_contact_is_refused(self, dana: User, customer: Customer) -> None:
        flows.add(customer, ANNA, by=dana)
        ben = flows.add(customer, {**ANNA, "email": "ben@acme.example"}, by=dana)

        with pytest.raises(CannotSaveContactError) as refused:
            flows.edit(ben, {"email": "ANNA@acme.example"}, version=1, by=dana)

        assert refused.value.field == "email"
        ben.refresh_from_db()
        assert (ben.email, ben.version) == ("ben@acme.example", 1)

    def test_a_removed_contact_is_not_edited(self, dana: User, customer: Customer) -> None:
        anna = flows.add(customer, ANNA, by=dana)
        flows.remove(anna, by=dana)
        anna.pk = anna.pk or uuid.uuid4()

        for deed in (
            lambda: flows.edit(anna, {"designation": "CTO"}, version=1, by=dana),
            lambda: flows.make_primary(anna, by=dana),
        ):
            with pytest.raises(ContactGoneError, match="removed meanwhile"):
                deed()


class TestThePrimaryContact:
    def test_the_flag_moves(self, dana: User, customer: Customer) -> None:
        anna = ContactFactory(customer=customer, primary=True)
        ben = ContactFactory(customer=customer)

        flows.make_primary(ben, by=dana)

        assert primary_of(customer) == [ben]
        entry = AuditEntry.objects.get()
        assert set(entry.about) == {anna.pk, ben.pk, customer.pk}

    def test_twice_is_once(self, dana: User, customer: Customer) -> None:
        ContactFactory(customer=customer, primary=True)
        ben = ContactFactory(customer=customer)

        for _ in range(2):
            flows.make_primary(ben, by=dana)

        assert actions() == ["contact.made_primary"]

    def test_another_customers_stays(self, dana: User, customer: Customer) -> None:
        stranger = ContactFactory(primary=True)
        ben = ContactFactory(customer=customer)

        flows.make_primary(ben, by=dana)

        stranger.refresh_from_db()
        assert stranger.is_primary


class TestRemove:
    def test_the_trail_keeps_the_name(self, dana: User, customer: Customer) -> None:
        ContactFactory(customer=customer, primary=True)
        ben = ContactFactory(customer=customer, first_name="Ben", last_name="Ortiz")
        key = ben.pk

        flows.remove(ben, by=dana)

        assert not Contact.objects.filter(pk=key).exists()
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.subject_name) == ("contact.removed", "Ben Ortiz")
        assert set(entry.about) == {key, customer.pk}

    def test_the_primary_one_stays_while_there_are_others(
        self, dana: User, customer: Customer
    ) -> None:
        anna = ContactFactory(customer=customer, primary=True)
        ContactFactory(customer=customer)

        with pytest.raises(CannotRemoveContactError, match="Make somebody else primary"):
            flows.remove(anna, by=dana)

        assert Contact.objects.count() == 2
        assert actions() == []

    def test_the_only_one_may_go(self, dana: User, customer: Customer) -> None:
        anna = ContactFactory(customer=customer, primary=True)

        flows.remove(anna, by=dana)

        assert not Contact.objects.exists()

    def test_twice_is_once_and_a_user_stays(self, dana: User, customer: Customer) -> None:
        anna = ContactFactory(customer=customer, primary=True)
        membership = MembershipFactory(customer=customer, user__email=anna.email)
        again = Contact.objects.get(pk=anna.pk)

        flows.remove(anna, by=dana)
        flows.remove(again, by=dana)

        assert actions() == ["contact.removed"]
        membership.refresh_from_db()


class TestWhenTwoCustomersBecomeOne:
    def test_contacts_go_along_and_the_survivor_keeps_its_primary(
        self, dana: User, customer: Customer
    ) -> None:
        anna = ContactFactory(customer=customer, primary=True)
        duplicate = CustomerFactory()
        ben = ContactFactory(customer=duplicate, primary=True)
        same = ContactFactory(customer=duplicate, email=anna.email)

        merging.merge(duplicate, customer, by=dana)

        assert set(Contact.objects.of_customer(customer)) == {anna, ben}
        assert primary_of(customer) == [anna]
        assert primary_of(duplicate) == [same]

    def test_without_a_primary_of_its_own_the_survivor_takes_theirs(
        self, dana: User, customer: Customer
    ) -> None:
        duplicate = CustomerFactory()
        ContactFactory(customer=duplicate)
        ben = ContactFactory(customer=duplicate, primary=True)

        merging.merge(duplicate, customer, by=dana)

        assert primary_of(customer) == [ben]
        assert Contact.objects.of_customer(customer).count() == 2


class TestTheDatabaseItself:
    @pytest.mark.parametrize(
        ("changes", "rule"),
        [
            ({"email": "Anna@acme.example"}, "contact_email_is_lower_case"),
            ({"first_name": ""}, "contact_has_a_name"),
            ({"last_name": ""}, "contact_has_a_name"),
            ({"user_type": "owner"}, "contact_user_type_is_known"),
            ({"phone": "030 901820"}, "contact_phones_are_e164"),
            ({"mobile": "+0"}, "contact_phones_are_e164"),
        ],
    )
    def test_refuses(self, customer: Customer, changes: dict[str, str], rule: str) -> None:
        with pytest.raises(IntegrityError, match=rule), transaction.atomic():
            ContactFactory(customer=customer, **changes)

    def test_holds_one_primary_and_one_e_mail_per_customer(self, customer: Customer) -> None:
        anna = ContactFactory(customer=customer, primary=True)

        with pytest.raises(IntegrityError, match="one_primary"), transaction.atomic():
            ContactFactory(customer=customer, primary=True)
        with pytest.raises(IntegrityError, match="once_per_customer"), transaction.atomic():
            ContactFactory(customer=customer, email=anna.email)


class TestQuestions:
    def test_the_user_is_the_one_of_the_same_customer_with_the_same_e_mail(
        self, customer: Customer
    ) -> None:
        anna = ContactFactory(customer=customer)
        elsewhere = ContactFactory(customer=customer)
        nobody = ContactFactory(customer=customer)
        user = MembershipFactory(customer=customer, user__email=anna.email).user
        MembershipFactory.create_batch(2, customer=customer)
        MembershipFactory(user__email=elsewhere.email)

        found = {each.pk: each.user_id for each in Contact.objects.with_users()}  # type: ignore[attr-defined]

        assert found == {anna.pk: user.pk, elsewhere.pk: None, nobody.pk: None}

    @pytest.mark.parametrize(
        ("words", "is_found"),
        [("müll", True), ("HEAD anna", True), ("+4930", True), ("anna zz", False), ("%", False)],
    )
    def test_search_wants_every_word(
        self, dana: User, customer: Customer, words: str, is_found: bool
    ) -> None:
        flows.add(customer, ANNA, by=dana)

        assert Contact.objects.search(words).exists() is is_found
