"""Pages about the clouds that a customer buys."""

import pytest
from django.urls import reverse

from accounts.roles import StaffRole
from audit.models import AuditEntry
from cloudaccounts.models import CustomerProvider
from customers.models import Customer
from resellers import hosts
from resellers.models import Reseller
from tests.console.staff import ROLES, log_in
from tests.factories.cloudaccounts import CloudAccountFactory, CustomerProviderFactory
from tests.factories.customers import CustomerFactory
from tests.harness.clients import HostClient
from tests.harness.database import in_public

ON = {"is_enabled": "on", "shown_in_portal": "on", "version": "0"}
MANAGERS = {StaffRole.OWNER, StaffRole.ADMIN, StaffRole.SUPPORT}


def list_of(customer: Customer) -> str:
    return reverse("console:cloud_providers:list", "config.urls_reseller", args=[customer.pk])


def edit_of(customer: Customer, provider: str = "aws") -> str:
    name = "console:cloud_providers:edit"
    return reverse(name, "config.urls_reseller", args=[customer.pk, provider])


@pytest.fixture
def customer(alpha: Reseller) -> Customer:
    with in_public():
        Reseller.objects.filter(pk=alpha.pk).update(providers=["aws", "google"])
    alpha.providers = ["aws", "google"]
    hosts.forget()
    made: Customer = CustomerFactory()
    return made


@pytest.mark.parametrize("role", ROLES)
def test_everybody_sees_them_and_whoever_manages_accounts_changes_them(
    customer: Customer, alpha_client: HostClient, role: str
) -> None:
    log_in(alpha_client, role)

    page = alpha_client.get(list_of(customer))
    assert page.status_code == 200
    assert (edit_of(customer) in page.content.decode()) is (role in MANAGERS)
    assert alpha_client.post(edit_of(customer), ON).status_code == (
        302 if role in MANAGERS else 403
    )

    assert CustomerProvider.objects.exists() is (role in MANAGERS)


def test_the_list_offers_what_the_reseller_resells(
    customer: Customer, alpha_client: HostClient
) -> None:
    log_in(alpha_client, StaffRole.OWNER)

    page = alpha_client.get(list_of(customer)).content.decode()

    assert "Amazon Web Services" in page
    assert "Google Cloud" in page
    assert "Microsoft Azure" not in page


def test_a_provider_is_switched_on_and_off(customer: Customer, alpha_client: HostClient) -> None:
    log_in(alpha_client, StaffRole.OWNER)

    alpha_client.post(edit_of(customer), ON)
    CloudAccountFactory(customer=customer, linked=True)
    assert "It stays linked" in alpha_client.get(edit_of(customer)).content.decode()
    response = alpha_client.post(edit_of(customer), {"version": "1"}, follow=True)

    stored = CustomerProvider.objects.get()
    assert (stored.is_enabled, stored.shown_in_portal) == (False, False)
    assert "stay linked and are billed on" in response.content.decode()
    assert AuditEntry.objects.filter(action="provider.changed").count() == 2


def test_one_that_nobody_resells_has_no_page(customer: Customer, alpha_client: HostClient) -> None:
    log_in(alpha_client, StaffRole.OWNER)

    for provider in ("azure", "mallory"):
        assert alpha_client.get(edit_of(customer, provider)).status_code == 404


def test_whoever_is_late_sees_both_versions(customer: Customer, alpha_client: HostClient) -> None:
    log_in(alpha_client, StaffRole.OWNER)
    alpha_client.post(edit_of(customer), ON)

    response = alpha_client.post(edit_of(customer), {"is_enabled": "on", "version": "0"})

    assert response.status_code == 409
    assert "changed while you were typing" in response.content.decode()
    assert CustomerProvider.objects.get().shown_in_portal is True


def test_of_an_archived_customer_nothing_can_be_changed(
    alpha: Reseller, alpha_client: HostClient
) -> None:
    record = CustomerProviderFactory(customer__archived=True)
    log_in(alpha_client, StaffRole.OWNER)

    page = alpha_client.get(list_of(record.customer)).content.decode()
    response = alpha_client.post(edit_of(record.customer), {"version": "1"})

    assert edit_of(record.customer) not in page
    assert response.status_code == 200
    assert "is archived" in response.content.decode()
    assert CustomerProvider.objects.get().is_enabled is True
