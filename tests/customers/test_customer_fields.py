"""Values of custom fields at customers: saving, finding, searching."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django_tenants.utils import tenant_context
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kombu.exceptions import OperationalError

from accounts.models import User
from audit import sentences
from audit.models import AuditEntry
from customers import custom_search, custom_values, tasks
from customers.custom_values import UnusableValueError
from customers.flows import custom_fields, merging
from customers.flows import custom_values as flows
from customers.flows import customers as customer_flows
from customers.flows.custom_choices import ChoiceChanges
from customers.flows.customers import CannotSaveCustomerError, CustomerDetails
from customers.flows.filling import CannotFillError, Told
from customers.models import Customer, CustomField
from customers.staleness import StaleError
from resellers.models import Reseller
from tests.factories.accounts import StaffMemberFactory
from tests.factories.customers import CustomerFactory, CustomFieldFactory

Kind = CustomField.Kind
DETAILS = CustomerDetails(
    organization_name="Acme", contact_name="Anna", contact_email="anna@acme.example"
)


@pytest.fixture
def dana(alpha: Reseller) -> User:
    user: User = StaffMemberFactory(user__full_name="Dana").user
    return user


@pytest.fixture
def robin(alpha: Reseller) -> User:
    user: User = StaffMemberFactory(user__full_name="Robin").user
    return user


def stored(customer: Customer) -> dict[str, object]:
    customer.refresh_from_db()
    return dict(customer.custom_values)


class TestEdit:
    def test_saves_typed_values_and_tells_labels_with_old_and_new(self, dana: User) -> None:
        CustomFieldFactory(key="cost", label="Cost centre")
        CustomFieldFactory(choice=True, key="tier", label="Support tier")
        CustomFieldFactory(number=True, key="seats", label="Seats")
        CustomFieldFactory(yes_no=True, key="reference", label="Reference")
        CustomFieldFactory(date=True, key="since", label="Since")
        customer = CustomerFactory(
            custom_values={"tier": "silver", "seats": "5", "since": "2020-01-01"}
        )

        told: Told = {
            "cost": "CC-1",
            "tier": "gold",
            "seats": None,
            "reference": False,
            "since": "2020-01-01",
        }
        flows.edit(customer, told, version=1, by=dana)

        assert stored(customer) == {
            "cost": "CC-1",
            "tier": "gold",
            "reference": False,
            "since": "2020-01-01",
        }
        assert customer.version == 2
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.actor_name, entry.about) == (
            "customer.edited",
            "Dana",
            [customer.pk],
        )
        assert {str(change) for change in sentences.changes(entry)} == {
            "Cost centre: CC-1",
            "Support tier: Silver → Gold",
            "Seats: 5 → empty",
            "Reference: no",
        }

    def test_the_trail_keeps_what_the_field_was_called_then(self, dana: User) -> None:
        field = CustomFieldFactory(key="city_code", label="city")
        flows.edit(CustomerFactory(), {"city_code": "B"}, version=1, by=dana)
        CustomField.objects.filter(pk=field.pk).update(label="Renamed")

        assert [str(each) for each in sentences.changes(AuditEntry.objects.get())] == ["city: B"]

    def test_without_a_change_nothing_happens_whatever_the_version(self, dana: User) -> None:
        CustomFieldFactory(key="cost")
        customer = CustomerFactory(custom_values={"cost": "1"}, version=5)

        flows.edit(customer, {"cost": "1"}, version=3, by=dana)

        customer.refresh_from_db()
        assert customer.version == 5
        assert not AuditEntry.objects.exists()

    @pytest.mark.parametrize(
        ("told", "name", "sentence"),
        [
            ({"need": None}, "field.need", "“Needed” is required"),
            ({"cost": "x\x00"}, "field.cost", "control character"),
            ({"cost": 5}, "field.cost", "not a value of the kind “Text”"),
            ({"cost": True}, "field.cost", "not a value of the kind “Text”"),
            ({"tier": "platinum"}, "field.tier", "not offered any more"),
            ({"tier": "tin"}, "field.tier", "“Tin” is not offered any more"),
            ({"old": "x"}, None, "“Old one” was retired meanwhile"),
            ({"nobody": "x"}, None, "changed meanwhile"),
        ],
    )
    def test_refuses_what_the_definitions_do_not_allow_now(
        self, dana: User, told: Told, name: str | None, sentence: str
    ) -> None:
        CustomFieldFactory(key="need", label="Needed", required=True)
        CustomFieldFactory(key="cost")
        CustomFieldFactory(choice=True, key="tier")
        CustomFieldFactory(key="old", label="Old one", retired=True)
        before = {"need": "1", "tier": "gold"}
        customer = CustomerFactory(custom_values=before)

        with pytest.raises(CannotFillError, match=sentence) as refused:
            flows.edit(customer, told, version=1, by=dana)

        assert refused.value.field == name
        assert stored(customer) == before
        assert not AuditEntry.objects.exists()

    def test_what_a_retired_field_or_answer_holds_stays(self, dana: User) -> None:
        CustomFieldFactory(key="cost")
        CustomFieldFactory(choice=True, key="tier")
        CustomFieldFactory(key="old", retired=True, required=True)
        customer = CustomerFactory(custom_values={"tier": "tin", "old": "kept"})

        flows.edit(customer, {"cost": "1", "tier": "tin", "old": "kept"}, version=1, by=dana)

        assert stored(customer) == {"cost": "1", "tier": "tin", "old": "kept"}

    def test_a_required_field_that_came_later_blocks_no_other_section(self, dana: User) -> None:
        customer = CustomerFactory(city="Bonn")
        CustomFieldFactory(key="need", required=True)

        customer_flows.edit(customer, CustomerDetails(city="Köln"), version=1, by=dana)

        customer.refresh_from_db()
        assert customer.city == "Köln"

    def test_a_stale_edit_changes_nothing_and_tells_what_others_did(
        self, dana: User, robin: User
    ) -> None:
        CustomFieldFactory(key="cost")
        CustomFieldFactory(choice=True, key="tier")
        customer = CustomerFactory(custom_values={"cost": "1", "tier": "silver"})
        flows.edit(customer, {"cost": "2", "tier": "gold"}, version=1, by=robin)

        with pytest.raises(StaleError) as refused:
            flows.edit(customer, {"cost": "3"}, version=1, by=dana)

        assert stored(customer) == {"cost": "2", "tier": "gold"}
        assert {(each.field, each.was, each.theirs) for each in refused.value.changes} == {
            ("field.cost", "1", "2"),
            ("field.tier", "Silver", "Gold"),
        }
        assert [entry.actor_name for entry in refused.value.entries] == ["Robin"]

    def test_an_archived_customer_is_left_alone(self, dana: User) -> None:
        CustomFieldFactory(key="cost")
        customer = CustomerFactory(status="archived", archived_from="active")

        with pytest.raises(CannotFillError, match="archived"):
            flows.edit(customer, {"cost": "1"}, version=1, by=dana)

        assert stored(customer) == {}

    def test_another_section_does_not_disturb(self, dana: User) -> None:
        CustomFieldFactory(key="cost")
        customer = CustomerFactory()
        customer_flows.edit(customer, CustomerDetails(city="Köln"), version=1, by=dana)

        flows.edit(customer, {"cost": "3"}, version=1, by=dana)

        assert stored(customer) == {"cost": "3"}
        assert customer.version == 3

    def test_fields_of_cloud_accounts_are_not_those_of_customers(self, dana: User) -> None:
        CustomFieldFactory(key="cost", applies_to=CustomField.Target.CLOUD_ACCOUNT, required=True)
        CustomFieldFactory(key="mine")

        customer = flows.edit(CustomerFactory(), {"mine": "1"}, version=1, by=dana)
        with pytest.raises(CannotFillError, match="changed meanwhile"):
            flows.edit(customer, {"cost": "1"}, version=2, by=dana)


class TestCreate:
    def test_a_customer_begins_with_values(self, dana: User) -> None:
        CustomFieldFactory(key="cost", searchable=True)
        CustomFieldFactory(number=True, key="seats")

        customer = customer_flows.create(
            DETAILS, by=dana, custom={"cost": "CC-4711", "seats": None}
        )

        assert stored(customer) == {"cost": "CC-4711"}
        assert list(Customer.objects.search("cc-4711")) == [customer]

    def test_is_refused_without_what_is_required(self, dana: User) -> None:
        CustomFieldFactory(key="need", label="Needed", required=True)

        with pytest.raises(CannotSaveCustomerError, match="“Needed” is required") as refused:
            customer_flows.create(DETAILS, by=dana, custom={})

        assert refused.value.field == "field.need"
        assert not Customer.objects.exists()

    def test_who_was_not_asked_need_not_answer(self, dana: User) -> None:
        CustomFieldFactory(key="need", required=True)

        assert stored(customer_flows.create(DETAILS, by=dana)) == {}

    def test_twice_with_one_key_makes_one_and_other_values_make_another(self, dana: User) -> None:
        CustomFieldFactory(key="cost")
        key = uuid.uuid4()

        made = [
            customer_flows.create(DETAILS, by=dana, key=key, custom={"cost": cost})
            for cost in ("1", "1", "2")
        ]

        assert made[0].pk == made[1].pk == key != made[2].pk
        assert [stored(each) for each in made[1:]] == [{"cost": "1"}, {"cost": "2"}]


class TestMerge:
    def test_the_survivor_takes_over_what_it_lacks(self, dana: User) -> None:
        CustomFieldFactory(key="cost", label="Cost centre", searchable=True)
        CustomFieldFactory(choice=True, key="tier", label="Tier")
        CustomFieldFactory(key="old", label="Old", retired=True)
        duplicate = CustomerFactory(custom_values={"cost": "Zeta", "tier": "tin", "old": "4711"})
        survivor = CustomerFactory(custom_values={"tier": "gold"})

        promised = flows.would_take_over(duplicate, survivor)
        merging.merge(duplicate, survivor, by=dana)

        assert promised == {"Cost centre": "Zeta", "Old": "4711"}
        assert stored(survivor) == {"cost": "Zeta", "tier": "gold", "old": "4711"}
        assert survivor.version == 2
        assert list(Customer.objects.listed().search("zeta")) == [survivor]
        entry = AuditEntry.objects.get(action="customer.edited")
        assert set(entry.about) == {survivor.pk, duplicate.pk}
        told = {str(change) for change in sentences.changes(entry)}
        assert told == {"Cost centre: Zeta", "Old: 4711"}

    def test_where_nothing_is_lacking_nothing_changes(self, dana: User) -> None:
        CustomFieldFactory(key="cost")
        duplicate = CustomerFactory(custom_values={"cost": "1"})
        survivor = CustomerFactory(custom_values={"cost": "2"})

        merging.merge(duplicate, survivor, by=dana)

        assert stored(survivor) == {"cost": "2"}
        assert survivor.version == 1
        assert not AuditEntry.objects.filter(action="customer.edited").exists()


class TestFinding:
    def test_finds_exactly_the_value_of_each_kind(self, alpha: Reseller) -> None:
        values: dict[str, tuple[str | bool, str | bool]] = {
            Kind.TEXT: ("CC-1", "CC-10"),
            Kind.NUMBER: ("1.5", "1.50000"),
            Kind.DATE: ("2026-11-22", "2026-11-23"),
            Kind.CHOICE: ("gold", "silver"),
            Kind.YES_NO: (True, False),
        }
        for kind, (value, other) in values.items():
            choices = {"choice": True} if kind == Kind.CHOICE else {"kind": kind}
            field = CustomFieldFactory(key=f"my_{kind}", **choices)
            customer = CustomerFactory(custom_values={field.key: value, "x": "y"})
            CustomerFactory(custom_values={field.key: other})
            CustomerFactory(custom_values={"other": value})

            assert list(Customer.objects.with_custom_value(field, value)) == [customer], kind

    def test_walks_the_index(self, alpha: Reseller) -> None:
        field = CustomFieldFactory(key="cost")
        found = Customer.objects.with_custom_value(field, "CC-1").order_by()

        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            assert "customer_by_custom_value" in found.explain()

    def test_whether_a_key_is_used_walks_it_too(self, alpha: Reseller) -> None:
        used = Customer.objects.filter(custom_values__has_key="cost").order_by()

        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            assert "customer_by_custom_value" in used.explain()

    def test_another_resellers_values_are_not_found(self, alpha: Reseller, bravo: Reseller) -> None:
        field = CustomFieldFactory(key="cost")
        CustomerFactory(custom_values={"cost": "CC-1"})

        with tenant_context(bravo):
            assert not Customer.objects.with_custom_value(field, "CC-1").exists()


class TestSearch:
    def test_follows_what_is_searched(self, dana: User) -> None:
        field = CustomFieldFactory(key="cost")
        CustomFieldFactory(key="other")
        CustomFieldFactory(key="also", searchable=True)
        customer = CustomerFactory(
            custom_values={"cost": "Zeta-1", "other": "Omega", "also": "Kappa %s {}"},
            custom_search="Kappa %s {}",
        )
        CustomerFactory()

        searched = custom_fields.FieldDetails(searchable=True)
        custom_fields.edit(field, searched, ChoiceChanges(), version=1, by=dana)
        assert custom_search.is_due()
        assert custom_search.renew() == 1

        assert not custom_search.is_due()
        assert list(Customer.objects.search("zeta-1 kappa")) == [customer]
        assert not Customer.objects.search("omega").exists()
        customer.refresh_from_db()
        also = CustomField.objects.searched(CustomField.Target.CUSTOMER)
        assert customer.custom_search == custom_values.search_text(also, customer.custom_values)

        custom_fields.retire(field, by=dana)
        tasks.renew_search()
        assert not Customer.objects.search("zeta-1").exists()
        assert list(Customer.objects.search("kappa")) == [customer]

    def test_finds_nothing_more_once_no_field_is_searched(self, dana: User) -> None:
        field = CustomFieldFactory(key="cost", searchable=True)
        CustomerFactory(custom_values={"cost": "Zeta"}, custom_search="Zeta")
        custom_fields.retire(field, by=dana)

        assert custom_search.renew() == 1
        assert Customer.objects.get().custom_search == ""

    def test_goes_through_all_records_in_batches(
        self, alpha: Reseller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(custom_search, "BATCH", 2)
        CustomFieldFactory(key="cost", searchable=True, search_lags_since=timezone.now())
        for number in range(5):
            CustomerFactory(custom_values={"cost": f"CC-{number}"})

        assert custom_search.renew() == 5
        assert Customer.objects.search("cc-").count() == 5
        assert custom_search.renew() == 0

    def test_what_changed_meanwhile_stays_due(
        self, alpha: Reseller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        field = CustomFieldFactory(searchable=True, search_lags_since=timezone.now())
        CustomerFactory()
        batch = custom_search._renew_batch

        def and_meanwhile(*args: Any) -> int:
            later = timezone.now() + timedelta(seconds=1)
            CustomField.objects.filter(pk=field.pk).update(search_lags_since=later)
            return batch(*args)

        monkeypatch.setattr(custom_search, "_renew_batch", and_meanwhile)
        custom_search.renew()

        assert custom_search.is_due()

    def test_the_sweep_wakes_a_worker_where_something_lags(
        self, alpha: Reseller, bravo: Reseller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        woken: list[str] = []
        monkeypatch.setattr(
            tasks.renew_search,
            "delay",
            lambda: woken.append(str(connection.schema_name)),  # type: ignore[attr-defined]
        )
        CustomFieldFactory(search_lags_since=timezone.now())

        tasks.sweep_search()

        assert woken == ["alpha"]

    def test_a_broker_that_is_away_breaks_nothing(
        self, alpha: Reseller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def refuse() -> None:
            raise OperationalError

        monkeypatch.setattr(tasks.renew_search, "delay", refuse)

        tasks.wake_renewal()

        assert "The next sweep tries again" in caplog.text


anything = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=40),
    st.sampled_from(
        ["gold", "tin", "1.5", "-0", "2026-11-22", "NaN", "x" * 501, "a\x00", "\ud800"]
    ),
    st.lists(st.text(max_size=3), max_size=2),
)


@pytest.mark.parametrize("kind", Kind)
@given(value=anything, is_typed=st.booleans(), required=st.booleans())
@settings(
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_only_typed_values_are_ever_stored(
    dana: User, kind: str, value: Any, is_typed: bool, required: bool
) -> None:
    """Whatever a page, an import or a mistake of ours hands over."""
    CustomField.objects.all().delete()
    choices = {"choice": True} if kind == Kind.CHOICE else {"kind": kind}
    field = CustomFieldFactory(key="mine", required=required, **choices)
    customer = CustomerFactory()
    try:
        told = custom_values.parse(field, value) if is_typed else value
        flows.edit(customer, {"mine": told}, version=1, by=dana)
    except (UnusableValueError, CannotFillError) as error:
        assert str(error)  # noqa: PT017 - both ways of refusing are fine

    kept = stored(customer)
    assert kept.keys() <= {"mine"}
    assert all(custom_values.conforms(field, each) for each in kept.values())


@pytest.mark.parametrize("nonsense", ["text", ["list"], 5])
def test_the_database_keeps_values_in_an_object(alpha: Reseller, nonsense: object) -> None:
    customer = CustomerFactory()

    with (
        pytest.raises(IntegrityError, match="customer_custom_values_are_an_object"),
        transaction.atomic(),
    ):
        Customer.objects.filter(pk=customer.pk).update(custom_values=nonsense)
