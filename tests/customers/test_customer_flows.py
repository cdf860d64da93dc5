"""Making and changing customers."""

import uuid
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from audit.models import AuditEntry
from customers import codes
from customers.flows import customers as flows
from customers.flows.customers import CannotSaveCustomerError, CustomerDetails
from customers.models import Customer
from customers.staleness import StaleError
from resellers.models import Reseller
from tests.factories.accounts import StaffMemberFactory
from tests.factories.customers import CustomerFactory


@pytest.fixture
def dana(alpha: Reseller) -> User:
    user: User = StaffMemberFactory(user__full_name="Dana").user
    return user


@pytest.fixture
def robin(alpha: Reseller) -> User:
    user: User = StaffMemberFactory(user__full_name="Robin").user
    return user


def details(**changes: object) -> CustomerDetails:
    told = {
        "organization_name": "Acme GmbH",
        "contact_name": "Anna Smith",
        "contact_email": "anna@acme.example",
    }
    return CustomerDetails(**{**told, **changes})  # type: ignore[typeddict-item]


class TestCreate:
    def test_makes_the_customer_and_says_so_on_the_trail(self, dana: User) -> None:
        customer = flows.create(details(country="DE", turnover=None), by=dana)

        stored = Customer.objects.get()
        assert (stored.organization_name, stored.code) == ("Acme GmbH", "ACME")
        assert (stored.country.code, stored.version) == ("DE", 1)
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.actor_id) == ("customer.created", dana.pk)
        assert (entry.subject_id, entry.about) == (customer.pk, [customer.pk])

    def test_stands_on_further_timelines(self, dana: User) -> None:
        other = CustomerFactory()

        customer = flows.create(details(), by=dana, about=[other])

        assert set(AuditEntry.objects.get().about) == {customer.pk, other.pk}

    def test_keeps_a_typed_code(self, dana: User) -> None:
        assert flows.create(details(code="A-1"), by=dana).code == "A-1"

    def test_proposes_another_code_than_those_taken(self, dana: User) -> None:
        CustomerFactory(code="ACME")

        assert flows.create(details(), by=dana).code == "ACME-2"

    def test_refuses_a_typed_code_that_is_taken_and_saves_nothing(self, dana: User) -> None:
        CustomerFactory(code="ACME")

        with pytest.raises(CannotSaveCustomerError, match="Another customer") as refused:
            flows.create(details(code="ACME"), by=dana)

        assert refused.value.field == "code"
        assert Customer.objects.count() == 1
        assert not AuditEntry.objects.exists()

    def test_tries_again_when_somebody_takes_the_proposed_code_first(
        self, dana: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        CustomerFactory(code="ACME")
        proposals = iter(["ACME", "ACME-2"])
        monkeypatch.setattr(codes, "propose", lambda _name: next(proposals))

        assert flows.create(details(), by=dana).code == "ACME-2"

    def test_gives_up_with_a_sentence_when_no_code_is_free(
        self, dana: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        CustomerFactory(code="ACME")
        monkeypatch.setattr(codes, "propose", lambda _name: "ACME")

        with pytest.raises(CannotSaveCustomerError, match="Type one") as refused:
            flows.create(details(), by=dana)

        assert refused.value.field == "code"

    def test_the_same_form_sent_twice_makes_one_customer(self, dana: User) -> None:
        key = uuid.uuid4()

        made = [flows.create(details(city="Bonn"), by=dana, key=key) for _ in range(2)]

        assert [each.pk for each in made] == [key, key]
        assert Customer.objects.count() == 1
        assert AuditEntry.objects.count() == 1

    def test_a_form_that_was_changed_and_sent_again_makes_another(self, dana: User) -> None:
        key = uuid.uuid4()
        flows.create(details(), by=dana, key=key)

        other = flows.create(details(organization_name="Bolt"), by=dana, key=key)

        assert other.pk != key
        assert Customer.objects.count() == 2

    def test_a_mistake_of_ours_stays_an_error(self, dana: User) -> None:
        with pytest.raises(IntegrityError, match="customer_turnover_has_a_currency"):
            flows.create(details(turnover=Decimal(5)), by=dana)


class TestEdit:
    def test_saves_what_changed_and_tells_old_and_new(self, dana: User) -> None:
        customer = CustomerFactory(city="Bonn", notes="same")

        flows.edit(customer, CustomerDetails(city="Berlin", notes="same"), version=1, by=dana)

        customer.refresh_from_db()
        assert (customer.city, customer.version) == ("Berlin", 2)
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.changes) == ("customer.edited", {"city": ["Bonn", "Berlin"]})

    def test_without_a_change_nothing_happens(self, dana: User) -> None:
        customer = CustomerFactory(complete=True)
        customer.refresh_from_db()

        same = {field: getattr(customer, field) for field in flows.FIELDS}
        flows.edit(customer, CustomerDetails(**same), version=1, by=dana)  # type: ignore[typeddict-item]

        customer.refresh_from_db()
        assert customer.version == 1
        assert not AuditEntry.objects.exists()

    def test_can_switch_a_toggle_off_again(self, dana: User) -> None:
        customer = CustomerFactory(test_drives_enabled=True)

        flows.edit(customer, CustomerDetails(test_drives_enabled=False), version=1, by=dana)

        customer.refresh_from_db()
        assert customer.test_drives_enabled is False
        assert AuditEntry.objects.get().changes == {"test_drives_enabled": [True, False]}

    def test_an_emptied_code_is_proposed_anew(self, dana: User) -> None:
        customer = CustomerFactory(organization_name="Acme", code="OLD")

        flows.edit(customer, CustomerDetails(code=""), version=1, by=dana)

        customer.refresh_from_db()
        assert customer.code == "ACME"

    def test_refuses_the_code_of_another_customer(self, dana: User) -> None:
        CustomerFactory(code="TAKEN")
        customer = CustomerFactory(code="MINE", city="Bonn")

        with pytest.raises(CannotSaveCustomerError, match="Another customer") as refused:
            flows.edit(customer, CustomerDetails(code="TAKEN", city="X"), version=1, by=dana)

        assert refused.value.field == "code"
        customer.refresh_from_db()
        assert (customer.code, customer.city, customer.version) == ("MINE", "Bonn", 1)
        assert not AuditEntry.objects.exists()

    def test_a_stale_edit_changes_nothing_and_tells_what_others_did(
        self, dana: User, robin: User
    ) -> None:
        customer = CustomerFactory(city="Bonn", suite="1", notes="")
        flows.edit(customer, CustomerDetails(suite="2"), version=1, by=robin)
        flows.edit(customer, CustomerDetails(city="Köln"), version=2, by=robin)
        flows.edit(customer, CustomerDetails(city="Essen", suite="1"), version=3, by=robin)

        mine = CustomerDetails(notes="mine", city="Bonn", suite="2")
        with pytest.raises(StaleError) as refused:
            flows.edit(customer, mine, version=2, by=dana)

        customer.refresh_from_db()
        assert (customer.notes, customer.version) == ("", 4)
        assert [entry.actor_name for entry in refused.value.entries] == ["Robin", "Robin"]
        assert {(each.field, each.was, each.theirs) for each in refused.value.changes} == {
            ("city", "Bonn", "Essen"),
            ("suite", "2", "1"),
        }

    def test_edits_of_other_fields_do_not_disturb(self, dana: User, robin: User) -> None:
        customer = CustomerFactory(city="Bonn", notes="")
        flows.edit(customer, CustomerDetails(city="Köln"), version=1, by=robin)

        flows.edit(customer, CustomerDetails(notes="mine"), version=1, by=dana)

        customer.refresh_from_db()
        assert (customer.city, customer.notes, customer.version) == ("Köln", "mine", 3)

    def test_a_field_that_others_put_back_is_no_change(self, dana: User, robin: User) -> None:
        customer = CustomerFactory(city="Bonn")
        flows.edit(customer, CustomerDetails(city="Köln"), version=1, by=robin)
        flows.edit(customer, CustomerDetails(city="Bonn"), version=2, by=robin)

        with pytest.raises(StaleError) as refused:
            flows.edit(customer, CustomerDetails(city="Essen"), version=1, by=dana)

        assert refused.value.changes == []

    @pytest.mark.parametrize("version", [2, 99])
    def test_a_version_from_the_future_is_refused(self, dana: User, version: int) -> None:
        customer = CustomerFactory(city="Bonn")

        with pytest.raises(StaleError):
            flows.edit(customer, CustomerDetails(city="Essen"), version=version, by=dana)

        customer.refresh_from_db()
        assert customer.city == "Bonn"


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"website": "javascript:alert(1)"}, "customer_website_is_on_the_web"),
        ({"code": "no good"}, "customer_code_is_plain"),
        ({"code": ""}, "customer_code_is_plain"),
        ({"organization_name": ""}, "customer_has_a_name"),
        (
            {"turnover": Decimal(-1), "turnover_currency": "EUR"},
            "customer_turnover_is_not_negative",
        ),
        ({"turnover": None, "turnover_currency": "EUR"}, "customer_turnover_has_a_currency"),
    ],
)
def test_the_database_refuses_what_is_written_around_the_flow(
    alpha: Reseller, changes: dict[str, object], rule: str
) -> None:
    customer = CustomerFactory()

    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Customer.objects.filter(pk=customer.pk).update(**changes)
