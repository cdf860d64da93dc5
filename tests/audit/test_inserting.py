"""Many rows in one statement."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit import trail
from audit.inserting import build, insert, insert_rows
from audit.models import AuditEntry
from customers.flows.customers import CREATED, EDITED
from customers.models import Customer
from resellers.models import Reseller
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.usefixtures("alpha")


def test_rows_arrive_as_if_each_had_been_saved() -> None:
    built = CustomerFactory.build_batch(
        3, complete=True, custom_values={"tier": "gold", "on": True}
    )

    with CaptureQueriesContext(connection) as asked:
        insert(built)

    assert [each["sql"][:6] for each in asked if "search_path" not in each["sql"]] == ["INSERT"]
    for each in built:
        stored = Customer.objects.get(pk=each.pk)
        names = [field.attname for field in Customer._meta.concrete_fields if not field.generated]
        each.turnover = stored.turnover  # built from text
        assert [getattr(stored, name) for name in names] == [getattr(each, name) for name in names]


def test_nothing_is_inserted_for_nothing() -> None:
    with CaptureQueriesContext(connection) as asked:
        insert([])

    assert len(asked) == 0


def test_a_broken_rule_is_an_integrity_error() -> None:
    with pytest.raises(IntegrityError, match="customer_code_unique"), transaction.atomic():
        insert(CustomerFactory.build_batch(2, code="SAME"))


def test_several_entries_are_those_that_record_would_write() -> None:
    customer, person = CustomerFactory(), UserFactory()
    changes = {"city": ("", "Köln"), trail.Named("field.tier", "Tier"): (None, "gold")}
    trail.record(EDITED, subject=customer, actor=person, about=[person], changes=changes, note="n")
    trail.record_several(
        [trail.Deed(EDITED, customer, person, about=[person], changes=changes, note="n")] * 2
    )

    entries = [
        {**entry, "id": 0, "at": None, "about": set(entry["about"])}
        for entry in AuditEntry.objects.values()
    ]
    assert len(entries) == 3
    assert entries[0] == entries[1] == entries[2]


@pytest.mark.django_db(transaction=True)
def test_several_entries_need_a_transaction(alpha: Reseller) -> None:
    deed = trail.Deed(CREATED, CustomerFactory(), None)

    with pytest.raises(RuntimeError, match="inside the transaction"):
        trail.record_several([deed])


def test_rows_may_be_told_without_a_record_of_their_own() -> None:
    rows = [{"organization_name": name, "code": name, "country": "DE"} for name in ("A", "B")]

    insert_rows(Customer, rows)

    first, second = Customer.objects.order_by("code")
    names = [field.attname for field in Customer._meta.concrete_fields]
    saved = Customer.objects.create(organization_name="C", code="C", country="DE")
    differs = {"id", "code", "organization_name", "search_text", "created_at", "status_changed_at"}
    for each in (first, second):
        assert {name for name in names if getattr(each, name) != getattr(saved, name)} == differs
    assert first.pk != second.pk
    assert abs(timezone.now() - first.created_at) < dt.timedelta(minutes=1)


def test_a_record_is_built_as_its_model_builds_it() -> None:
    told: Any = {"organization_name": "Acme", "country": "DE", "tags": ["a"]}
    fast, slow = build(Customer, told), Customer(**told)

    assert fast.pk != build(Customer, told).pk
    assert (fast._state.adding, fast.country.name) == (True, "Germany")
    assert fast.created_at <= slow.created_at
    same = {"id": None, "created_at": None, "status_changed_at": None, "_state": None}
    assert {**vars(fast), **same} == {**vars(slow), **same}
    assert build(Customer, {}).tags is not build(Customer, {}).tags
