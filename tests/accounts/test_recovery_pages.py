"""Recovery codes are made, shown once, and can be downloaded then."""

import json
import logging
import re

import pytest
from django.urls import reverse
from django_tenants.utils import schema_context

from accounts import code_slips
from accounts.flows import recovery_codes as flows
from accounts.models import Session, User
from config.logs import JsonLines, PlainLines
from resellers.models import Reseller
from tests.accounts.recovering import CODES, SHOWN, body, comes_in, kept_of, shown
from tests.accounts.test_factors import confirm_identity, log_in, turn_on
from tests.accounts.test_notices import told
from tests.factories import factors
from tests.factories.accounts import StaffMemberFactory, UserFactory
from tests.harness.clients import HostClient

SLIP = re.compile(r'name="slip" value="([^"]+)"')


@pytest.fixture
def person(alpha: Reseller) -> User:
    user: User = StaffMemberFactory.create(user__with_password=True).user
    return user


def test_the_first_codes_come_with_the_app_and_are_shown_once(
    alpha_client: HostClient, person: User
) -> None:
    turn_on(alpha_client, person)

    assert len(shown(alpha_client)) == 10
    again = body(alpha_client.get(CODES))
    assert SHOWN.findall(again) == []
    assert "10 codes are left." in again
    assert "Make new codes" in again


def test_a_second_factor_more_leaves_the_codes_alone(
    alpha_client: HostClient, person: User
) -> None:
    log_in(alpha_client, person)
    factors.security_key(person)
    codes = factors.fresh_codes(person).codes

    turn_on(alpha_client, person)

    assert shown(alpha_client) == []
    assert flows.use(person, codes[0])


def test_new_codes_replace_the_old_ones_and_their_owner_is_told(
    alpha_client: HostClient, another_browser: HostClient, person: User
) -> None:
    turn_on(alpha_client, person)
    old = shown(alpha_client)

    asked = body(alpha_client.get(f"{CODES}new/"))
    assert "The 10 codes that you have stop working." in asked
    made = alpha_client.post(f"{CODES}new/")

    assert made.headers["Location"] == CODES
    new = shown(alpha_client)
    assert len(new) == 10
    assert not set(old) & set(new)
    assert not comes_in(another_browser, person, old[0])
    assert comes_in(another_browser, person, new[0])
    assert ["New recovery codes were made." in text for text in told(person)] == [True]


def test_new_codes_are_not_made_without_end(alpha_client: HostClient, person: User) -> None:
    turn_on(alpha_client, person)
    answers = [alpha_client.post(f"{CODES}new/").status_code for _try in range(6)]
    last = kept_of(person).pk

    assert answers == [302] * 5 + [429]
    alpha_client.post(f"{CODES}new/")
    assert kept_of(person).pk == last


def test_without_a_factor_there_are_no_codes_to_make(
    alpha_client: HostClient, person: User
) -> None:
    log_in(alpha_client, person)
    confirm_identity(alpha_client)

    assert alpha_client.get(CODES).status_code == 404
    refused = alpha_client.post(f"{CODES}new/")

    assert refused.status_code == 200
    assert flows.of_person(person) is None


def test_it_takes_the_password_again_to_make_new_ones(
    alpha_client: HostClient, person: User
) -> None:
    factors.app(person)
    before = factors.recovery_codes(person)
    alpha_client.force_login(person)

    for answer in (alpha_client.get(f"{CODES}new/"), alpha_client.post(f"{CODES}new/")):
        assert answer.headers["Location"].startswith("/account/reauthenticate/")

    assert kept_of(person).pk == before.pk


def test_the_page_hands_its_codes_to_the_file(alpha_client: HostClient, person: User) -> None:
    turn_on(alpha_client, person)
    page = body(alpha_client.get(CODES))
    slip = SLIP.findall(page)

    file = alpha_client.post(f"{CODES}file/", {"slip": slip[0]})

    assert body(file).split() == SHOWN.findall(page)
    assert file.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert file.headers["Content-Disposition"] == 'attachment; filename="recovery-codes.txt"'
    assert "no-store" in file.headers["Cache-Control"]
    assert alpha_client.get(f"{CODES}file/").status_code == 405


