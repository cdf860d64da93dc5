"""What leaked at others, tried here: one reseller's world does not lead into another's."""

import threading
from http import HTTPStatus
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.backends import db
from django.core.cache import cache
from django.db import DatabaseError, ProgrammingError, transaction
from django_tenants.utils import schema_context, tenant_context

from accounts.models import User
from resellers import hosts
from resellers.models import Domain, Reseller
from resellers.schemas import connection
from tests.factories.accounts import PASSWORD, StaffMemberFactory, UserFactory
from tests.factories.resellers import DomainFactory, ResellerFactory
from tests.harness.clients import HostClient

pytestmark = pytest.mark.django_db


# ── The database ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("model", [Reseller, Domain])
def test_the_platforms_tables_cannot_be_seen_from_a_reseller(alpha: Reseller, model: Any) -> None:
    with pytest.raises(ProgrammingError, match="does not exist"), transaction.atomic():
        model.objects.count()


def test_a_missing_table_is_an_error_and_not_the_operators_table(alpha: Reseller) -> None:
    with schema_context("public"):
        UserFactory(email="operator@example.com")
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE alpha.accounts_user CASCADE")

    with pytest.raises(ProgrammingError, match="does not exist"), transaction.atomic():
        User.objects.filter(email="operator@example.com").exists()


def test_each_world_has_people_of_its_own(alpha: Reseller, bravo: Reseller) -> None:
    UserFactory(email="dana@example.com", full_name="Dana of Alpha")
    with tenant_context(bravo):
        UserFactory(email="dana@example.com", full_name="Dana of Bravo")

    assert User.objects.get(email="dana@example.com").full_name == "Dana of Alpha"
    with schema_context("public"):
        assert not User.objects.filter(email="dana@example.com").exists()


def test_after_a_rollback_the_schema_is_still_the_resellers(alpha: Reseller) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema(), current_setting('search_path')")
        assert cursor.fetchone() == ("alpha", "alpha, extensions")


