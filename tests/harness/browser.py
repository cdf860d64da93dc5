"""Tests marked `browser` need Debian's Chromium.

Without it they are left out, loudly, or fail on request.
"""

import os
import shutil

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome")
HOW_TO_GET_IT = "Debian and Ubuntu: apt-get install chromium"
_REASON = f"no Chromium on this machine. {HOW_TO_GET_IT}"


def find_chromium() -> str | None:
    """The path of a browser that Playwright can drive."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


def is_required() -> bool:
    """Whether leaving the browser tests out counts as failure."""
    return os.environ.get("REQUIRE_BROWSER", "") not in {"", "0"}


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's path."""
    path = find_chromium()
    if path is None:
        leave_out()
    assert path
    return path


def leave_out() -> None:
    """Skip, or fail where the browser is required."""
    if is_required():
        pytest.fail(_REASON, pytrace=False)
    pytest.skip(_REASON)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Ask for the browser before a marked test's fixtures are made."""
    if item.get_closest_marker("browser") and find_chromium() is None:
        leave_out()


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the very end what was left out."""
    skipped = terminalreporter.stats.get("skipped", [])
    count = sum(_REASON in str(report.longrepr) for report in skipped)
    if count:
        terminalreporter.section("NOT TESTED", sep="!", red=True, bold=True)
        terminalreporter.line(f"{count} browser tests were left out: {_REASON}")
