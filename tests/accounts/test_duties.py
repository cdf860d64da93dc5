"""Who must have a second factor, and what happens to those who have none."""

import datetime as dt
from http import HTTPStatus
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django_tenants.utils import schema_context
from environs import EnvError

from accounts import duties
from accounts.duties import Group
from accounts.flows import security
from accounts.models import SecuritySettings, User
from audit.models import AuditEntry
from config import environment
from config.environment import Mode, read_second_factor_for
from resellers.models import Reseller
from tests.accounts.test_factors import FACTORS, code_of, confirm_identity, log_in
from tests.factories import factors
from tests.factories.accounts import StaffMemberFactory, UserFactory
from tests.harness.clients import HostClient

INDEX = reverse("mfa_index", urlconf="config.urls_reseller")
Demand = SecuritySettings.SecondFactorFor


@pytest.fixture
def owner(alpha: Reseller) -> User:
    user: User = StaffMemberFactory.create(owner=True, user__with_password=True).user
    return user


@pytest.fixture
def demanded_of_staff(alpha: Reseller) -> None:
    SecuritySettings.objects.create(second_factor_for=Demand.STAFF)


def leads_to_factors(response: Any) -> bool:
    return bool(response.status_code == HTTPStatus.FOUND and response["Location"] == INDEX)


@pytest.mark.usefixtures("demanded_of_staff")
def test_whoever_must_turns_it_on_before_anything_else(
    alpha_client: HostClient, owner: User
) -> None:
    log_in(alpha_client, owner)

    for path in ("/console/", "/console/customers/", "/after-login/", "/"):
        assert leads_to_factors(alpha_client.get(path)), path
    refused = alpha_client.post("/console/settings/mail/", {"approvals_email": "a@b.example"})
    assert leads_to_factors(refused)
    page = alpha_client.get(INDEX)
    assert page.status_code == HTTPStatus.OK
    assert "Turn on a second factor first" in page.content.decode()
    confirm_identity(alpha_client)
    alpha_client.get(f"{FACTORS}app/on/")
    code = code_of(alpha_client.session["mfa.totp.secret"])
    alpha_client.post(f"{FACTORS}app/on/", {"code": code})

    assert alpha_client.get("/console/").status_code == HTTPStatus.OK


@pytest.mark.usefixtures("demanded_of_staff")
def test_whoever_turns_it_off_again_is_led_back(alpha_client: HostClient, owner: User) -> None:
    factor = factors.app(owner)
    alpha_client.post("/account/login/", {"login": owner.email, "password": "x"})
    alpha_client.force_login(owner)
    confirm_identity(alpha_client)
    assert alpha_client.get("/console/").status_code == HTTPStatus.OK

    alpha_client.post(f"{FACTORS}app/off/")

    assert not type(factor).objects.filter(pk=factor.pk).exists()
    assert leads_to_factors(alpha_client.get("/console/"))


@pytest.mark.usefixtures("demanded_of_staff")
def test_whoever_need_not_is_left_alone(alpha_client: HostClient) -> None:
    customer = UserFactory.create(with_password=True)
    log_in(alpha_client, customer)

    assert not leads_to_factors(alpha_client.get("/after-login/"))


def test_a_new_demand_reaches_those_who_are_logged_in(
    alpha_client: HostClient, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_in(alpha_client, owner)
    security.change_security_settings(second_factor_for=Demand.STAFF, by=owner)
    assert alpha_client.get("/console/").status_code == HTTPStatus.OK

    monkeypatch.setattr("accounts.sessions.SEEN_EVERY", dt.timedelta(0))

    assert leads_to_factors(alpha_client.get("/console/"))


@pytest.mark.parametrize(
    ("demand", "platform", "who"),
    [
        (Demand.NOBODY, [], set()),
        (Demand.STAFF, [], {Group.STAFF}),
        (Demand.EVERYBODY, [], {Group.STAFF, Group.CUSTOMERS}),
        (Demand.NOBODY, ["operators", "staff"], {Group.STAFF}),
        (Demand.EVERYBODY, ["staff"], {Group.STAFF, Group.CUSTOMERS}),
        (Demand.STAFF, ["customers"], {Group.STAFF, Group.CUSTOMERS}),
    ],
)
def test_a_reseller_may_demand_more_than_the_platform_and_no_less(
    alpha: Reseller, settings: LazySettings, demand: str, platform: list[str], who: set[Group]
) -> None:
    settings.SECOND_FACTOR_FOR = platform
    SecuritySettings.objects.create(second_factor_for=demand)

    assert duties.obliged_groups() == who


def test_operators_owe_it_to_the_platform(
    platform_client: HostClient, settings: LazySettings
) -> None:
    settings.SECOND_FACTOR_FOR = ["operators"]
    with schema_context("public"):
        operator = UserFactory.create(is_staff=True, is_superuser=True, with_password=True)
    log_in(platform_client, operator)

    assert leads_to_factors(platform_client.get("/admin/"))
    with schema_context("public"):
        factors.app(operator)
    assert platform_client.get("/admin/").status_code == HTTPStatus.OK


def test_a_demand_costs_no_query_on_pages(
    alpha_client: HostClient, owner: User, django_assert_num_queries: Any
) -> None:
    SecuritySettings.objects.create(second_factor_for=Demand.EVERYBODY)
    factors.app(owner)
    alpha_client.force_login(owner)
    alpha_client.get("/account/sessions/")

    with django_assert_num_queries(4):  # the way to the schema, session, person, sessions
        alpha_client.get("/account/sessions/")


def test_production_demands_it_of_operators_and_staff(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECOND_FACTOR_FOR", raising=False)

    assert read_second_factor_for(Mode.PRODUCTION) == ["operators", "staff"]
    assert read_second_factor_for(Mode.DEMO) == []
    assert set(Group) == environment.OBLIGED


def test_a_group_that_does_not_exist_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECOND_FACTOR_FOR", "staff,everyone")

    with pytest.raises(EnvError, match="knows nobody called everyone"):
        read_second_factor_for(Mode.PRODUCTION)


# ── The reseller's setting ───────────────────────────────────────────────────────────────────


def test_the_change_is_recorded_once(owner: User) -> None:
    for _again in range(2):
        security.change_security_settings(second_factor_for=Demand.EVERYBODY, by=owner)

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor_id) == ("security_settings.changed", owner.pk)
    assert entry.changes == {
        "second_factor_for": [Demand.NOBODY.label, Demand.EVERYBODY.label],
    }


def test_there_is_one_row_of_settings(alpha: Reseller) -> None:
    with pytest.raises(IntegrityError, match="security_settings_one_row"), transaction.atomic():
        SecuritySettings.objects.create(id="11111111-0000-4000-8000-000000000001")
    with pytest.raises(IntegrityError, match="is_known"), transaction.atomic():
        SecuritySettings.objects.create(second_factor_for="x")
