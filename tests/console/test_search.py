"""Search in everything."""

import re
import uuid
from typing import Any

import pytest
from django.urls import reverse
from django_tenants.utils import tenant_context

from accounts.roles import StaffRole
from console import finding
from resellers.models import Reseller
from tests.console.staff import NASTY, log_in
from tests.factories.accounts import StaffMemberFactory, UserFactory
from tests.factories.approvals import ApprovalRequestFactory, SignupFactory
from tests.factories.customers import (
    ContactFactory,
    CustomerFactory,
    MembershipFactory,
    PurchaseOrderFactory,
)
from tests.harness.clients import HostClient

SEARCH = reverse("console:search", "config.urls_reseller")


def titles(page: str) -> list[str]:
    return re.findall(r'class="found-words"><span>(.*?)</span>', page)


@pytest.fixture
def viewer(alpha: Reseller, alpha_client: HostClient) -> HostClient:
    log_in(alpha_client, StaffRole.VIEWER)
    return alpha_client


@pytest.fixture
def acme(alpha: Reseller) -> Any:
    """One of each kind that holds the word "zebra"."""
    customer = CustomerFactory(organization_name="Zebra Ltd", code="ZBR")
    MembershipFactory(customer=customer, user__full_name="Zoe Zebra")
    ContactFactory(customer=customer, first_name="Zack", last_name="Zebra")
    PurchaseOrderFactory(customer=customer, name="PO Zebra")
    SignupFactory(company="Zebra Applicants")
    return customer


def test_finds_one_of_each_kind(viewer: HostClient, acme: Any) -> None:
    page = viewer.get(SEARCH, {"q": "zEbRa"}).content.decode()

    assert titles(page) == ["Zebra Ltd", "Zoe Zebra", "Zack Zebra", "PO Zebra", "Zebra Applicants"]
    assert "5 results" in page


@pytest.mark.parametrize("words", ["zebra zo", "ze zo", "zoe ZEBRA"])
def test_every_word_has_to_be_there(viewer: HostClient, acme: Any, words: str) -> None:
    assert titles(viewer.get(SEARCH, {"q": words}).content.decode()) == ["Zoe Zebra"]


def test_shows_a_few_of_a_kind_and_leads_to_all(viewer: HostClient) -> None:
    for number in range(finding.MOST + 1):
        CustomerFactory(organization_name=f"Herd {number}")

    page = viewer.get(SEARCH, {"q": "herd"}).content.decode()

    assert len(titles(page)) == finding.MOST
    assert 'href="/console/customers/?q=herd"' in page


def test_the_one_with_the_code_comes_first(viewer: HostClient) -> None:
    wanted = CustomerFactory(organization_name="Old one", code="HERD")
    for number in range(finding.MOST + 1):
        CustomerFactory(organization_name=f"Herd {number}")

    page = viewer.get(SEARCH, {"q": "herd"}).content.decode()

    assert titles(page)[0] == str(wanted)


@pytest.mark.parametrize("make", [CustomerFactory, ContactFactory, PurchaseOrderFactory])
def test_an_id_leads_to_its_record(viewer: HostClient, make: Any) -> None:
    record = make.create()
    CustomerFactory()

    response: Any = viewer.get(SEARCH, {"q": f" {str(record.pk).upper()} "})

    assert response.status_code == 302
    assert str(record.pk) in response["Location"]


def test_an_unknown_id_finds_nothing(viewer: HostClient, acme: Any) -> None:
    page = viewer.get(SEARCH, {"q": str(uuid.uuid4())}).content.decode()

    assert titles(page) == []
    assert "Nothing matches" in page


def test_archived_customers_and_drafts_are_out_of_sight(viewer: HostClient) -> None:
    gone = CustomerFactory(organization_name="Zebra", status="archived", archived_from="active")
    ContactFactory(customer=gone, last_name="Zebra")
    PurchaseOrderFactory(customer=gone, name="Zebra")
    ApprovalRequestFactory(draft=True, signup__company="Zebra")
    StaffMemberFactory(user__full_name="Zebra of the team")
    UserFactory(full_name="Zebra of nobody")

    assert titles(viewer.get(SEARCH, {"q": "zebra"}).content.decode()) == []


@pytest.mark.parametrize("text", [*NASTY.values(), "%", "_", "\\", "& -", "a"])
def test_anything_may_be_typed(viewer: HostClient, acme: Any, text: str) -> None:
    assert viewer.get(SEARCH, {"q": text}).status_code == 200


def test_kinds_that_somebody_may_not_see_are_not_looked_for(acme: Any) -> None:
    asked = []

    def may(permission: Any) -> bool:
        asked.append(permission)
        return str(permission) == "view_requests"

    groups = finding.find("zebra", may)

    assert [str(group.kind.label) for group in groups] == ["Requests"]
    assert len(asked) == len(finding.KINDS)


def test_another_resellers_records_are_not_found(
    viewer: HostClient, acme: Any, bravo: Reseller, bravo_client: HostClient
) -> None:
    with tenant_context(bravo):
        log_in(bravo_client, StaffRole.OWNER)

    assert titles(bravo_client.get(SEARCH, {"q": "zebra"}).content.decode()) == []
    assert titles(bravo_client.get(SEARCH, {"q": str(acme.pk)}).content.decode()) == []


def test_customers_people_find_no_search(alpha: Reseller, alpha_client: HostClient) -> None:
    alpha_client.force_login(MembershipFactory().user)

    assert alpha_client.get(SEARCH, {"q": "zebra"}).status_code == 404
