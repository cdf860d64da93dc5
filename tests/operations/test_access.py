"""Who gets into the operators' admin, and how it is served."""

from http import HTTPStatus

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import User
from resellers.models import Reseller
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.resellers import ResellerFactory
from tests.harness.clients import HostClient

pytestmark = pytest.mark.django_db

PLATFORM = "config.urls_platform"


def address(name: str, *arguments: object) -> str:
    return reverse(f"admin:{name}", urlconf=PLATFORM, args=arguments)


def pages(reseller: Reseller, operator: User) -> list[str]:
    return [
        address("index"),
        address("resellers_reseller_changelist"),
        address("resellers_reseller_add"),
        address("resellers_reseller_change", reseller.pk),
        address("resellers_reseller_suspend", reseller.pk),
        address("operations_operator_changelist"),
        address("operations_operator_add"),
        address("operations_operator_change", operator.pk),
        address("operations_operator_password", operator.pk),
    ]


def test_the_platforms_root_leads_to_the_admin(platform_client: HostClient) -> None:
    response = platform_client.get("/")

    assert (response.status_code, response["Location"]) == (HTTPStatus.FOUND, "/admin/")


def test_strangers_are_sent_to_this_projects_log_in(
    platform_client: HostClient, operator: User
) -> None:
    for path in pages(ResellerFactory(ready=True), operator):
        response = platform_client.get(path, follow=True)
        last, _status = response.redirect_chain[-1]
        assert last.startswith("/account/login/"), path
        assert b'name="login"' in response.content


def test_the_admins_own_log_in_takes_no_password(
    platform_client: HostClient, operator: User
) -> None:
    operator.set_password(PASSWORD)
    operator.save()

    response = platform_client.post(
        "/admin/login/", {"username": operator.email, "password": PASSWORD}
    )

    assert response.status_code == HTTPStatus.FOUND
    assert response["Location"].startswith("/account/login/")
    assert settings.SESSION_COOKIE_NAME not in response.cookies


def test_an_operator_logs_in_and_comes_to_the_page_they_wanted(
    platform_client: HostClient,
) -> None:
    UserFactory(email="o@example.com", is_staff=True, is_superuser=True, with_password=True)
    wanted = address("resellers_reseller_add")

    log_in = platform_client.get(wanted, follow=True).redirect_chain[-1][0]
    response = platform_client.post(
        log_in, {"login": "o@example.com", "password": PASSWORD, "next": wanted}, follow=True
    )

    assert response.redirect_chain[-1][0] == wanted
    assert response.status_code == HTTPStatus.OK


def test_guessing_an_operators_password_is_slowed_down(platform_client: HostClient) -> None:
    UserFactory(email="o@example.com", is_staff=True, is_superuser=True, with_password=True)
    for _number in range(5):
        platform_client.post("/account/login/", {"login": "o@example.com", "password": "wrong"})

    response = platform_client.post(
        "/account/login/", {"login": "o@example.com", "password": PASSWORD}
    )

    assert settings.SESSION_COOKIE_NAME not in response.cookies
    assert response.status_code in {HTTPStatus.OK, HTTPStatus.TOO_MANY_REQUESTS}


@pytest.mark.parametrize("path", ["/admin/", "/admin/resellers/reseller/", "/admin/login/"])
def test_a_person_who_is_no_operator_is_refused(path: str, platform_client: HostClient) -> None:
    platform_client.force_login(UserFactory())

    response = platform_client.get(path, follow=True)

    assert response.status_code == HTTPStatus.FORBIDDEN


def test_a_suspended_operator_is_out_at_once(admin: HostClient, operator: User) -> None:
    assert admin.get("/admin/").status_code == HTTPStatus.OK

    User.objects.filter(pk=operator.pk).update(status=User.Status.SUSPENDED)

    assert admin.get("/admin/").status_code == HTTPStatus.FOUND


def test_every_page_carries_the_red_bar_the_policy_and_no_inline_code(
    admin: HostClient,
) -> None:
    titles = set()
    colleague = UserFactory.create(is_staff=True)
    for path in pages(ResellerFactory(ready=True, name="Alpine Cloud"), colleague):
        response = admin.get(path)
        page = response.content.decode()
        assert response.status_code == HTTPStatus.OK, path
        assert "platform-bar" in page
        assert "All times are in UTC" in page
        assert "script-src 'self'" in response["Content-Security-Policy"]
        assert "<style" not in page
        assert "style=" not in page
        assert "onclick=" not in page
        assert page.count("<h1") == 1, path
        titles.add(page.partition("<title>")[2].partition("</title>")[0])
    assert len(titles) == len(pages(ResellerFactory(), colleague))


def test_changing_the_password_leads_to_this_projects_page(admin: HostClient) -> None:
    response = admin.get("/admin/password_change/")

    assert (response.status_code, response["Location"]) == (
        HTTPStatus.FOUND,
        "/account/password/change/",
    )


@pytest.mark.parametrize("action", ["retry", "suspend", "resume"])
def test_every_change_needs_the_forms_token(action: str, operator: User) -> None:
    reseller = ResellerFactory(ready=True)
    client = Client(enforce_csrf_checks=True, HTTP_HOST=settings.PLATFORM_HOST)
    client.force_login(operator)

    response = client.post(
        address(f"resellers_reseller_{action}", reseller.pk), {"reason": "Not paid."}
    )

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert not Reseller.objects.get(pk=reseller.pk).is_suspended


@pytest.mark.parametrize("page", ["change", "history", "retry", "suspend", "resume"])
def test_an_unknown_record_is_not_an_error(page: str, admin: HostClient) -> None:
    unknown = address(f"resellers_reseller_{page}", "00000000-0000-4000-8000-000000000000")
    for path in (unknown, unknown.replace("00000000-0000-4000-8000-000000000000", "garbage")):
        for method in (admin.get, admin.post):
            response = method(path, follow=True)
            assert response.status_code in {
                HTTPStatus.OK,
                HTTPStatus.NOT_FOUND,
                HTTPStatus.METHOD_NOT_ALLOWED,
            }


@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "state__exact=zzz",
        "p=-1",
        "o=99.x",
        "service=%27",
        "foo=bar",
        "is_demo__exact=x",
        "e=1",
    ],
)
def test_a_garbled_list_address_is_not_an_error(query: str, admin: HostClient) -> None:
    response = admin.get(f"{address('resellers_reseller_changelist')}?{query}", follow=True)

    assert response.status_code == HTTPStatus.OK
