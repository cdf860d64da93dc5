"""Logging in: who comes in, where they land, and what a stranger can find out."""

import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.hashers import identify_hasher, make_password
from django.test import override_settings
from django.urls import reverse
from django_tenants.utils import schema_context, tenant_context

from accounts.models import User
from config import settings as configured
from resellers import hosts
from resellers.models import Reseller
from tests.factories.accounts import PASSWORD, StaffMemberFactory, UserFactory
from tests.harness.clients import HostClient

LOGIN = "/account/login/"
MISMATCH = "The e-mail or the password is wrong."


def log_in(client: HostClient, email: str, password: str = PASSWORD, query: str = "") -> Any:
    return client.post(LOGIN + query, {"login": email, "password": password})


def text_of(response: Any) -> str:
    """What a person sees, without the parts that differ by themselves."""
    body = response.content.decode()
    body = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", body)
    return re.sub(r"\S+@\S+", "", body)


def is_logged_in(client: HostClient) -> bool:
    return "_auth_user_id" in client.session


def test_staff_land_in_the_console(alpha_client: HostClient) -> None:
    member = StaffMemberFactory.create(user__with_password=True)

    response = log_in(alpha_client, member.user.email)

    assert response.headers["Location"] == reverse("console:home")
    assert is_logged_in(alpha_client)


def test_customers_people_land_in_the_portal(alpha_client: HostClient) -> None:
    user = UserFactory.create(with_password=True)

    response = log_in(alpha_client, user.email.upper())

    assert response.headers["Location"] == reverse("portal:home")


def test_operators_land_in_the_admin(platform_client: HostClient) -> None:
    User.objects.create_superuser("ops@example.com", PASSWORD)

    assert platform_client.get(LOGIN).status_code == 200
    response = log_in(platform_client, "ops@example.com")

    assert response.headers["Location"] == "/admin/"
    assert platform_client.get("/after-login/").headers["Location"] == "/admin/"


def test_an_operator_is_nobody_at_a_reseller(alpha_client: HostClient) -> None:
    with schema_context("public"):
        User.objects.create_superuser("ops@example.com", PASSWORD)

    response = log_in(alpha_client, "ops@example.com")

    assert MISMATCH in text_of(response)
    assert not is_logged_in(alpha_client)


@pytest.mark.parametrize(
    ("status", "title", "sentence"),
    [
        ("pending_email_validation", "Account not Validated", "Open the link in the mail"),
        ("pending_approval", "Waiting for approval", "looks at your request"),
        ("suspended", "Account suspended", "To ask why, contact Alpha Cloud"),
    ],
)
def test_who_may_not_come_in_learns_why_after_the_right_password(
    alpha_client: HostClient, status: str, title: str, sentence: str
) -> None:
    user = UserFactory.create(status=status, with_password=True)

    response = log_in(alpha_client, user.email)

    page = text_of(response)
    assert response.status_code == 200
    assert title in page
    assert sentence in page
    assert (reverse("portal:signup:resend") in page) == (status == "pending_email_validation")
    assert not is_logged_in(alpha_client)
    user.refresh_from_db()
    assert user.last_login is None


def test_whom_to_ask_is_named(alpha_client: HostClient, alpha: Reseller) -> None:
    with schema_context("public"):
        Reseller.objects.filter(pk=alpha.pk).update(support_email="help@alpha.example")
    hosts.forget()  # what a reseller says about itself is kept for some seconds
    user = UserFactory.create(suspended=True, with_password=True)

    response = log_in(alpha_client, user.email)

    assert "help@alpha.example" in response.content.decode()


@pytest.mark.parametrize("status", User.Status)
def test_a_wrong_password_and_an_unknown_e_mail_read_the_same(
    alpha_client: HostClient, status: str
) -> None:
    user = UserFactory.create(status=status, with_password=True)

    known = log_in(alpha_client, user.email, "wrong password 3")
    without_password = log_in(alpha_client, UserFactory.create(status=status).email)
    unknown = log_in(alpha_client, "nobody@example.com", "wrong password 3")

    assert MISMATCH in text_of(known)
    assert text_of(known) == text_of(unknown) == text_of(without_password)
    assert known.status_code == unknown.status_code == without_password.status_code == 200


def test_unknown_e_mails_cost_as_much_as_known_ones(
    alpha_client: HostClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed = []

    def encode(_self: object, password: str, salt: str) -> str:
        hashed.append(password)
        return f"md5${salt}$x"

    monkeypatch.setattr("django.contrib.auth.hashers.MD5PasswordHasher.encode", encode)
    user = UserFactory.create(pending_approval=True)
    user.password = "md5$salt$y"
    user.save(update_fields=["password"])

    hashed.clear()
    log_in(alpha_client, user.email, "wrong password 3")
    known = len(hashed)
    hashed.clear()
    log_in(alpha_client, "nobody@example.com", "wrong password 3")

    assert len(hashed) == known == 1


def test_passwords_are_hashed_with_argon2() -> None:
    with override_settings(PASSWORD_HASHERS=configured.PASSWORD_HASHERS):
        assert identify_hasher(make_password(PASSWORD)).algorithm == "argon2"


def test_guessing_ends_after_five_attempts_even_with_the_right_password(
    alpha_client: HostClient, bravo_client: HostClient, bravo: Reseller
) -> None:
    user = UserFactory.create(with_password=True)
    with tenant_context(bravo):
        UserFactory.create(email=user.email, with_password=True)

    for _attempt in range(5):
        log_in(alpha_client, user.email, "wrong password 3")
    response = log_in(alpha_client, user.email)

    assert "Too many" in text_of(response)
    assert not is_logged_in(alpha_client)
    elsewhere = log_in(bravo_client, user.email)  # another reseller counts for itself
    assert elsewhere.headers["Location"] == reverse("portal:home")


UNSAFE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "http:evil.example",
    "http:///evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "http://bravo.localhost/console/",
    "http://alpha.localhost.evil.example/",
    "http://alpha.localhost@evil.example/",
    "http://evil.example\\@alpha.localhost/",
    "\thttps://evil.example/",
    "https:\\\\evil.example",
]