def test_neither_page_nor_file_is_kept_by_a_cache(alpha_client: HostClient, person: User) -> None:
    turn_on(alpha_client, person)

    page = alpha_client.get(CODES)

    assert len(SHOWN.findall(body(page))) == 10
    for rule in ("no-store", "private"):
        assert rule in page.headers["Cache-Control"]


def slip_of(client: HostClient, user: User) -> str:
    turn_on(client, user)
    return str(SLIP.findall(body(client.get(CODES)))[0])


def test_a_slip_ends_after_ten_minutes(
    alpha_client: HostClient, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    slip = slip_of(alpha_client, person)
    assert code_slips.codes_on(slip, person)
    monkeypatch.setattr(code_slips, "LASTS", -1)

    told = alpha_client.post(f"{CODES}file/", {"slip": slip}, follow=True)

    assert "can no longer be downloaded" in body(told)
    assert code_slips.codes_on(slip, person) == []


def test_a_slip_is_worth_nothing_once_there_are_newer_codes(
    alpha_client: HostClient, person: User
) -> None:
    slip = slip_of(alpha_client, person)
    flows.make(person)

    assert alpha_client.post(f"{CODES}file/", {"slip": slip}).status_code == 302


def test_a_slip_is_worth_nothing_to_anybody_else(
    alpha_client: HostClient, another_browser: HostClient, person: User
) -> None:
    slip = slip_of(alpha_client, person)
    other = UserFactory.create(with_password=True)
    turn_on(another_browser, other)

    assert another_browser.post(f"{CODES}file/", {"slip": slip}).status_code == 302
    assert code_slips.codes_on(slip, other) == []


@pytest.mark.parametrize("slip", ["", "x", "gAAAA", "🦄", "\x00", "a" * 5000])
def test_a_slip_that_we_did_not_write_is_none(person: User, slip: str) -> None:
    factors.recovery_codes(person)

    assert code_slips.codes_on(slip, person) == []


def test_what_was_encrypted_for_a_factor_is_no_slip(person: User) -> None:
    row = factors.app(person)

    assert code_slips.codes_on(row.data["secret"], person) == []


def test_the_session_never_holds_codes_in_the_clear_and_forgets_them_when_they_are_shown(
    alpha_client: HostClient, person: User
) -> None:
    turn_on(alpha_client, person)

    def held() -> str:
        return json.dumps([each.get_decoded() for each in Session.objects.all()])

    waiting = held()
    assert '"recovery_codes"' in waiting
    codes = [each.replace("-", "") for each in shown(alpha_client)]
    assert len(codes) == 10
    assert not [each for each in codes if each in waiting]
    assert '"recovery_codes"' not in held()


def test_no_code_reaches_the_logs(
    alpha_client: HostClient,
    another_browser: HostClient,
    person: User,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    turn_on(alpha_client, person)
    page = body(alpha_client.get(CODES))
    codes, slip = SHOWN.findall(page), SLIP.findall(page)[0]
    alpha_client.post(f"{CODES}file/", {"slip": slip})
    assert comes_in(another_browser, person, codes[0])
    assert not comes_in(another_browser, person, codes[0])

    for lines in (JsonLines(), PlainLines()):
        written = "\n".join(lines.format(record) for record in caplog.records)
        assert "proof.failed" in written
        secrets = [*codes, *(each.replace("-", "") for each in codes), slip]
        assert not [each for each in secrets if each in written]


def test_operators_get_and_use_them_too(platform_client: HostClient) -> None:
    with schema_context("public"):
        operator = UserFactory.create(is_staff=True, is_superuser=True, with_password=True)
        turn_on(platform_client, operator)
        codes = shown(platform_client)
        assert len(codes) == 10

        assert comes_in(platform_client, operator, codes[0])
        assert not comes_in(platform_client, operator, codes[0])


def test_strangers_see_no_codes(alpha_client: HostClient) -> None:
    for page in (CODES, f"{CODES}new/", f"{CODES}file/"):
        for answer in (alpha_client.get(page), alpha_client.post(page)):
            assert answer.headers["Location"].startswith(reverse("account_login"))
