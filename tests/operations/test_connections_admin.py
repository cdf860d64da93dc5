"""The platform's management accounts, as operators in a browser meet them."""

from http import HTTPStatus
from typing import Any

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from audit.models import AuditEntry
from cloudaccounts.tasks import connections as tasks
from operations.models import PlatformConnection
from operations.platform import connection_to
from tests.factories.operations import PlatformConnectionFactory
from tests.harness.clients import HostClient
from tests.operations.test_access import address

pytestmark = pytest.mark.django_db

MODEL = "operations_platformconnection"
CHANGE = f"{MODEL}_change"
TYPED = {"provider": "aws", "account_id": "9999-0000-1111", "role_arn": "", "version": "0"}
ROLE = "arn:aws:iam::999900001111:role/Inviting"


def errors_of(response: Any) -> dict[str, list[str]]:
    return {field: list(told) for field, told in response.context["form"].errors.items()}


def test_a_connection_is_added_and_checked_before_it_serves(admin: HostClient) -> None:
    assert admin.get(address(f"{MODEL}_add")).status_code == HTTPStatus.OK

    response = admin.post(address(f"{MODEL}_add"), TYPED)

    record = PlatformConnection.objects.get()
    assert response["Location"] == address(CHANGE, record.pk)
    assert (record.account_id, record.role_arn, record.state) == ("999900001111", "", "checking")
    assert not record.is_usable
    names = {(each.action, each.actor_name) for each in AuditEntry.objects.about(record.pk)}
    assert names == {("connection.added", "Olivia"), ("connection.check_ordered", "Olivia")}
    page = admin.get(address(CHANGE, record.pk))
    assert page["Refresh"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("account_id", ""),
        ("account_id", "12"),
        ("account_id", "a\x00b"),
        ("role_arn", "arn:aws:iam::111100001111:role/Other"),
        ("role_arn", "nonsense"),
        ("provider", "azure"),
        ("provider", "oracle"),
    ],
)
def test_a_mistake_is_named_beside_its_field_and_what_was_typed_stays(
    admin: HostClient, field: str, value: str
) -> None:
    response = admin.post(address(f"{MODEL}_add"), {**TYPED, field: value})

    assert list(errors_of(response)) == [field]
    assert not PlatformConnection.objects.exists()


def test_a_second_connection_to_one_provider_is_none(admin: HostClient) -> None:
    admin.post(address(f"{MODEL}_add"), TYPED)

    response = admin.post(address(f"{MODEL}_add"), {**TYPED, "account_id": "123412341234"})

    assert "changed this meanwhile" in str(errors_of(response))
    assert PlatformConnection.objects.get().account_id == "999900001111"


def test_a_change_makes_it_unusable_until_it_was_checked(admin: HostClient) -> None:
    record = PlatformConnectionFactory()
    page = address(f"{MODEL}_settings", record.pk)
    assert "999900001111" in admin.get(page).content.decode()

    admin.post(page, {"account_id": record.account_id, "role_arn": ROLE, "version": 1})

    record.refresh_from_db()
    assert (record.role_arn, record.state) == (ROLE, "checking")
    assert not record.is_usable


def test_who_comes_late_changes_nothing(admin: HostClient) -> None:
    record = PlatformConnectionFactory()
    page = address(f"{MODEL}_settings", record.pk)
    admin.post(page, {"account_id": record.account_id, "role_arn": ROLE, "version": 1})

    response = admin.post(page, {"account_id": record.account_id, "role_arn": "", "version": 1})

    assert "changed this meanwhile" in str(errors_of(response))
    record.refresh_from_db()
    assert record.role_arn == ROLE


def test_it_is_checked_again_by_a_worker(
    admin: HostClient,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    record = PlatformConnectionFactory(failed=True)
    with django_capture_on_commit_callbacks() as sent:
        admin.post(address(f"{MODEL}_check", record.pk))

    record.refresh_from_db()
    assert record.state == "checking"
    assert len(sent) == 1
    assert tasks.__name__ in {getattr(each, "func", each).__module__ for each in sent}


def test_trouble_is_told_in_words_with_what_aws_support_asks_for(admin: HostClient) -> None:
    record = PlatformConnectionFactory(
        state="failed", trouble_code="AWSOrganizationsNotInUseException", request_id="4711-req"
    )

    page = admin.get(address(CHANGE, record.pk)).content.decode()

    assert "4711-req" in page
    assert "organization" in page


def test_it_is_given_up_after_a_question(admin: HostClient) -> None:
    record = PlatformConnectionFactory()
    page = address(f"{MODEL}_disconnect", record.pk)

    assert admin.get(page).status_code == HTTPStatus.OK
    assert connection_to("aws") == record
    admin.post(page)

    assert connection_to("aws") is None


@pytest.mark.parametrize("name", ["settings", "check", "disconnect"])
def test_an_unknown_connection_is_not_found(admin: HostClient, name: str) -> None:
    path = address(f"{MODEL}_{name}", "00000000-0000-4000-8000-000000000009")

    assert admin.post(path, TYPED).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("page", ["change", "delete"])
def test_a_parameter_without_a_value_is_no_field(admin: HostClient, page: str) -> None:
    record = PlatformConnectionFactory.create()
    response = admin.get(f"{address(f'{MODEL}_{page}', record.pk)}?_to_field=")

    allowed = HTTPStatus.OK if page == "change" else HTTPStatus.FORBIDDEN
    assert response.status_code == allowed
