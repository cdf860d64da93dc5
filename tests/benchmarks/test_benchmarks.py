"""Each benchmark runs and finds its ratios; at this size the figures mean nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks import report
from tests.benchmarks.__main__ import NAMES
from tests.benchmarks.findings import AtLeast, AtMost, Finding
from tests.benchmarks.management.commands.measure import BENCHMARKS
from tests.benchmarks.stage import CHECKOUT

EXPECTED = {
    "list": {"list.bare", "list.layout", "list.hello", "list.tables2", "list.admin"},
    "filters": {"filters.search-for-a-rare-word", "filters.a-common-tag", "filters.everything"},
    "accounts": {"accounts.list", "accounts.search-for-part-of-an-id", "accounts.one-customer"},
    "mails": {"mails"},
    "sign-up": {"sign-up"},
    "new-reseller": {"new-reseller"},
    "resellers": {"resellers.page", "resellers.migrate"},
    "size": {"size.first-page", "size.deep-page", "size.search-for-a-rare-word"},
    "import": {"import.target", "import.bare", "import.memory-csv", "import.memory-xlsx"},
    "export": {"export.stream", "export.csv-all", "export.xlsx", "export.memory-worker"},
}


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    """One tiny run of everything, as a program sees it."""
    command = [sys.executable, "-m", "tests.benchmarks", "--scale", "tiny", "--json"]
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    done = subprocess.run(  # noqa: S603 - our own program
        command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout, done.stderr
    findings = json.loads(done.stdout)["findings"]
    missed = {each["name"] for each in findings if each["verdict"] == "missed"}
    assert done.returncode == (1 if missed else 0), done.stderr
    assert all(name in done.stderr for name in missed)
    return {each["name"]: each for each in findings}


@pytest.mark.parametrize("name", NAMES)
def test_a_benchmark_runs_and_finds_its_ratios(found: dict[str, Any], name: str) -> None:
    assert found.keys() >= EXPECTED[name]
    for each in EXPECTED[name]:
        assert 0 < found[each]["ratio"] < 1000


def test_each_benchmark_has_a_name_at_the_command() -> None:
    assert tuple(BENCHMARKS) == NAMES
    assert set(EXPECTED) == set(NAMES)


@pytest.mark.parametrize(
    ("target", "ratio", "verdict"),
    [
        (AtMost(1.3), 1.3, "met"),
        (AtMost(1.3), 1.31, "missed"),
        (AtLeast(5), 5, "met"),
        (AtLeast(5), 4.9, "missed"),
        (None, 99, "–"),
    ],
)
def test_a_target_is_met_or_missed(
    target: AtMost | AtLeast | None, ratio: float, verdict: str
) -> None:
    finding = Finding("list.bare", "a page", ratio, target)

    assert finding.verdict == verdict
    assert report.line(finding).startswith(verdict)
    assert finding.is_met is (verdict != "missed")


def test_the_table_says_what_was_missed(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text(f"{report.BEGIN}\n{report.END}")

    report.write_table([Finding("a", "A", 4.0, AtMost(3)), Finding("b", "B", 3, AtMost(3))], page)

    assert "| `a` | A | 4 × (missed) | ≤ 3 × |" in page.read_text()
    assert "| `b` | B | 3 × | ≤ 3 × |" in page.read_text()


def test_the_table_keeps_the_rows_of_what_did_not_run(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text(f"# Before\n{report.BEGIN}\n{report.END}\nafter\n")
    report.write_table([Finding("a", "A", 1.0), Finding("b", "B", 2.0, AtMost(3))], page)

    report.write_table([Finding("b", "B", 2.5, AtMost(3))], page)

    text = page.read_text()
    assert "| `a` | A | 1 × | – |" in text
    assert "| `b` | B | 2.5 × | ≤ 3 × |" in text
    assert text.count("`b`") == 1
    assert text.startswith("# Before\n")
    assert text.endswith("\nafter\n")
