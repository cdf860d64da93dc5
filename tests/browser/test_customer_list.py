"""What scripts add to the customer list and to the search: as people with keyboards meet it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.roles import StaffRole
from demo.northwind import NORTHWIND
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser
Come = Callable[..., Visitor]
LIST = "/console/customers/"
BOX = "#list-search"


@pytest.fixture
def member(visitor: Come) -> Visitor:
    member = visitor()
    member.log_in(NORTHWIND.team_email(StaffRole.OWNER), host=NORTHWIND.host)
    member.go(LIST, host=NORTHWIND.host)
    return member


def names(page: Page) -> list[str]:
    found: list[str] = page.locator("#list-results tbody th a").all_inner_texts()
    return found


def test_the_list_follows_what_is_typed(member: Visitor) -> None:
    page = member.page
    page.locator(BOX).focus()
    page.keyboard.type("halcyon")

    expect(page.locator("#list-count")).to_have_text("1 customer")
    assert names(page) == ["Halcyon Hotels"]
    assert page.evaluate("document.activeElement.id") == "list-search"
    assert page.evaluate("document.activeElement.selectionStart") == len("halcyon")
    assert page.url.endswith("?q=halcyon")
    page.keyboard.press("Control+a")
    page.keyboard.press("Backspace")

    expect(page.locator("#list-count")).not_to_have_text("1 customer")
    assert page.url.endswith(LIST)


def test_filters_and_views_stay_while_one_types(member: Visitor) -> None:
    page = member.page
    page.get_by_role("link", name="Key accounts").click()
    page.locator(BOX).fill("fox")

    expect(page.locator("#list-count")).to_have_text("1 customer")
    assert names(page) == ["Foxglove Analytics"]
    expect(page.locator(".chip")).to_have_text("Tags: key account")
    expect(page.get_by_role("link", name="Key accounts")).to_have_attribute("aria-current", "page")
    expect(page.get_by_role("button", name="Save changes")).to_be_visible()


def test_an_older_answer_does_not_come_over_a_newer_one(member: Visitor) -> None:
    page = member.page
    waiting = []
    page.route("**/?q=acme", lambda route: waiting.append(route))  # noqa: PLW0108 - counts them
    page.locator(BOX).fill("acme")
    page.wait_for_timeout(600)
    page.locator(BOX).fill("halcyon")

    expect(page.locator("#list-count")).to_have_text("1 customer")
    assert len(waiting) == 1
    waiting[0].abort()
    page.wait_for_timeout(300)
    assert names(page) == ["Halcyon Hotels"]


def test_the_search_opens_by_keys_and_leads_to_a_record(member: Visitor) -> None:
    page = member.page
    page.keyboard.press("Control+k")
    box = page.get_by_role("searchbox", name="Search in everything")
    expect(box).to_be_focused()
    page.keyboard.type("foxglove")

    link = page.locator("#search-dialog a.found-link").first
    expect(link).to_contain_text("Foxglove Analytics")
    assert member.accessibility_violations() == []
    page.keyboard.press("ArrowDown")
    expect(link).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(box).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page.locator("h1")).to_have_text("Foxglove Analytics")


def test_the_search_closes_and_gives_the_focus_back(member: Visitor) -> None:
    page = member.page
    opener = page.get_by_role("link", name="Search", exact=True)
    opener.click()
    expect(page.locator("#search-dialog")).to_be_visible()
    page.keyboard.press("Escape")

    expect(page.locator("#search-dialog")).to_be_hidden()
    expect(opener).to_be_focused()


def test_everything_works_without_scripts(visitor: Come) -> None:
    member = visitor(javascript=False)
    member.log_in(NORTHWIND.team_email(StaffRole.OWNER), host=NORTHWIND.host)
    member.go(LIST, host=NORTHWIND.host)
    page = member.page
    page.locator(BOX).fill("halcyon")
    page.get_by_role("button", name="Search").click()
    assert names(page) == ["Halcyon Hotels"]

    page.goto(page.url.partition("?")[0])
    page.get_by_text("Filters", exact=True).click()
    page.get_by_label("Industry vertical").fill("software")
    page.get_by_role("button", name="Apply filters").click()
    assert names(page) == ["Foxglove Analytics"]

    page.get_by_role("link", name="Search", exact=True).click()
    page.get_by_role("searchbox").fill("halcyon")
    page.get_by_role("main").get_by_role("button", name="Search").click()
    expect(page.get_by_text("Halcyon Hotels").first).to_be_visible()