@pytest.mark.django_db(transaction=True)
def test_threads_do_not_share_a_schema(public: Any) -> None:
    meeting = threading.Barrier(2, timeout=10)
    found: dict[str, tuple[object, ...]] = {}

    def look(reseller: Reseller) -> None:
        with tenant_context(reseller):
            meeting.wait()
            with connection.cursor() as cursor:
                cursor.execute("SELECT current_schema()")
                (before,) = cursor.fetchone()
            meeting.wait()
        found[reseller.schema_name] = (before, connection.schema_name)
        connection.close()

    threads = [threading.Thread(target=look, args=[each]) for each in Reseller.objects.all()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == {"alpha": ("alpha", "public"), "bravo": ("bravo", "public")}


# ── A host that stands where no schema is ────────────────────────────────────────────────────


@pytest.fixture
def ghost(public: Any) -> HostClient:
    """A host whose reseller is ready by its row, and has no schema."""
    reseller = ResellerFactory(ready=True, host="ghost.localhost")
    DomainFactory(tenant=reseller)
    client = HostClient("ghost.localhost", reseller)
    client.raise_request_exception = False
    return client


def test_a_ghost_does_not_log_the_operator_in(ghost: HostClient) -> None:
    UserFactory(email="operator@example.com", is_staff=True, is_superuser=True, with_password=True)

    with transaction.atomic():
        response = ghost.post(
            "/account/login/", {"login": "operator@example.com", "password": PASSWORD}
        )
        transaction.set_rollback(True)

    assert response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert settings.SESSION_COOKIE_NAME not in response.cookies


# ── Sessions and passwords ───────────────────────────────────────────────────────────────────

INSIDE = "/console/"


def carry(cookie_of: HostClient, to: HostClient) -> None:
    name = settings.SESSION_COOKIE_NAME
    to.cookies[name] = cookie_of.cookies[name].value


def is_inside(client: HostClient, path: str = INSIDE) -> bool:
    response = client.get(path)
    if response.status_code == HTTPStatus.FOUND:
        assert "/account/login/" in response["Location"]
        return False
    return bool(response.status_code == HTTPStatus.OK)


def test_a_session_of_one_host_is_worthless_on_another(
    alpha: Reseller, bravo: Reseller, alpha_client: HostClient, bravo_client: HostClient
) -> None:
    owner = StaffMemberFactory(owner=True).user
    with tenant_context(bravo):
        # The same key in both worlds: even that must not help.
        StaffMemberFactory(owner=True, user=UserFactory(id=owner.pk))
    alpha_client.force_login(owner)
    assert is_inside(alpha_client)

    carry(alpha_client, to=bravo_client)

    assert not is_inside(bravo_client)


def test_a_resellers_session_is_worthless_in_the_operators_admin(
    alpha: Reseller, alpha_client: HostClient, platform_client: HostClient
) -> None:
    owner = StaffMemberFactory(owner=True).user
    with schema_context("public"):
        UserFactory(id=owner.pk, is_staff=True, is_superuser=True)
    alpha_client.force_login(owner)

    carry(alpha_client, to=platform_client)

    assert not is_inside(platform_client, "/admin/login/")
    assert platform_client.get("/admin/resellers/reseller/").status_code == HTTPStatus.FOUND


def test_an_operators_session_is_worthless_at_a_reseller(
    alpha: Reseller, alpha_client: HostClient, platform_client: HostClient
) -> None:
    with schema_context("public"):
        operator = UserFactory(is_staff=True, is_superuser=True)
        platform_client.force_login(operator)
        assert platform_client.get("/admin/").status_code == HTTPStatus.OK
    StaffMemberFactory(owner=True, user=UserFactory(id=operator.pk))

    carry(platform_client, to=alpha_client)

    assert not is_inside(alpha_client)


@pytest.mark.parametrize("path", ["/admin/", "/admin/login/", "/admin/resellers/reseller/"])
def test_a_resellers_host_has_no_admin(
    path: str, alpha: Reseller, alpha_client: HostClient
) -> None:
    alpha_client.force_login(
        StaffMemberFactory(owner=True, user=UserFactory(is_staff=True, is_superuser=True)).user
    )

    assert alpha_client.get(path).status_code == HTTPStatus.NOT_FOUND


def test_a_password_opens_one_host_only(
    alpha: Reseller, alpha_client: HostClient, bravo_client: HostClient
) -> None:
    StaffMemberFactory(owner=True, user=UserFactory(email="dana@example.com", with_password=True))
    typed = {"login": "dana@example.com", "password": PASSWORD}

    refused = bravo_client.post("/account/login/", typed)
    accepted = alpha_client.post("/account/login/", typed)

    assert refused.status_code == HTTPStatus.OK
    assert settings.SESSION_COOKIE_NAME not in refused.cookies
    assert accepted.status_code == HTTPStatus.FOUND


def test_cookies_belong_to_one_host(alpha: Reseller, alpha_client: HostClient) -> None:
    UserFactory(email="dana@example.com", with_password=True)

    response = alpha_client.post(
        "/account/login/", {"login": "dana@example.com", "password": PASSWORD}
    )

    session = response.cookies[settings.SESSION_COOKIE_NAME]
    assert (session["domain"], session["path"]) == ("", "/")
    assert session["httponly"]
    assert settings.CSRF_COOKIE_DOMAIN is None
    assert issubclass(import_module(settings.SESSION_ENGINE).SessionStore, db.SessionStore)


def test_a_suspended_reseller_serves_nobody_who_is_logged_in(
    alpha: Reseller, alpha_client: HostClient
) -> None:
    alpha_client.force_login(StaffMemberFactory(owner=True).user)
    assert is_inside(alpha_client)

    with schema_context("public"):
        Reseller.objects.filter(pk=alpha.pk).update(suspended_at=alpha.created_at)
    hosts.forget()

    assert alpha_client.get(INSIDE).status_code == HTTPStatus.SERVICE_UNAVAILABLE


# ── The cache ────────────────────────────────────────────────────────────────────────────────


def test_what_one_reseller_caches_another_does_not_read(public: Any) -> None:
    for name in ["a1", "a10", "a100"]:
        with schema_context(name):
            assert cache.get("key") is None
            cache.set("key", name)

    for name in ["a1", "a10", "a100"]:
        with schema_context(name):
            assert cache.get("key") == name
            cache.delete("key")
            assert cache.get("key") is None
    assert cache.get("key") is None


def test_the_key_of_one_reseller_cannot_be_written_by_another(public: Any) -> None:
    with schema_context("a10"):
        theirs = cache.make_key("key")
    with schema_context("a1"):
        tries = [cache.make_key(key) for key in ("key", "0:key", "a10::1:key", ":a10::1:key")]

    assert theirs not in tries
    assert all(each.startswith("a1:") for each in tries)
