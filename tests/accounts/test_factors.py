"""The second factor: an authenticator app, recovery codes, passkeys."""

import json
import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.urls import reverse

from accounts.adapter import MFAAdapter
from accounts.models import StaffMember, User
from accounts.tokens import PasswordResetTokens
from resellers.models import Reseller
from tests.factories.accounts import PASSWORD, StaffMemberFactory, UserFactory
from tests.harness.clients import HostClient

FACTORS = "/account/factors/"
LOGIN = "/account/login/"


def code_of(secret: str) -> str:
    code: str = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    return code


def log_in(client: HostClient, user: User) -> Any:
    return client.post(LOGIN, {"login": user.email, "password": PASSWORD})


def confirm_identity(client: HostClient) -> None:
    client.post("/account/reauthenticate/", {"password": PASSWORD})


def turn_on(client: HostClient, user: User) -> str:
    """Turns the app on; returns its secret."""
    log_in(client, user)
    confirm_identity(client)
    client.get(f"{FACTORS}app/on/")
    secret: str = client.session["mfa.totp.secret"]
    client.post(f"{FACTORS}app/on/", {"code": code_of(secret)})
    cache.clear()  # the same code must serve again within the test's half minute
    return secret


@pytest.fixture
def person(alpha: Reseller) -> User:
    member: StaffMember = StaffMemberFactory.create(user__with_password=True)
    return member.user


def test_the_app_is_turned_on_with_a_code(alpha_client: HostClient, person: User) -> None:
    secret = turn_on(alpha_client, person)

    kinds = set(Authenticator.objects.filter(user=person).values_list("type", flat=True))
    assert kinds == {"totp", "recovery_codes"}
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored
    totp = Authenticator.objects.get(type="totp")
    assert MFAAdapter().decrypt(totp.data["secret"]) == secret


def test_the_page_names_the_reseller(
    alpha_client: HostClient, person: User, alpha: Reseller
) -> None:
    log_in(alpha_client, person)
    confirm_identity(alpha_client)

    response = alpha_client.get(f"{FACTORS}app/on/")

    assert f"issuer={alpha.name.replace(' ', '%20')}" in response.context["totp_url"]
    assert "no-store" in response.headers["Cache-Control"]
    assert '<img class="qr" src="data:image/svg+xml;base64,' in response.content.decode()


def test_it_takes_the_password_again_to_change_factors(
    alpha_client: HostClient, person: User
) -> None:
    log_in(alpha_client, person)

    for page in ("app/on/", "keys/add/"):
        response = alpha_client.get(f"{FACTORS}{page}")
        assert response.headers["Location"].startswith("/account/reauthenticate/")
    wrong = alpha_client.post("/account/reauthenticate/", {"password": "wrong password 3"})

    assert "This is not your password." in wrong.content.decode()
    assert alpha_client.get(f"{FACTORS}app/on/").status_code == 302


def test_a_wrong_code_turns_nothing_on(alpha_client: HostClient, person: User) -> None:
    log_in(alpha_client, person)
    confirm_identity(alpha_client)
    alpha_client.get(f"{FACTORS}app/on/")

    for code in ("000000", "", "🦄🦄🦄", "x" * 500, "\x00"):
        response = alpha_client.post(f"{FACTORS}app/on/", {"code": code})
        assert response.status_code == 200

    assert not Authenticator.objects.exists()


def test_log_in_asks_for_the_code(
    alpha_client: HostClient, another_browser: HostClient, person: User
) -> None:
    secret = turn_on(alpha_client, person)

    asked = log_in(another_browser, person)

    assert asked.headers["Location"] == f"{FACTORS}authenticate/"
    assert "_auth_user_id" not in another_browser.session
    assert another_browser.get("/after-login/").headers["Location"].startswith(LOGIN)
    wrong = another_browser.post(f"{FACTORS}authenticate/", {"code": "000000"})
    assert "Incorrect code" in wrong.content.decode()
    done = another_browser.post(f"{FACTORS}authenticate/", {"code": code_of(secret)})
    assert done.headers["Location"] == reverse("console:home")
    assert "_auth_user_id" in another_browser.session


def test_a_code_serves_once(
    alpha_client: HostClient, another_browser: HostClient, alpha: Reseller, person: User
) -> None:
    secret = turn_on(alpha_client, person)
    third = HostClient(alpha.host, alpha)
    code = code_of(secret)
    for browser in (another_browser, third):
        log_in(browser, person)
        browser.post(f"{FACTORS}authenticate/", {"code": code})

    assert "_auth_user_id" in another_browser.session
    assert "_auth_user_id" not in third.session


