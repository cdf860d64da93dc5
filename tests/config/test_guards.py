"""What every answer carries, and what is refused at the door."""

import json
import os
import subprocess
import sys
from http import HTTPStatus
from typing import Any

import pytest
from csp.constants import NONE, SELF
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest
from django.test import Client

from accounts.models import User
from resellers.models import Reseller
from tests.factories.accounts import PASSWORD, StaffMemberFactory, UserFactory
from tests.harness.clients import HostClient
from tests.harness.environment import CHECKOUT

PATHS = [
    "/",
    "/account/login/",
    "/nowhere/",
    "/console/",
    "/healthz",
    "/readyz",
    "/branding/none.css",
    "/static/portal/favicon.svg",
]


@pytest.fixture
def owner(alpha: Reseller) -> User:
    user: User = StaffMemberFactory.create(owner=True, user__with_password=True).user
    return user


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_tells_the_browser_what_it_may_do(
    alpha_client: HostClient, settings: Any, path: str
) -> None:
    response = alpha_client.get(path)

    policy = response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    for rule in ("frame-ancestors 'none'", "object-src 'none'", "base-uri 'none'"):
        assert rule in policy
    assert "unsafe" not in policy
    assert not [name for name in response.headers if name.startswith("Access-Control-")]
    assert (
        "charset" in response["Content-Type"]
        or "svg" in response["Content-Type"]
        or (response["Content-Type"] == "application/json")
    )


@pytest.mark.parametrize("host", ["nobody.example", "bad_host!"])
def test_so_do_the_answers_of_hosts_that_are_not_ours(db: None, host: str) -> None:
    response = Client(HTTP_HOST=host).get("/")

    assert response.status_code in {HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST}
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"


def test_the_policy_allows_our_own_files_and_nothing_else() -> None:
    directives: dict[str, list[str]] = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]

    assert {each for values in directives.values() for each in values} == {NONE, SELF, "data:"}
    assert [name for name, values in directives.items() if "data:" in values] == ["img-src"]
    assert directives["default-src"] == [NONE]


@pytest.mark.parametrize("path", ["/console/", "/console/customers/", "/account/sessions/"])
def test_what_a_person_sees_is_kept_by_no_cache(
    alpha_client: HostClient, owner: User, path: str
) -> None:
    alpha_client.force_login(owner)

    response = alpha_client.get(path)

    assert response.status_code == HTTPStatus.OK
    assert {"no-store", "private"} <= set(response["Cache-Control"].split(", "))


def test_what_shows_nobody_may_be_kept(alpha_client: HostClient, owner: User) -> None:
    alpha_client.force_login(owner)
    page = alpha_client.get("/").content.decode()
    path = page.split('href="/branding/')[1].split('"')[0]

    response = alpha_client.get(f"/branding/{path}")

    assert "immutable" in response["Cache-Control"]
    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.parametrize(
    "path",
    ["/.git/config", "/static/", "/static/portal/", "/static/../manage.py", "/docs/", "/.env"],
)
def test_neither_our_files_nor_lists_of_them_are_served(
    alpha_client: HostClient, path: str
) -> None:
    assert alpha_client.get(path).status_code == HTTPStatus.NOT_FOUND


def test_no_mode_shows_our_inside() -> None:
    assert settings.DEBUG is False
    assert "debug" not in (CHECKOUT / "config" / "environment.py").read_text().lower()


# ── Files and sizes ──────────────────────────────────────────────────────────────────────────


