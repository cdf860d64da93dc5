"""Recovery codes: how they are kept, checked, and shown once."""

import json
import logging
import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import identify_hasher
from django.test import override_settings
from django.urls import reverse
from django_tenants.utils import schema_context, tenant_context

from accounts import code_slips, recovery_codes, tasks
from accounts.adapter import MFAAdapter
from accounts.flows import recovery_codes as flows
from accounts.models import Session, User
from config import settings as configured
from config.logs import JsonLines, PlainLines
from config.settings import CELERY_BEAT_SCHEDULE
from notifications.models import OutgoingMail
from resellers.models import Reseller
from tests.accounts.test_factors import FACTORS, confirm_identity, log_in, turn_on
from tests.factories import factors
from tests.factories.accounts import StaffMemberFactory, UserFactory
from tests.harness.clients import HostClient

CODES = f"{FACTORS}codes/"
SHOWN = re.compile(r"<code>(\w{5}-\w{5})</code>")
SLIP = re.compile(r'name="slip" value="([^"]+)"')


@pytest.fixture
def person(alpha: Reseller) -> User:
    user: User = StaffMemberFactory.create(user__with_password=True).user
    return user


@pytest.fixture
def another_browser(alpha: Reseller) -> HostClient:
    return HostClient(alpha.host, alpha)


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is hashed from here on."""
    seen: list[str] = []

    def encode(_self: object, password: str, salt: str) -> str:
        seen.append(password)
        return f"md5${salt}${password[::-1]}"

    monkeypatch.setattr("django.contrib.auth.hashers.MD5PasswordHasher.encode", encode)
    return seen


def body(response: Any) -> str:
    return str(response.content.decode())


def shown(client: HostClient) -> list[str]:
    """The codes that the page shows now."""
    return SHOWN.findall(body(client.get(CODES)))


def kept_of(user: User) -> Any:
    row = flows.of_person(user)
    assert row
    return row


def comes_in(browser: HostClient, user: User, code: str) -> bool:
    """Whether the code is enough beside the password."""
    browser.cookies.clear()
    log_in(browser, user)
    browser.post(f"{FACTORS}authenticate/", {"code": code})
    return "_auth_user_id" in browser.session


# ── What a code is, and how it is kept ───────────────────────────────────────────────────────


def test_a_set_is_ten_words_of_which_no_two_begin_alike() -> None:
    codes = recovery_codes.draw()

    assert len(codes) == len({each[0] for each in codes}) == 10
    assert all(re.fullmatch(f"[{recovery_codes.ALPHABET}]{{10}}", each) for each in codes)
    assert not set(codes) & set(recovery_codes.draw())
    assert len(set(recovery_codes.ALPHABET)) == len(recovery_codes.ALPHABET) == 27


@pytest.mark.parametrize(
    "typed", ["k7q2m-9x4dp", "K7Q2M-9X4DP", " k7q2m 9x4dp\n", "k7q2m9x4dp", "k7q2m\u20139x4dp"]
)
def test_a_code_is_understood_however_it_is_typed(typed: str) -> None:
    assert recovery_codes.read(typed) == "k7q2m9x4dp"
    assert recovery_codes.read(recovery_codes.written("k7q2m9x4dp")) == "k7q2m9x4dp"


@pytest.mark.parametrize(
    "typed", ["", "123456", "k7q2m-9x4d", "k7q2m-9x4dpp", "k7q2m-9x4da", "1234567", "\x00" * 10]
)
def test_what_can_be_no_code_is_not_taken_for_one(typed: str) -> None:
    assert recovery_codes.read(typed) is None


def test_each_code_is_hashed_like_a_password_with_a_salt_of_its_own() -> None:
    codes = recovery_codes.draw()[:3]
    with override_settings(PASSWORD_HASHERS=configured.PASSWORD_HASHERS):
        kept = recovery_codes.hashed(codes)
        hashes = list(kept["hashes"].values())
        salts = {identify_hasher(each).decode(each)["salt"] for each in hashes}

        assert {identify_hasher(each).algorithm for each in hashes} == {"argon2"}
        assert len(salts) == 3
        assert min(map(len, salts)) >= 20  # characters of 62: far more than 32 bits
        assert recovery_codes.strike_out(kept, codes[1])
        assert not recovery_codes.strike_out(kept, codes[1])
    assert recovery_codes.left(kept) == 2


def test_the_row_tells_no_code(person: User) -> None:
    fresh = factors.fresh_codes(person)

    stored = json.dumps(kept_of(person).data)
    assert set(kept_of(person).data) == {"hashes", "migrated_codes"}
    for code in fresh.codes:
        assert code not in stored
        assert code[1:] not in stored
    assert recovery_codes.left(fresh.row.data) == 10


# ── Using one ────────────────────────────────────────────────────────────────────────────────


def test_a_recovery_code_lets_in_once(
    alpha_client: HostClient, another_browser: HostClient, person: User
) -> None:
    turn_on(alpha_client, person)
    codes = shown(alpha_client)
    assert len(codes) == 10

    assert comes_in(another_browser, person, codes[0])
    assert not comes_in(another_browser, person, codes[0])
    assert comes_in(another_browser, person, codes[9].upper().replace("-", " "))
    assert recovery_codes.left(kept_of(person).data) == 8


def test_a_recovery_code_confirms_who_one_is(alpha_client: HostClient, person: User) -> None:
    factors.app(person)
    code = factors.fresh_codes(person).codes[0]
    alpha_client.force_login(person)

    again = f"{FACTORS}reauthenticate/"
    assert alpha_client.post(again, {"code": code}).status_code == 302
    assert alpha_client.get(f"{CODES}new/").status_code == 200
    assert "Incorrect code" in body(alpha_client.post(again, {"code": code}))


def test_the_code_of_one_person_is_worthless_to_another(
    another_browser: HostClient, person: User
) -> None:
    codes = factors.fresh_codes(person).codes
    victim = UserFactory.create(with_password=True)
    factors.app(victim)
    factors.recovery_codes(victim)

    assert not comes_in(another_browser, victim, codes[0])
    assert recovery_codes.left(kept_of(person).data) == 10


def test_guessing_recovery_codes_ends_after_five_attempts_even_with_the_right_one(
    another_browser: HostClient, person: User
) -> None:
    factors.app(person)
    code = factors.fresh_codes(person).codes[0]
    log_in(another_browser, person)
    for guess in range(5):
        another_browser.post(f"{FACTORS}authenticate/", {"code": f"22222-2222{guess + 3}"})

    page = another_browser.post(f"{FACTORS}authenticate/", {"code": code})

    assert "Too many attempts" in body(page)
    assert "_auth_user_id" not in another_browser.session
    assert recovery_codes.left(kept_of(person).data) == 10


def test_guesses_of_both_kinds_count_together(another_browser: HostClient, person: User) -> None:
    factors.app(person)
    code = factors.fresh_codes(person).codes[0]
    log_in(another_browser, person)
    for guess in ("000000", "22222-22222", "000001", "22222-22223", "000002"):
        another_browser.post(f"{FACTORS}authenticate/", {"code": guess})

    assert "Too many attempts" in body(
        another_browser.post(f"{FACTORS}authenticate/", {"code": code})
    )


def test_the_right_code_forgets_the_wrong_ones(another_browser: HostClient, person: User) -> None:
    factors.app(person)
    codes = factors.fresh_codes(person).codes

    for code in codes[:2]:
        log_in(another_browser, person)
        for guess in range(4):
            another_browser.post(f"{FACTORS}authenticate/", {"code": f"22222-2222{guess + 3}"})
        another_browser.post(f"{FACTORS}authenticate/", {"code": code})
        assert "_auth_user_id" in another_browser.session
        another_browser.cookies.clear()


def test_a_check_costs_as_much_whatever_is_left(person: User, hashed: list[str]) -> None:
    codes = factors.fresh_codes(person).codes
    nobody = UserFactory.create()
    costs = []
    for guess in (codes[0][:9] + ("2" if codes[0][9] != "2" else "3"), codes[0], codes[0]):
        hashed.clear()
        flows.use(person, guess)
        costs.append(len(hashed))
    for code in codes[1:]:
        assert flows.use(person, code)
    for whose in (person, nobody):
        hashed.clear()
        assert flows.use(whose, codes[3]) is None
        costs.append(len(hashed))

    assert recovery_codes.left(kept_of(person).data) == 0
    assert costs == [1, 1, 1, 1, 1]


def test_a_code_of_the_app_costs_no_hash(
    another_browser: HostClient, person: User, hashed: list[str]
) -> None:
    factors.app(person)
    factors.recovery_codes(person)
    log_in(another_browser, person)
    hashed.clear()

    another_browser.post(f"{FACTORS}authenticate/", {"code": "000000"})

    assert hashed == []


# ── Making and showing them ──────────────────────────────────────────────────────────────────


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
    mails = [
        mail for mail in OutgoingMail.objects.all() if "New recovery codes" in str(mail.tokens)
    ]
    assert len(mails) == 1


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


# ── What allauth would do by itself ──────────────────────────────────────────────────────────


def test_nothing_that_turns_a_factor_on_leaves_a_seed(
    alpha_client: HostClient, person: User
) -> None:
    turn_on(alpha_client, person)
    alpha_client.post(f"{CODES}new/")

    rows = Authenticator.objects.filter(type="recovery_codes")
    assert [set(each.data) for each in rows] == [{"hashes", "migrated_codes"}]


def test_to_allauth_our_set_is_one_of_which_nothing_is_left(person: User) -> None:
    fresh = factors.fresh_codes(person)
    theirs = kept_of(person).wrap()

    assert theirs.get_unused_codes() == theirs.generate_codes() == []
    for code in (*fresh.codes, "", "123456", "12345678", *fresh.row.data["hashes"].values()):
        assert not theirs.validate_code(code)
    assert recovery_codes.left(kept_of(person).data) == 10


def test_allauth_reads_older_seeds_as_it_did_when_they_were_made(person: User) -> None:
    row = Authenticator(
        user=person,
        type="recovery_codes",
        data={"seed": MFAAdapter().encrypt("0123456789abcdef" * 5), "used_mask": 0b1111111},
    )

    assert row.wrap().get_unused_codes() == ["85808163", "85026242", "60612046"]


def test_the_codes_go_with_the_last_factor(alpha_client: HostClient, person: User) -> None:
    turn_on(alpha_client, person)

    alpha_client.post(f"{FACTORS}app/off/")

    assert flows.of_person(person) is None


# ── Codes that were made before there were hashes ────────────────────────────────────────────


def test_older_codes_go_on_working_and_the_first_use_hashes_all(
    another_browser: HostClient, person: User
) -> None:
    factors.app(person)
    older = factors.older_codes(person)
    assert older.row.wrap().validate_code(older.codes[2])

    assert not comes_in(another_browser, person, older.codes[2])  # as it was used before
    assert set(kept_of(person).data) == {"older_hashes", "migrated_codes"}
    assert comes_in(another_browser, person, older.codes[0])
    assert not comes_in(another_browser, person, older.codes[0])
    typed = f"{older.codes[1][:4]} {older.codes[1][4:]}"
    assert comes_in(another_browser, person, typed)
    assert recovery_codes.left(kept_of(person).data) == 7
    assert not [each for each in older.codes if each in json.dumps(kept_of(person).data)]


def test_older_codes_are_counted_before_and_after(alpha_client: HostClient, person: User) -> None:
    factors.app(person)
    older = factors.older_codes(person)
    older.row.wrap().validate_code(older.codes[0])
    alpha_client.force_login(person)

    before = body(alpha_client.get(FACTORS))
    flows.hash_older()

    assert "9 codes are left." in before
    assert "9 codes are left." in body(alpha_client.get(FACTORS))


def test_checking_older_codes_costs_as_much_whatever_is_left(
    person: User, hashed: list[str]
) -> None:
    older = factors.older_codes(person)
    flows.hash_older()
    costs = []
    for code in (*older.codes, older.codes[0]):
        hashed.clear()
        flows.use(person, code)
        costs.append(len(hashed))

    assert recovery_codes.left(kept_of(person).data) == 0
    assert costs == [10] * 11


def test_beat_has_older_codes_hashed_everywhere(
    alpha: Reseller, bravo: Reseller, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = {}
    for schema in ("public", "alpha", "bravo"):
        with schema_context(schema):
            codes[schema] = factors.older_codes(UserFactory.create()).codes
    sent: list[Any] = []
    monkeypatch.setattr(tasks, "for_each_in_service", sent.append)

    entry = CELERY_BEAT_SCHEDULE["accounts.sweep_recovery_codes"]
    assert entry["task"] == tasks.sweep_recovery_codes.name
    tasks.sweep_recovery_codes()
    assert [each.args for each in sent] == [(tasks.hash_recovery_codes,)]
    for reseller in (alpha, bravo):
        with tenant_context(reseller):
            tasks.hash_recovery_codes()

    for schema, own in codes.items():
        with schema_context(schema):
            row = Authenticator.objects.get()
            assert set(row.data) == {"older_hashes", "migrated_codes"}
            assert flows.use(row.user, own[4])


def test_many_people_are_hashed_a_part_at_a_time(alpha: Reseller) -> None:
    for _person in range(5):
        factors.older_codes(UserFactory.create())
    factors.recovery_codes(UserFactory.create())

    assert [flows.hash_older(at_most=2) for _turn in range(4)] == [2, 2, 1, 0]


def test_what_another_key_encrypted_keeps_nobody_waiting(alpha: Reseller) -> None:
    with override_settings(SECRET_KEY="another installation's"):
        lost = factors.older_codes(UserFactory.create())
    readable = factors.older_codes(UserFactory.create())

    assert flows.hash_older(at_most=1) == 1
    lost.row.refresh_from_db()
    readable.row.refresh_from_db()
    assert ("seed" in lost.row.data, "seed" in readable.row.data) == (True, False)
    assert flows.use(lost.row.user, lost.codes[0]) is None
    assert recovery_codes.left(lost.row.data) == 10
    with override_settings(SECRET_KEY_FALLBACKS=["another installation's"]):
        assert flows.use(lost.row.user, lost.codes[0])


def test_hashed_codes_need_no_key(person: User) -> None:
    codes = factors.fresh_codes(person).codes

    with override_settings(SECRET_KEY="another installation's"):
        assert flows.use(person, codes[0])


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
