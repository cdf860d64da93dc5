"""A browser, the running product, and visitors whose pages must behave."""

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser import stack as stacks
from tests.browser.stack import Stack
from tests.browser.visitor import Visitor

# As root Chromium runs without its sandbox; the rest keeps it from calling home.
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


@pytest.fixture(scope="session")
def stack(chromium: str) -> Iterator[Stack]:
    """The product with its demo data, real broker, worker, beat and mail."""
    with stacks.running() as running:
        yield running


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """Debian's Chromium."""
    # Playwright's loop stays in this thread; Django would refuse the database in later tests.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def visitor(browser: Browser, stack: Stack) -> Iterator[Callable[..., Visitor]]:
    """Makes people with browsers of their own, none of whose pages may complain."""
    visitors: list[Visitor] = []

    def come(**options: object) -> Visitor:
        visitors.append(Visitor(browser, stack, **options))  # type: ignore[arg-type]
        return visitors[-1]

    yield come
    complaints = [line for each in visitors for line in each.complaints()]
    for each in visitors:
        each.leave()
    assert complaints == []
