"""Every trial of `script/faults`, with few rounds. The figures of many stand in
`docs/reliability.md`."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 3
SECONDS = 600
NAMES = [
    "mail-killed",
    "reseller-killed",
    "decision-killed",
    "smtp",
    "timing",
    "broker-down",
    "broker-emptied",
    "database-restarted",
    "database-cut",
    "beat-twice",
]
BREAKS_NOTHING = {"timing"}  # and so nothing can get lost
# This process's settings point to the servers of the tests; trials bring their own.
NEUTRAL = ("HOME", "PATH", "LANG", "TMPDIR", "USER")


def faults(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "tests.faults", *words],
        cwd=ROOT,
        env={name: os.environ[name] for name in NEUTRAL if name in os.environ},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


@pytest.fixture(scope="module")
def outcomes() -> dict[str, dict[str, Any]]:
    done = faults(*NAMES, "--rounds", str(ROUNDS), "--json")
    try:
        return {each["name"]: each for each in json.loads(done.stdout)}
    except json.JSONDecodeError:
        pytest.fail(f"script/faults ended with {done.returncode}:\n{done.stderr}")


@pytest.mark.stack
@pytest.mark.parametrize("name", NAMES)
def test_the_promise_holds(outcomes: dict[str, dict[str, Any]], name: str) -> None:
    outcome = outcomes[name]

    assert outcome["failures"] == []
    assert outcome["lost"] == (None if name in BREAKS_NOTHING else 0)
    assert outcome["rounds"] == ROUNDS
    assert name in BREAKS_NOTHING or outcome["faults"] >= ROUNDS


def test_a_trial_that_nobody_knows_is_named() -> None:
    done = faults("mail-killd")

    assert done.returncode == 2
    assert "no trial is named 'mail-killd'" in done.stderr
    assert all(name in done.stderr for name in NAMES)