def test_a_code_ends_with_its_half_minute(
    alpha_client: HostClient, another_browser: HostClient, person: User
) -> None:
    secret = turn_on(alpha_client, person)
    step = next(yield_hotp_counters_from_time())
    log_in(another_browser, person)

    for stale in (step - 2, step - 1, step + 2):
        code = format_hotp_value(hotp_value(secret, stale))
        another_browser.post(f"{FACTORS}authenticate/", {"code": code})

    assert "_auth_user_id" not in another_browser.session


def test_guessing_codes_ends_after_five_attempts_even_with_the_right_one(
    alpha_client: HostClient, another_browser: HostClient, person: User
) -> None:
    secret = turn_on(alpha_client, person)
    log_in(another_browser, person)
    for guess in range(5):
        another_browser.post(f"{FACTORS}authenticate/", {"code": f"00000{guess}"})

    page = another_browser.post(f"{FACTORS}authenticate/", {"code": code_of(secret)})

    assert "Too many attempts" in page.content.decode()
    assert "_auth_user_id" not in another_browser.session


def test_a_new_password_by_mail_does_not_lead_around_the_code(
    alpha_client: HostClient, another_browser: HostClient, person: User
) -> None:
    turn_on(alpha_client, person)
    person.refresh_from_db()
    key = PasswordResetTokens().make_token(person)
    path = reverse("account_reset_password_from_key", args=[person.pk.hex, key])
    form = another_browser.get(path).headers["Location"]
    new = "brand new password 4"
    another_browser.post(form, {"password1": new, "password2": new})

    assert "_auth_user_id" not in another_browser.session
    asked = another_browser.post(LOGIN, {"login": person.email, "password": new})
    assert asked.headers["Location"] == f"{FACTORS}authenticate/"


def test_the_app_is_turned_off(
    alpha_client: HostClient, another_browser: HostClient, person: User
) -> None:
    turn_on(alpha_client, person)

    assert alpha_client.get(f"{FACTORS}app/off/").status_code == 200
    assert Authenticator.objects.exists()
    alpha_client.post(f"{FACTORS}app/off/")

    assert not Authenticator.objects.exists()
    assert log_in(another_browser, person).headers["Location"] == reverse("console:home")


def test_who_is_suspended_between_password_and_code_stays_out(
    alpha_client: HostClient, another_browser: HostClient, person: User
) -> None:
    secret = turn_on(alpha_client, person)
    log_in(another_browser, person)
    User.objects.filter(pk=person.pk).update(status="suspended")

    response = another_browser.post(f"{FACTORS}authenticate/", {"code": code_of(secret)})

    assert "_auth_user_id" not in another_browser.session
    assert response.status_code == 403
    assert "Account suspended" in response.content.decode()


def test_the_code_of_one_person_is_worthless_to_another(
    alpha_client: HostClient, another_browser: HostClient, alpha: Reseller, person: User
) -> None:
    secret = turn_on(alpha_client, person)
    victim = UserFactory.create(with_password=True)
    turn_on(another_browser, victim)
    third = HostClient(alpha.host, alpha)
    log_in(third, victim)

    third.post(f"{FACTORS}authenticate/", {"code": code_of(secret)})

    assert "_auth_user_id" not in third.session


PAGES = [
    FACTORS,
    f"{FACTORS}app/on/",
    f"{FACTORS}keys/",
    f"{FACTORS}keys/add/",
    "/account/password/change/",
    "/account/logout/",
    "/account/reauthenticate/",
]


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_keep_to_the_content_policy(
    alpha_client: HostClient, person: User, page: str
) -> None:
    log_in(alpha_client, person)
    confirm_identity(alpha_client)

    response = alpha_client.get(page)
    body = response.content.decode()

    assert response.status_code == 200
    scripts = re.findall(r"<script[^>]*>", body)
    assert [each for each in scripts if "src=" not in each and "application/json" not in each] == []
    assert " style=" not in body
    assert not re.search(r" on[a-z]+=", body)
    assert body.count("<h1") == 1
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize("page", PAGES)
def test_operators_see_the_same_pages(platform_client: HostClient, page: str) -> None:
    User.objects.create_superuser("ops@example.com", PASSWORD)
    platform_client.post(LOGIN, {"login": "ops@example.com", "password": PASSWORD})
    confirm_identity(platform_client)

    assert platform_client.get(page).status_code == 200