def test_a_file_reaches_neither_the_page_nor_the_disk(
    alpha_client: HostClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []

    def look(_self: object, request: HttpRequest, *_rest: object) -> None:
        seen.append((dict(request.FILES), request.POST.get("login")))

    monkeypatch.setattr("accounts.middleware.AccountsMiddleware.process_view", look)
    file = SimpleUploadedFile("../../shell.php", b"<?php" * 1_000)

    alpha_client.post("/account/login/", {"login": "dana", "password": "x", "avatar": file})

    assert seen == [({}, "dana")]


@pytest.mark.parametrize("path", ["/account/login/", "/console/customers/imports/upload/"])
def test_strangers_upload_nothing_anywhere(
    alpha_client: HostClient, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    seen: list[Any] = []

    def look(_self: object, request: HttpRequest, *_rest: object) -> None:
        seen.append(dict(request.FILES))

    monkeypatch.setattr("accounts.middleware.AccountsMiddleware.process_view", look)
    alpha_client.post(path, {"what": "x", "file": SimpleUploadedFile("a.csv", b"a,b" * 1_000)})

    assert seen == [{}]


def test_a_body_that_no_form_sends_is_not_read(alpha_client: HostClient) -> None:
    body = b"x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)

    response = alpha_client.post("/account/login/", body, content_type="multipart/form-data")

    assert response.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE


def test_what_stands_in_the_address_fills_no_form(alpha_client: HostClient, owner: User) -> None:
    typed = {"login": owner.email, "password": PASSWORD}

    alpha_client.post(f"/account/login/?login={owner.email}&password={PASSWORD}")
    alpha_client.get("/account/login/", typed)
    assert "_auth_user_id" not in alpha_client.session
    alpha_client.post("/account/login/?login=nobody@example.com&password=x", typed)

    assert alpha_client.session["_auth_user_id"] == str(owner.pk)


# ── Over https, as in production ─────────────────────────────────────────────────────────────

_ASK = """
import json
import django
django.setup()
from django.conf import settings
settings.STORAGES["staticfiles"] = {
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
from django.test import Client
def ask(path, secure=True, **more):
    answer = Client(HTTP_HOST="alpha.localhost").generic("GET", path, secure=secure, **more)
    return [answer.status_code, dict(answer.headers)]
login = Client(HTTP_HOST="alpha.localhost").post(
    "/account/login/", {"login": "dana@example.com", "password": "%s"}, secure=True)
left = login.client.post("/account/logout/", secure=True)
theme = Client(HTTP_HOST="alpha.localhost").post("/theme/", {"theme": "dark"}, secure=True)
form = Client(HTTP_HOST="alpha.localhost").get("/account/login/", secure=True)
told = {path: ask(path) for path in ("/", "/nowhere/", "/healthz", "/readyz", "/branding/none.css")}
print("TOLD", json.dumps({
    "https": told,
    "http": {path: ask(path, secure=False) for path in ("/", "/healthz", "/readyz", "/metrics")},
    "cookies": [each.OutputString() for client in (login, left, theme, form)
                for each in client.cookies.values()],
}))
"""


@pytest.fixture
def over_https(transactional_db: None, alpha: Reseller) -> dict[str, Any]:
    """What another process answers whose people come by https."""
    UserFactory.create(email="dana@example.com", with_password=True)
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", _ASK % PASSWORD],
        cwd=CHECKOUT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings", "PUBLIC_SCHEME": "https"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    line = next(line for line in done.stdout.splitlines() if line.startswith("TOLD "))
    told: dict[str, Any] = json.loads(line.removeprefix("TOLD "))
    return told


def test_https_is_all_there_is_and_stays_so(over_https: dict[str, Any]) -> None:
    for path, (_status, headers) in over_https["https"].items():
        assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains", path
    status, headers = over_https["http"]["/"]
    assert (status, headers["Location"]) == (301, "https://alpha.localhost/")
    # Machines are not led around their mistake.
    assert [over_https["http"][path][0] for path in ("/healthz", "/readyz", "/metrics")] == [
        200,
        200,
        404,
    ]


def test_every_cookie_belongs_to_one_host_and_goes_by_https_only(
    over_https: dict[str, Any],
) -> None:
    cookies = over_https["cookies"]

    assert {each.partition("=")[0] for each in cookies} == {
        "__Host-session",
        "__Host-theme",
        "__Host-csrf",
    }
    for cookie in cookies:
        for mark in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
            assert mark in cookie, cookie
        assert "Domain" not in cookie
