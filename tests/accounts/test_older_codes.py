"""Codes that allauth made go on working, hashed; what we rely on in allauth is as it was."""

import json
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import override_settings
from django_tenants.utils import schema_context, tenant_context

from accounts import recovery_codes, tasks
from accounts.adapter import MFAAdapter
from accounts.flows import recovery_codes as flows
from accounts.models import User
from config.settings import CELERY_BEAT_SCHEDULE
from resellers.models import Reseller
from tests.accounts.recovering import CODES, body, comes_in, kept_of
from tests.accounts.test_factors import FACTORS, turn_on
from tests.factories import factors
from tests.factories.accounts import StaffMemberFactory, UserFactory
from tests.harness.clients import HostClient


@pytest.fixture
def person(alpha: Reseller) -> User:
    user: User = StaffMemberFactory.create(user__with_password=True).user
    return user


def test_nothing_that_turns_a_factor_on_leaves_a_seed(
    alpha_client: HostClient, person: User
) -> None:
    turn_on(alpha_client, person)
    assert set(kept_of(person).data) == {"hashes", "migrated_codes"}

    alpha_client.post(f"{CODES}new/")
    assert set(kept_of(person).data) == {"hashes", "migrated_codes"}


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
