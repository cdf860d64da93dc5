"""The pages of the reseller's settings."""

from http import HTTPStatus
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import SecuritySettings
from accounts.roles import StaffRole
from audit.models import AuditEntry
from notifications.models import MailSettings
from notifications.recipients import approvals_mailbox
from tests.factories.accounts import StaffMemberFactory, UserFactory
from tests.harness.clients import HostClient

HOME = reverse("console:settings:home", urlconf="config.urls_reseller")
MAIL = reverse("console:settings:mail", urlconf="config.urls_reseller")
SECURITY = reverse("console:settings:security", urlconf="config.urls_reseller")
MAY_SET = {StaffRole.OWNER, StaffRole.ADMIN}


def log_in(client: HostClient, role: str = StaffRole.OWNER) -> None:
    client.force_login(StaffMemberFactory.create(role=role, user__full_name="Dana").user)


def test_the_mailbox_for_approvals_is_saved_recorded_and_shown(alpha_client: HostClient) -> None:
    log_in(alpha_client)
    before = alpha_client.get(HOME).content.decode()

    response = alpha_client.post(MAIL, {"approvals_email": " desk@alpha.example "}, follow=True)

    page = response.content.decode()
    assert "Everybody on your team who may decide" in before
    assert response.redirect_chain == [(HOME, HTTPStatus.FOUND)]
    assert "The mail settings are saved." in page
    assert "desk@alpha.example" in page
    assert approvals_mailbox() == "desk@alpha.example"
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor_name) == ("mail_settings.changed", "Dana")
    assert entry.changes == {"approvals_email": ["", "desk@alpha.example"]}


def test_the_mailbox_can_be_emptied_again(alpha_client: HostClient) -> None:
    MailSettings.objects.create(approvals_email="desk@alpha.example")
    log_in(alpha_client)
    assert 'value="desk@alpha.example"' in alpha_client.get(MAIL).content.decode()

    alpha_client.post(MAIL, {"approvals_email": ""})

    assert approvals_mailbox() == ""


@pytest.mark.parametrize(
    "typed",
    [
        "not an address",
        "a@b",
        "<b>@alpha.example",
        "{{ reseller_name }}",
        "a@alpha.example\x00",
        "\u202ea@alpha.example",
        "😀",
        f"{'a' * 260}@alpha.example",
        "a@alpha.example\r\nBcc: b@evil.example",
    ],
)
def test_what_is_no_address_is_refused_beside_the_field_and_kept(
    alpha_client: HostClient, typed: str
) -> None:
    MailSettings.objects.create(approvals_email="desk@alpha.example")
    log_in(alpha_client)

    response = alpha_client.post(MAIL, {"approvals_email": typed})

    assert response.status_code == HTTPStatus.OK
    page = response.content.decode()
    assert "<title>Error:" in page
    assert 'aria-invalid="true"' in page
    assert response.context["form"]["approvals_email"].value() == typed
    assert approvals_mailbox() == "desk@alpha.example"
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("target", [HOME, MAIL])
@pytest.mark.parametrize("role", StaffRole.values)
def test_only_those_who_manage_settings_get_in(
    alpha_client: HostClient, role: str, target: str
) -> None:
    log_in(alpha_client, role)

    seen = alpha_client.get(target).status_code
    alpha_client.post(target, {"approvals_email": "desk@alpha.example"})

    allowed = role in MAY_SET
    assert seen == (HTTPStatus.OK if allowed else HTTPStatus.FORBIDDEN)
    assert MailSettings.objects.exists() == (allowed and target == MAIL)


@pytest.mark.parametrize("target", [HOME, MAIL])
def test_customers_people_find_nothing(alpha_client: HostClient, target: str) -> None:
    alpha_client.force_login(UserFactory.create())

    response = alpha_client.post(target, {"approvals_email": "desk@alpha.example"})

    assert response.status_code == HTTPStatus.NOT_FOUND
    assert not MailSettings.objects.exists()


@pytest.mark.parametrize("target", [HOME, MAIL, SECURITY])
def test_the_pages_need_few_queries(
    alpha_client: HostClient, django_assert_max_num_queries: Any, target: str
) -> None:
    log_in(alpha_client)

    with django_assert_max_num_queries(12):
        alpha_client.get(target)


def test_the_demand_for_a_second_factor_is_saved_recorded_and_shown(
    alpha_client: HostClient,
) -> None:
    log_in(alpha_client)
    before = alpha_client.get(HOME).content.decode()

    response = alpha_client.post(SECURITY, {"second_factor_for": "staff"}, follow=True)

    assert "Nobody must; everybody may" in before
    page = response.content.decode()
    assert "The security settings are saved." in page
    assert "Your own team" in page
    assert SecuritySettings.objects.get().second_factor_for == "staff"
    assert AuditEntry.objects.get().action == "security_settings.changed"


@pytest.mark.parametrize("typed", ["", "nonsense", "STAFF", "staff\x00"])
def test_another_demand_is_refused(alpha_client: HostClient, typed: str) -> None:
    log_in(alpha_client)

    response = alpha_client.post(SECURITY, {"second_factor_for": typed})

    assert response.status_code == HTTPStatus.OK
    assert not SecuritySettings.objects.exists()


@pytest.mark.parametrize("role", StaffRole.values)
def test_only_those_who_manage_settings_demand_factors(alpha_client: HostClient, role: str) -> None:
    log_in(alpha_client, role)

    alpha_client.post(SECURITY, {"second_factor_for": "staff"})

    assert SecuritySettings.objects.exists() == (role in MAY_SET)
