"""Tags on customers."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.roles import StaffRole
from audit.models import AuditEntry
from customers import tags
from customers.flows import customers as flows
from customers.flows import merging
from customers.flows.customers import CustomerDetails
from customers.models import Customer
from customers.tags import Tags
from resellers.models import Reseller
from tests.console.staff import log_in
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory, GroupFactory
from tests.harness.clients import HostClient

pytestmark = pytest.mark.usefixtures("alpha")


def page_of(customer: Customer) -> str:
    words = [customer.pk, "tags"]
    return reverse("console:customers:edit", "config.urls_reseller", args=words)


def test_tags_are_kept_and_told_on_the_trail() -> None:
    customer = CustomerFactory(tags=["old"])

    flows.edit(
        customer, CustomerDetails(tags=Tags(["key account", "old"])), version=1, by=UserFactory()
    )

    customer.refresh_from_db()
    assert (customer.tags, customer.version) == (["key account", "old"], 2)
    assert AuditEntry.objects.get().changes == {"tags": ["old", "key account, old"]}


def test_the_same_tags_again_are_no_change() -> None:
    customer = CustomerFactory(tags=["old"])

    flows.edit(customer, CustomerDetails(tags=Tags(["old"])), version=1, by=UserFactory())

    customer.refresh_from_db()
    assert customer.version == 1
    assert not AuditEntry.objects.exists()


def test_the_database_refuses_too_many() -> None:
    with pytest.raises(IntegrityError, match="too_many_tags"), transaction.atomic():
        CustomerFactory(tags=[f"tag {number}" for number in range(tags.MOST + 1)])


def test_two_customers_become_one_with_the_tags_of_both() -> None:
    duplicate, survivor = CustomerFactory(tags=["a", "b"]), CustomerFactory(tags=["b", "c"])

    merging.merge(duplicate, survivor, by=UserFactory())

    survivor.refresh_from_db()
    assert survivor.tags == ["a", "b", "c"]
    entry = AuditEntry.objects.get(action=flows.EDITED)
    assert entry.changes == {"tags": ["b, c", "a, b, c"]}


def test_merging_keeps_the_survivors_tags_where_both_are_too_many() -> None:
    many = [f"tag {number:02}" for number in range(tags.MOST)]
    duplicate, survivor = CustomerFactory(tags=["another"]), CustomerFactory(tags=many)

    merging.merge(duplicate, survivor, by=UserFactory())

    survivor.refresh_from_db()
    assert survivor.tags == many


def test_the_page_normalises_what_is_typed(alpha_client: HostClient) -> None:
    customer = CustomerFactory()
    log_in(alpha_client, StaffRole.OWNER)

    alpha_client.post(page_of(customer), {"tags": " Key  Account; MEDIA,media", "version": 1})

    customer.refresh_from_db()
    assert customer.tags == ["key account", "media"]


def test_what_is_no_tag_gets_a_sentence_and_stays_in_the_box(alpha_client: HostClient) -> None:
    customer = CustomerFactory(tags=["old"])
    log_in(alpha_client, StaffRole.OWNER)

    page = alpha_client.post(page_of(customer), {"tags": "!wrong", "version": 1})

    assert "must begin with a letter" in page.content.decode()
    assert 'value="!wrong"' in page.content.decode()
    customer.refresh_from_db()
    assert customer.tags == ["old"]


def test_the_page_offers_what_customers_and_groups_have(alpha_client: HostClient) -> None:
    customer = CustomerFactory(tags=["of a customer"])
    GroupFactory(tags=["of a group"])
    log_in(alpha_client, StaffRole.OWNER)

    page = alpha_client.get(page_of(customer)).content.decode()

    assert 'data-tag="of a customer"' in page
    assert 'data-tag="of a group"' in page


def test_who_was_slower_sees_both_versions(alpha_client: HostClient) -> None:
    customer = CustomerFactory(tags=["old"])
    flows.edit(customer, CustomerDetails(tags=Tags(["theirs"])), version=1, by=UserFactory())
    log_in(alpha_client, StaffRole.OWNER)

    page = alpha_client.post(page_of(customer), {"tags": "mine", "version": 1})

    assert page.status_code == 409
    assert all(word in page.content.decode() for word in ("old", "theirs", "mine"))
    assert AuditEntry.objects.count() == 1


def test_each_tag_leads_to_the_customers_that_have_it(
    alpha: Reseller, alpha_client: HostClient
) -> None:
    customer = CustomerFactory(tags=["r&d"])
    log_in(alpha_client, StaffRole.VIEWER)

    path = reverse("console:customers:detail", "config.urls_reseller", args=[customer.pk])
    page = alpha_client.get(path).content.decode()

    assert 'href="/console/customers/?tag=r%26d"' in page
