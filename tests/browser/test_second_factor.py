"""Authenticator app and passkeys, with a browser and a key that Chromium pretends to have."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import expect

from demo.world import PASSWORD
from tests.browser.visitor import Visitor

SECONDS_TO_TYPE = 10

HOST = "alpenblick.localhost"
PERSON = "viewer@alpenblick.example"
COLLEAGUE = "owner@alpenblick.example"
CUSTOMER = "f.koehler@donaudampf.example"

# Each chapter builds on the one before: script/test gives a whole file to one process.
pytestmark = pytest.mark.browser
Come = Callable[..., Visitor]


def with_key(visitor: Visitor) -> Visitor:
    """Gives the browser a security key that always says yes."""
    session: Any = visitor.context.new_cdp_session(visitor.page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return visitor


def confirm_identity(visitor: Visitor) -> None:
    visitor.page.get_by_label("Your password").fill(PASSWORD)
    visitor.page.get_by_role("button", name="Continue").click()


def test_a_passkey_is_added_and_logs_in_alone(visitor: Come) -> None:
    person = with_key(visitor())
    page = person.page
    person.log_in(PERSON, host=HOST)
    person.go("/account/factors/keys/add/", host=HOST)
    confirm_identity(person)
    page.get_by_label("Name").fill("Test key")
    page.get_by_label("Log in with it alone").check()
    page.get_by_role("button", name="Add passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")

    person.go("/account/factors/keys/", host=HOST)
    expect(page.get_by_text("Passkey: logs in alone")).to_be_visible()
    person.go("/account/logout/", host=HOST)
    page.locator("main").get_by_role("button", name="Log out").click()
    person.go("/account/login/", host=HOST)
    page.get_by_role("button", name="Log in with a passkey").click()

    expect(page).to_have_url(re.compile(rf"//{HOST}:\d+/console/$"))


def test_a_passkey_that_does_not_work_is_not_silent(visitor: Come) -> None:
    stranger = visitor()
    stranger.go("/account/login/", host=HOST)
    stranger.page.route("**/keys/login/", lambda route: route.fulfill(status=429))

    stranger.page.get_by_role("button", name="Log in with a passkey").click()

    expect(stranger.page.get_by_role("alert")).to_contain_text("The passkey was not used")


def test_without_javascript_no_dead_button_is_shown(visitor: Come) -> None:
    person = visitor(javascript=False)
    person.go("/account/login/", host=HOST)

    expect(person.page.get_by_role("button", name="Log in with a passkey")).to_be_hidden()
    expect(person.page.get_by_role("button", name="Log in", exact=True)).to_be_visible()


def test_an_authenticator_app_is_turned_on_and_asked_for(visitor: Come) -> None:
    person = visitor(theme="dark", width=360)
    page = person.page
    person.log_in(COLLEAGUE, host=HOST)
    person.go("/account/factors/app/on/", host=HOST)
    confirm_identity(person)
    secret = page.locator(".copy code").inner_text()
    page.get_by_label("Code from the app").fill(code_of(secret))
    page.get_by_role("button", name="Turn on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    assert person.accessibility_violations() == []
    codes_are_shown_once(person)
    assert person.accessibility_violations() == []
    page.get_by_role("link", name="Make new codes").click()
    expect(page.get_by_text("The 10 codes that you have stop working.")).to_be_visible()
    assert person.accessibility_violations() == []
    page.get_by_role("button", name="Make new codes").click()
    recovery = page.locator("main li code").first.inner_text()
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Second factor")
    page.go_back()
    expect(page.get_by_text("10 codes are left.")).to_be_visible()
    expect(page.locator("main li code")).to_have_count(0)

    again = visitor()
    again.log_in(COLLEAGUE, host=HOST)
    expect(again.page.get_by_role("heading", level=1)).to_have_text("Second factor")
    assert again.accessibility_violations() == []
    again.page.get_by_label("Code").fill(recovery)
    again.page.get_by_role("button", name="Log in", exact=True).click()
    expect(again.page).to_have_url(re.compile("/console/$"))


def test_recovery_codes_are_made_and_taken_away_without_javascript(visitor: Come) -> None:
    person = visitor(javascript=False)
    page = person.page
    person.log_in(CUSTOMER, host=HOST)
    person.go("/account/factors/app/on/", host=HOST)
    confirm_identity(person)
    page.get_by_label("Code from the app").fill(code_of(page.locator(".copy code").inner_text()))
    page.get_by_role("button", name="Turn on").click()
    first = codes_are_shown_once(person)

    page.get_by_role("link", name="Make new codes").click()
    page.get_by_role("button", name="Make new codes").click()

    assert not set(first) & set(codes_are_shown_once(person))


def codes_are_shown_once(person: Visitor) -> list[str]:
    """The codes of the open page, which are downloaded, and gone when it is opened once more."""
    page = person.page
    expect(page.locator("main li code")).to_have_count(10)
    codes = page.locator("main li code").all_inner_texts()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download").click()
    assert waiting.value.suggested_filename == "recovery-codes.txt"
    assert Path(waiting.value.path()).read_text().split() == codes
    page.reload()
    expect(page.get_by_text("10 codes are left.")).to_be_visible()
    expect(page.locator("main li code")).to_have_count(0)
    return codes


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_of_the_account_can_be_used_by_everybody(visitor: Come, theme: str) -> None:
    person = visitor(theme=theme)
    person.log_in("m.hohenstein@donaudampf.example", host=HOST)
    person.go("/account/factors/app/on/", host=HOST)
    confirm_identity(person)

    for path in (
        "/account/factors/app/on/",
        "/account/factors/",
        "/account/factors/keys/",
        "/account/factors/keys/add/",
        "/account/password/change/",
        "/account/logout/",
        "/account/reauthenticate/",
    ):
        person.go(path, host=HOST)
        assert person.accessibility_violations() == [], path


def code_of(secret: str) -> str:
    """The app's code. Waits where the half minute is about to end: typing takes a while."""
    left = 30 - time.time() % 30
    if left < SECONDS_TO_TYPE:
        time.sleep(left)
    code: str = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    return code
