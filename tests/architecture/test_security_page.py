"""docs/security.md answers every requirement of its level, and what it names exists."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "security.md"
REQUIREMENTS = Path(__file__).with_name("asvs_5_0_level_2.txt")
CHAPTERS = 17

_ROW = re.compile(r"^\| (V[\d.]+(?:, V[\d.]+| to V[\d.]+)*) \|(.+)\|$", re.MULTILINE)
_NAMED = re.compile(r"`((?:tests|script)/[\w./-]+)(?:::(\w+))?`")
# These answers need no test: there is nothing to show, or it is said that it is not met.
WITHOUT_TEST = ("n/a:", "**Not met**", "**In part**", "Text:")


def required() -> list[str]:
    return re.findall(r"^(?!#).*$", REQUIREMENTS.read_text(), re.MULTILINE)


def ids() -> list[str]:
    return [each for line in required() for each in line.split()]


def rows(text: str) -> list[tuple[str, str]]:
    """Each requirement with its answer. A row may answer a range: `V10.1.1 to V10.7.3`."""
    known, found = ids(), list[tuple[str, str]]()
    for names, answer in _ROW.findall(text):
        for part in names.split(", "):
            first, _, last = part.partition(" to ")
            start, end = known.index(first), known.index(last or first)
            found += [(each, answer.strip()) for each in known[start : end + 1]]
    return found


def answers(text: str) -> dict[str, str]:
    return dict(rows(text))


@cache
def functions(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text())
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def missing(text: str) -> list[str]:
    """What the page names and nobody finds."""
    found = []
    for name, function in _NAMED.findall(text):
        path = ROOT / name
        if not path.exists() or (function and function not in functions(path)):
            found.append(f"{name}::{function}" if function else name)
    return found


def test_every_requirement_is_answered_once_and_in_order() -> None:
    assert [each for each, _answer in rows(PAGE.read_text())] == ids()
    assert len(ids()) == len(set(ids()))
    assert {each.partition(".")[0] for each in ids()} == {f"V{n}" for n in range(1, CHAPTERS + 1)}


def test_what_shows_it_exists() -> None:
    assert missing(PAGE.read_text()) == []


def test_every_answer_names_what_shows_it_or_says_why_not() -> None:
    bare = [
        name
        for name, answer in answers(PAGE.read_text()).items()
        if not answer.startswith(WITHOUT_TEST) and not _NAMED.search(answer)
    ]

    assert bare == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("`tests/architecture/test_security_page.py::test_what_shows_it_exists`", []),
        ("`script/check`", []),
        (
            "`tests/architecture/test_security_page.py::test_nothing`",
            ["tests/architecture/test_security_page.py::test_nothing"],
        ),
        ("`tests/nowhere/test_x.py`", ["tests/nowhere/test_x.py"]),
    ],
)
def test_a_name_that_leads_nowhere_is_found(text: str, found: list[str]) -> None:
    assert missing(text) == found


def test_ranges_are_understood() -> None:
    found = answers("| V17.1.1 to V17.2.2 | n/a: no |\n| V1.1.1, V1.1.2 | yes |\n")

    assert list(found) == ["V17.1.1", "V17.2.1", "V17.2.2", "V1.1.1", "V1.1.2"]
