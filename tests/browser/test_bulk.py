"""Many customers at once, clicked and typed: with and without JavaScript."""

import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.roles import StaffRole
from demo.northwind import NORTHWIND
from tests.browser.test_every_page import look_at
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser
Come = Callable[..., Visitor]
LIST = "/console/customers/"
HEAD = "Organization name,Code,Contact name,E-mail"
TOLD = "[data-bulk-told]"


def come_in(visitor: Come, **options: object) -> Visitor:
    member = visitor(**options)
    member.log_in(NORTHWIND.team_email(StaffRole.OWNER), host=NORTHWIND.host)
    member.go(LIST, host=NORTHWIND.host)
    return member


@pytest.fixture
def member(visitor: Come) -> Visitor:
    return come_in(visitor)


def box(page: Page, name: str) -> Locator:
    return page.get_by_label(f"Select {name}", exact=True)


def boxes(page: Page) -> Locator:
    return page.locator("input[name=ids]")


def import_customers(member: Visitor, number: int) -> str:
    """So many, and the word in all of their names."""
    mark = uuid.uuid4().hex[:6].upper()
    rows = [f"Many {mark} {n},{mark}-{n},Anna,a@{mark}.example" for n in range(number)]
    page = member.page
    member.go("/console/customers/imports/upload/", host=NORTHWIND.host)
    content = "\n".join([HEAD, *rows]).encode()
    page.get_by_label("File", exact=False).set_input_files(
        {"name": "many.csv", "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name="Upload and choose columns").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name=f"Import {number} rows").click(timeout=60_000)
    expect(page.get_by_text("The file was imported.")).to_be_visible(timeout=60_000)
    return mark


@pytest.mark.parametrize("javascript", [True, False])
def test_ticked_customers_get_a_tag(visitor: Come, javascript: bool) -> None:
    member = come_in(visitor, javascript=javascript)
    page, tag = member.page, f"tag {uuid.uuid4().hex[:6]}"
    bar = page.get_by_role("form", name="Selection")
    assert bar.is_visible() is not javascript
    for name in ("Daybreak Media", "Granite State Insurance"):
        box(page, name).click()
    expect(bar).to_be_visible()

    bar.get_by_role("button", name="Add tags").click()
    expect(page.locator("h1")).to_have_text("Add tags to 2 customers?")
    page.get_by_label("Tags", exact=False).first.fill(tag)
    page.get_by_role("button", name="Add tags to 2 customers").click()

    expect(page.get_by_text("2 done, 0 skipped.")).to_be_visible(timeout=30_000)
    member.go(f"{LIST}?tag={tag}", host=NORTHWIND.host)
    expect(page.locator("#list-results tbody th")).to_have_text(
        ["Daybreak Media", "Granite State Insurance"]
    )
    # And away again: through "More", for all that the filter finds.
    for name in ("Daybreak Media", "Granite State Insurance"):
        box(page, name).click()
    bar.get_by_text("More", exact=True).click()
    bar.get_by_role("button", name="Remove tags").click()
    page.get_by_label("Tags", exact=False).first.fill(tag)
    page.get_by_role("button", name="Remove tags from 2 customers").click()
    expect(page.get_by_text("2 done, 0 skipped.")).to_be_visible(timeout=30_000)


@pytest.mark.parametrize("javascript", [True, False])
def test_all_that_match_are_meant_on_every_page(visitor: Come, javascript: bool) -> None:
    member = come_in(visitor, javascript=javascript)
    mark, page = import_customers(member, 30), member.page
    member.go(f"{LIST}?q={mark}&per=25", host=NORTHWIND.host)
    everything = page.get_by_label("Select all that match", exact=False)
    if javascript:
        page.get_by_label("Select all on this page").click()
        expect(page.locator(TOLD)).to_have_text("25 selected")
    everything.click()
    if javascript:
        expect(page.locator(TOLD)).to_have_text("All that match are selected: 25+ customers")
        assert member.accessibility_violations() == []

    page.get_by_role("button", name="Suspend", exact=True).click()
    expect(page.locator("h1")).to_have_text("Suspend 30 customers?")
    expect(page.get_by_text("and 20 more")).to_be_visible()
    page.get_by_label("Reason").fill("Unpaid")
    page.get_by_role("button", name="Suspend 30 customers").click()

    expect(page.get_by_text("30 done, 0 skipped.")).to_be_visible(timeout=30_000)
    member.go(f"{LIST}?q={mark}&view=suspended", host=NORTHWIND.host)
    expect(page.locator("#list-count")).to_have_text("30 customers")


def test_the_keyboard_ticks_and_opens_rows(member: Visitor) -> None:
    page = member.page
    for key in ("j", "x", "j", "j", "x"):
        page.keyboard.press(key)

    expect(page.locator(TOLD)).to_have_text("2 selected")
    assert [each.is_checked() for each in boxes(page).all()[:3]] == [True, False, True]
    page.keyboard.press("x")
    expect(page.locator(TOLD)).to_have_text("1 selected")
    page.keyboard.press("k")
    name = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(name)


def test_a_range_the_page_and_nothing_can_be_ticked(member: Visitor) -> None:
    page, head = member.page, member.page.get_by_label("Select all on this page")
    number = boxes(page).count()
    boxes(page).nth(1).click()
    boxes(page).nth(4).click(modifiers=["Shift"])

    expect(page.locator(TOLD)).to_have_text("4 selected")
    assert head.evaluate("box => box.indeterminate")
    head.click()
    expect(page.locator(TOLD)).to_have_text(f"{number} selected")
    assert not head.evaluate("box => box.indeterminate")
    boxes(page).nth(4).click()
    boxes(page).nth(1).click(modifiers=["Shift"])
    expect(page.locator(TOLD)).to_have_text(f"{number - 4} selected")

    page.get_by_role("button", name="Clear the selection").click()
    expect(page.get_by_role("form", name="Selection")).to_be_hidden()
    expect(head).to_be_focused()


def test_a_search_clears_the_selection_and_says_so(member: Visitor) -> None:
    page = member.page
    box(page, "Halcyon Hotels").click()
    page.locator("#list-search").fill("halcyon")

    expect(page.locator("#list-count")).to_have_text("1 customer")
    expect(page.locator("#live")).to_have_text("The selection was cleared.")
    expect(page.get_by_role("form", name="Selection")).to_be_hidden()
    box(page, "Halcyon Hotels").click()
    expect(page.locator(TOLD)).to_have_text("1 selected")
    # What is sent is the list as it is now.
    action = page.locator("#bulk").get_attribute("action") or ""
    assert action.endswith("/bulk/?q=halcyon")


def test_the_bar_covers_nothing_that_has_the_focus(member: Visitor) -> None:
    page = member.page
    page.set_viewport_size({"width": 1280, "height": 420})
    boxes(page).first.click()
    covered = """() => {
        const bar = document.getElementById("bulk"), focused = document.activeElement;
        return !bar.contains(focused) && !document.querySelector(".topbar").contains(focused)
            && focused.getBoundingClientRect().bottom > bar.getBoundingClientRect().top
            && focused.getBoundingClientRect().top < bar.getBoundingClientRect().bottom;
    }"""
    seen = 0
    while page.evaluate("document.activeElement.closest('tbody') !== null"):
        assert not page.evaluate(covered), page.evaluate("document.activeElement.outerHTML")
        page.keyboard.press("Tab")
        seen += 1
    assert seen > 10


def test_every_page_about_many_customers_is_sound(member: Visitor) -> None:
    page, wrong = member.page, []
    for name in ("Daybreak Media", "Granite State Insurance"):
        box(page, name).click()
    wrong += look_at(member, "the list with its bar")
    page.get_by_role("form", name="Selection").get_by_text("More").click()
    wrong += look_at(member, "the list with the menu")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Add tags").click()
    wrong += look_at(member, "the page that asks")
    page.get_by_role("button", name="Add tags to 2 customers").click()
    expect(page.get_by_role("alert")).to_be_focused()
    wrong += look_at(member, "the page that asks, with an error")
    page.get_by_label("Tags", exact=False).first.fill("looked at")
    page.get_by_role("button", name="Add tags to 2 customers").click()
    expect(page.get_by_text("2 done, 0 skipped.")).to_be_visible(timeout=30_000)
    wrong += look_at(member, "the run")
    assert wrong == [], "\n".join(wrong)