@pytest.mark.parametrize("target", UNSAFE)
@pytest.mark.parametrize("sent_as", ["query", "field"])
def test_next_leads_nowhere_else(
    alpha_client: HostClient, bravo: Reseller, target: str, sent_as: str
) -> None:
    user = UserFactory.create(with_password=True)
    data = {"login": user.email, "password": PASSWORD}

    if sent_as == "query":
        response = alpha_client.post(LOGIN, data, QUERY_STRING=_query(target))
    else:
        response = alpha_client.post(LOGIN, {**data, "next": target})

    assert response.headers["Location"] == reverse("portal:home")


@pytest.mark.parametrize("target", UNSAFE)
def test_log_out_leads_nowhere_else(alpha_client: HostClient, target: str) -> None:
    alpha_client.force_login(UserFactory.create())

    response = alpha_client.post("/account/logout/", {"next": target})

    assert response.headers["Location"] == "/"
    assert not is_logged_in(alpha_client)


@pytest.mark.parametrize("target", ["/account/factors/", "http://alpha.localhost/account/factors/"])
def test_next_leads_to_the_own_host(alpha_client: HostClient, target: str) -> None:
    user = UserFactory.create(with_password=True)

    response = alpha_client.post(
        LOGIN, {"login": user.email, "password": PASSWORD}, QUERY_STRING=_query(target)
    )

    assert response.headers["Location"] == target


def test_log_out_takes_a_post(alpha_client: HostClient) -> None:
    alpha_client.force_login(UserFactory.create())

    assert alpha_client.get("/account/logout/").status_code == 200
    assert is_logged_in(alpha_client)
    alpha_client.post("/account/logout/")
    assert not is_logged_in(alpha_client)


def test_log_in_changes_the_session_key(alpha_client: HostClient) -> None:
    user = UserFactory.create(with_password=True)
    session = alpha_client.session
    session["planted"] = "by somebody else"
    session.save()
    before = session.session_key
    alpha_client.cookies["session"] = str(before)

    log_in(alpha_client, user.email)

    assert is_logged_in(alpha_client)
    assert alpha_client.session.session_key != before


def test_a_session_is_worthless_on_another_host(
    alpha_client: HostClient, bravo_client: HostClient, bravo: Reseller
) -> None:
    user = UserFactory.create(with_password=True)
    with tenant_context(bravo):
        UserFactory.create(pk=user.pk, email=user.email, password=user.password)
    log_in(alpha_client, user.email)

    bravo_client.cookies = alpha_client.cookies
    response = bravo_client.get("/after-login/")

    assert response.headers["Location"].startswith(LOGIN)


def test_strangers_are_sent_to_sign_up_on_the_storefront(
    alpha_client: HostClient, platform_client: HostClient
) -> None:
    response = alpha_client.get("/account/signup/")

    assert response.headers["Location"] == reverse("portal:signup:form")
    assert platform_client.get("/account/signup/").status_code == 404
    assert alpha_client.post("/account/signup/", {"email": "a@example.com"}).status_code == 405


@pytest.mark.parametrize("path", ["email/", "confirm-email/", "password/reset/key/x/", ""])
def test_what_is_not_used_is_not_there(alpha_client: HostClient, path: str) -> None:
    alpha_client.force_login(UserFactory.create())

    assert alpha_client.get(f"/account/{path}").status_code == 404


GARBAGE = [
    "",
    "x" * 300,
    "\x00",
    "a\x00b@example.com",
    "\u202edana@example.com",
    "🦄@🦄.example",
    "<script>alert(1)</script>",
    "{{ secret_link }}",
    "dana@example.com\nBcc: x@example.com",
]


@pytest.mark.parametrize("text", GARBAGE)
def test_garbage_is_answered_beside_the_field(alpha_client: HostClient, text: str) -> None:
    for path in (LOGIN, "/account/password/reset/"):
        response = alpha_client.post(path, {"login": text, "email": text, "password": text})

        assert response.status_code == 200
        assert b"There is a problem" in response.content
        assert b"<script>alert" not in response.content


def test_the_page_keeps_to_the_content_policy(alpha_client: HostClient) -> None:
    response = alpha_client.get(LOGIN)
    page = response.content.decode()

    assert "'unsafe-inline'" not in response.headers["Content-Security-Policy"]
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert " style=" not in page
    assert "no-store" in response.headers["Cache-Control"]


def _query(target: str) -> str:
    return urlencode({"next": target})