@pytest.mark.parametrize("page", [FACTORS, f"{FACTORS}codes/", f"{FACTORS}keys/"])
def test_strangers_see_none_of_it(alpha_client: HostClient, page: str) -> None:
    assert alpha_client.get(page).headers["Location"].startswith(LOGIN)


def test_keys_of_others_are_not_found(
    alpha_client: HostClient, another_browser: HostClient, person: User
) -> None:
    key = Authenticator.objects.create(user=person, type="webauthn", data={"name": "Laptop"})
    stranger = UserFactory.create(with_password=True)
    log_in(another_browser, stranger)
    confirm_identity(another_browser)

    for page in ("name/", "remove/"):
        url = f"{FACTORS}keys/{key.pk}/{page}"
        assert another_browser.get(url).status_code == 404
        assert another_browser.post(url, {"name": "Mine"}).status_code == 404

    key.refresh_from_db()
    assert key.data == {"name": "Laptop"}
    assert another_browser.get(f"{FACTORS}keys/{10**30}/name/").status_code == 404


def test_a_passkey_is_renamed_and_removed(alpha_client: HostClient, person: User) -> None:
    log_in(alpha_client, person)
    confirm_identity(alpha_client)
    key = Authenticator.objects.create(user=person, type="webauthn", data={"name": "Laptop"})
    url = f"{FACTORS}keys/{key.pk}/"

    assert "Laptop" in alpha_client.get(f"{FACTORS}keys/").content.decode()
    assert alpha_client.get(f"{url}name/").status_code == 200
    alpha_client.post(f"{url}name/", {"name": "Desk"})
    key.refresh_from_db()
    assert key.data["name"] == "Desk"
    assert alpha_client.get(f"{url}remove/").status_code == 200
    alpha_client.post(f"{url}remove/")
    assert not Authenticator.objects.exists()


def test_a_passkey_log_in_begins_with_a_challenge(
    alpha_client: HostClient, alpha: Reseller
) -> None:
    response = alpha_client.get(f"{FACTORS}keys/login/", HTTP_ACCEPT="application/json")

    options = response.json()["request_options"]["publicKey"]
    assert options["rpId"] == alpha.host
    assert options["userVerification"] == "required"
    assert len(options["challenge"]) > 20


ANSWERS = [
    "",
    "{",
    "null",
    "1",
    '"x"',
    "[]",
    "{}",
    '{"id": 1}',
    "[" * 100_000,
    '{"id":"a","rawId":"a","response":{},"type":"public-key"}',
    '{"rawId":"YQ","response":{"clientDataJSON":"e30","authenticatorData":"AA","signature":"AA"}}',
    '{"rawId":"YQ","response":{"clientDataJSON":"e30","attestationObject":"oA"}}',
    '{"id":"\\u0000","rawId":"YQ"}',
]


@pytest.mark.parametrize("answer", ANSWERS)
def test_what_no_browser_answers_logs_nobody_in(alpha_client: HostClient, answer: str) -> None:
    alpha_client.get(f"{FACTORS}keys/login/", HTTP_ACCEPT="application/json")

    response = alpha_client.post(f"{FACTORS}keys/login/", {"credential": answer})

    assert response.headers["Location"] == LOGIN
    assert "_auth_user_id" not in alpha_client.session


@pytest.mark.parametrize("answer", ANSWERS)
def test_what_no_browser_answers_adds_no_key(
    alpha_client: HostClient, person: User, answer: str
) -> None:
    log_in(alpha_client, person)
    confirm_identity(alpha_client)
    alpha_client.get(f"{FACTORS}keys/add/")

    response = alpha_client.post(f"{FACTORS}keys/add/", {"name": "x", "credential": answer})

    assert response.status_code == 200
    assert not Authenticator.objects.exists()


def test_a_well_formed_answer_of_a_stranger_logs_nobody_in(
    alpha_client: HostClient, person: User
) -> None:
    alpha_client.get(f"{FACTORS}keys/login/", HTTP_ACCEPT="application/json")
    answer = {
        "id": "YWJj",
        "rawId": "YWJj",
        "type": "public-key",
        "response": {
            "clientDataJSON": "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoiQUFBQSIsIm9yaWdpbiI6"
            "Imh0dHA6Ly9hbHBoYS5sb2NhbGhvc3QifQ",
            "authenticatorData": "A" * 50,
            "signature": "AAAA",
            "userHandle": "",
        },
    }

    for handle in ("", "AAAA", person.pk.hex):
        answer["response"]["userHandle"] = handle  # type: ignore[index]
        alpha_client.post(f"{FACTORS}keys/login/", {"credential": json.dumps(answer)})

    assert "_auth_user_id" not in alpha_client.session
