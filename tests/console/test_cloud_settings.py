"""Pages of the reseller's own connection, of bills to S3, and of credentials."""

from http import HTTPStatus
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import StaffRole
from cloudaccounts.models import CloudAccount, Connection, CustomerProvider, SecretLink
from notifications.models import OutgoingMail
from tests.cloudaccounts.errands import connect_platform
from tests.console.staff import log_in
from tests.factories.cloudaccounts import (
    CloudAccountFactory,
    ConnectionFactory,
    CustomerProviderFactory,
    SecretLinkFactory,
)
from tests.harness.clients import HostClient

OWN = "888877776666"
SECRET = "tR0ub4dor&3-is-secret"


def address(name: str, *ids: object) -> str:
    return reverse(f"console:{name}", "config.urls_reseller", args=ids)


def of(account: CloudAccount) -> tuple[object, object]:
    return account.customer_id, account.pk


@pytest.fixture
def client(alpha_client: HostClient, settings: Any) -> HostClient:
    """The owner's browser."""
    settings.AWS_PRINCIPAL = "arn:aws:iam::999900009999:role/portal"
    log_in(alpha_client, StaffRole.OWNER)
    return alpha_client


def text(response: Any) -> str:
    return str(response.content.decode())


# ── The own connection ──────────────────────────


def test_the_way_to_a_connection_leads_over_the_account_to_the_role(client: HostClient) -> None:
    empty = text(client.get(address("connections:detail")))
    form = text(client.get(address("connections:edit")))

    page = text(
        client.post(
            address("connections:edit"),
            {"account_id": OWN, "role_arn": "", "version": 0},
            follow=True,
        )
    )

    connection = Connection.objects.get()
    assert "Connect your organization" in empty
    assert "Management account ID" in form
    assert connection.external_id in page
    assert "arn:aws:iam::999900009999:role/portal" in page
    assert "organizations:InviteAccountToOrganization" in page
    assert "Not checked" in page


def test_a_wrong_account_is_refused_beside_its_box(client: HostClient) -> None:
    response = client.post(
        address("connections:edit"), {"account_id": "12", "role_arn": "", "version": 0}
    )

    assert response.status_code == HTTPStatus.OK
    assert "12 digits" in text(response)
    assert 'aria-invalid="true"' in text(response)
    assert not Connection.objects.exists()


def test_who_was_slower_sees_what_the_other_did(client: HostClient) -> None:
    body = {"account_id": OWN, "role_arn": "", "version": 0}
    client.post(address("connections:edit"), body)

    response = client.post(address("connections:edit"), {**body, "account_id": "777766665555"})

    assert response.status_code == HTTPStatus.CONFLICT
    assert Connection.objects.get().account_id == OWN


def test_the_page_shows_the_check_while_it_runs_and_what_it_found(client: HostClient) -> None:
    connection = ConnectionFactory(unchecked=True)

    client.post(address("connections:check"))
    running = text(client.get(address("connections:detail")))

    connection.refresh_from_db()
    assert connection.state == "checking"
    assert "data-progress" in running
    assert 'http-equiv="refresh"' in running
    Connection.objects.update(
        state="failed", trouble_code="ConnectionOpenToOthers", request_id="11-22"
    )
    found = text(client.get(address("connections:detail")))
    assert "without our external ID" in found
    assert "Add the condition" in found
    assert "11-22" in found
    assert "data-progress" not in found


def test_looking_changes_nothing(client: HostClient) -> None:
    ConnectionFactory()
    before = Connection.objects.values().get()

    for page in ("detail", "edit", "disconnect"):
        assert client.get(address(f"connections:{page}")).status_code == HTTPStatus.OK
    assert client.get(address("connections:check")).status_code == HTTPStatus.METHOD_NOT_ALLOWED

    assert Connection.objects.values().get() == before


def test_a_connection_is_given_up_after_a_question(client: HostClient) -> None:
    ConnectionFactory()

    page = text(client.post(address("connections:disconnect"), follow=True))

    assert "The connection was given up." in page
    assert not Connection.objects.exists()


@pytest.mark.parametrize("page", ["check", "disconnect"])
def test_without_a_connection_there_is_nothing_to_do(client: HostClient, page: str) -> None:
    assert client.post(address(f"connections:{page}")).status_code == HTTPStatus.NOT_FOUND


def test_an_installation_that_names_nobody_says_so(client: HostClient, settings: Any) -> None:
    settings.AWS_PRINCIPAL = ""
    ConnectionFactory()

    assert "AWS_PRINCIPAL" in text(client.get(address("connections:detail")))


# ── Bills ──────────────────────────


def a_place(account: CloudAccount, **more: object) -> dict[str, object]:
    return {
        "exports_bill": "on",
        "bill_owner_id": account.account_id,
        "bill_bucket": "bills-of-acme",
        "bill_region": "eu-central-1",
        "bill_prefix": "cloud",
        "version": 0,
        **more,
    }


