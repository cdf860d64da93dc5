"""Recovery codes: how they are kept, and how one is used."""

import json
import re

import pytest
from django.contrib.auth.hashers import identify_hasher
from django.test import override_settings

from accounts import recovery_codes
from accounts.flows import recovery_codes as flows
from accounts.models import User
from config import settings as configured
from resellers.models import Reseller
from tests.accounts.recovering import CODES, body, comes_in, kept_of, shown
from tests.accounts.test_factors import FACTORS, log_in, turn_on
from tests.factories import factors
from tests.factories.accounts import StaffMemberFactory, UserFactory
from tests.harness.clients import HostClient


@pytest.fixture
def person(alpha: Reseller) -> User:
    user: User = StaffMemberFactory.create(user__with_password=True).user
    return user


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