def test_a_place_for_bills_is_saved_shown_and_checked(client: HostClient) -> None:
    connect_platform()
    account = CloudAccountFactory(linked=True)
    edit = address("bill_places:edit", account.customer_id)

    page = text(client.post(edit, a_place(account), follow=True))
    client.post(address("bill_places:check", account.customer_id))

    assert "arn:aws:s3:::bills-of-acme/cloud/*" in page
    assert CustomerProvider.objects.get().bill_check == "checking"
    assert "data-progress" in text(client.get(edit))
    CustomerProvider.objects.update(bill_check="failed", bill_trouble_code="NoSuchBucket")
    assert "There is no bucket of this name." in text(client.get(edit))


@pytest.mark.parametrize("field", ["bill_bucket", "bill_region", "bill_prefix", "bill_owner_id"])
def test_a_wrong_place_is_refused_beside_its_box(client: HostClient, field: str) -> None:
    account = CloudAccountFactory(linked=True)
    edit = address("bill_places:edit", account.customer_id)

    response = client.post(edit, a_place(account, **{field: "Ä/../"}))

    assert response.status_code == HTTPStatus.OK
    assert list(response.context["form"].errors) == [field]
    assert not CustomerProvider.objects.exists()


def test_a_bucket_of_another_customers_account_is_not_offered(client: HostClient) -> None:
    account, foreign = CloudAccountFactory.create_batch(2, linked=True)
    edit = address("bill_places:edit", account.customer_id)

    page = text(client.get(edit))

    assert account.account_id in page
    assert foreign.account_id not in page


def test_nothing_is_checked_before_a_place_is_named(client: HostClient) -> None:
    record = CustomerProviderFactory()

    page = text(client.post(address("bill_places:check", record.customer_id), follow=True))

    assert "Say first where the bills are to be put." in page


# ── Credentials ──────────────────────────


def test_credentials_are_sent_and_shown_to_nobody_here(client: HostClient) -> None:
    account = CloudAccountFactory(linked=True)
    body = {"name": "Anna", "email": "anna@acme.example", "text": SECRET}

    response = client.post(address("credentials:send", *of(account)), body, follow=True)

    assert response.redirect_chain == [
        (address("credentials:list", *of(account)), HTTPStatus.FOUND)
    ]
    page = text(response)
    assert "anna@acme.example" in page
    assert "Waiting" in page
    assert "tR0ub4dor" not in page
    assert OutgoingMail.objects.filter(kind="credentials_link").count() == 1


@pytest.mark.parametrize("wrong", [{"email": "nobody"}, {"email": ""}, {"text": SECRET * 600}])
def test_a_refused_form_does_not_show_them_again(client: HostClient, wrong: dict[str, str]) -> None:
    account = CloudAccountFactory(linked=True)
    body = {"name": "", "email": "anna@acme.example", "text": SECRET, **wrong}

    response = client.post(address("credentials:send", *of(account)), body)

    assert response.status_code == HTTPStatus.OK
    assert "tR0ub4dor" not in text(response)
    assert not SecretLink.objects.exists()


def test_credentials_of_an_account_that_is_not_linked_are_refused(client: HostClient) -> None:
    account = CloudAccountFactory()
    body = {"email": "anna@acme.example", "text": SECRET}

    response = client.post(address("credentials:send", *of(account)), body)

    assert "for linked accounts only" in text(response)
    assert not SecretLink.objects.exists()


def test_credentials_are_withdrawn_once(client: HostClient) -> None:
    link = SecretLinkFactory()
    revoke = address("credentials:revoke", *of(link.account), link.pk)

    first = text(client.post(revoke, follow=True))
    second = text(client.post(revoke, follow=True))

    assert "withdrawn and erased" in first
    assert "opened already, was withdrawn" in second
    link.refresh_from_db()
    assert bytes(link.ciphertext) == b""


def test_the_list_says_what_became_of_each(client: HostClient) -> None:
    account = CloudAccountFactory(linked=True)
    SecretLinkFactory(account=account, opened=True, opened_from="198.51.100.7")
    SecretLinkFactory(account=account, revoked=True)
    SecretLinkFactory(account=account, expired=True)
    SecretLinkFactory(account=account)

    page = text(client.get(address("credentials:list", *of(account))))

    for words in ("Opened", "198.51.100.7", "Withdrawn", "Expired", "Waiting"):
        assert words in page
    assert (
        page.count("post-button")
        - text(client.get(address("connections:detail"))).count("post-button")
        == 1
    )


@pytest.mark.parametrize("role", [StaffRole.SUPPORT, StaffRole.BILLING, StaffRole.VIEWER])
def test_who_does_not_decide_sends_nothing(alpha_client: HostClient, role: str) -> None:
    account = CloudAccountFactory(linked=True)
    log_in(alpha_client, role)

    response = alpha_client.post(
        address("credentials:send", *of(account)), {"email": "a@acme.example", "text": SECRET}
    )

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert not SecretLink.objects.exists()


def test_the_pages_need_few_queries(client: HostClient, django_assert_max_num_queries: Any) -> None:
    connect_platform()
    ConnectionFactory()
    account = CloudAccountFactory(linked=True)
    CustomerProviderFactory(
        customer=account.customer, exporting=True, bill_checked_at=timezone.now()
    )
    SecretLinkFactory.create_batch(5, account=account)

    for path in (
        address("connections:detail"),
        address("connections:edit"),
        address("bill_places:edit", account.customer_id),
        address("credentials:list", *of(account)),
        address("credentials:send", *of(account)),
    ):
        with django_assert_max_num_queries(12):
            client.get(path)
