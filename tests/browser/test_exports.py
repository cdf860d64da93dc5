"""The list of customers taken away, clicked: a CSV at once, an XLSX from the background."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import Visitor

HOST = "northwind.localhost"
STAFF = "owner@northwind.example"

pytestmark = pytest.mark.browser
Come = Callable[..., Visitor]


@pytest.mark.parametrize(
    ("javascript", "theme", "width"),
    [(True, "light", 1280), (True, "dark", 390), (False, "light", 1280)],
)
def test_the_list_is_taken_away(
    visitor: Come, javascript: bool, theme: Literal["light", "dark"], width: int
) -> None:
    staff = visitor(javascript=javascript, theme=theme, width=width)
    staff.log_in(STAFF, host=HOST)
    page = staff.page
    staff.go("/console/customers/?view=active&sort=-code", host=HOST)
    page.get_by_role("link", name="Export", exact=True).click()

    expect(page.get_by_text("View: Active")).to_be_visible()
    assert not javascript or staff.accessibility_violations() == []
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Export", exact=True).click()
    assert re.fullmatch(r"customers-[\d-]+\.csv", waiting.value.suggested_filename)
    lines = Path(waiting.value.path()).read_text("utf-8-sig").splitlines()
    assert lines[0].startswith("Organization,")
    assert len(lines) > 2

    page.get_by_label("XLSX (Excel)").check()
    page.get_by_label("All columns, custom fields included").check()
    page.get_by_role("button", name="Export", exact=True).click()
    expect(page.get_by_text("The file is ready.")).to_be_visible(timeout=60_000)
    assert not javascript or staff.accessibility_violations() == []
    with page.expect_download() as waiting:
        page.get_by_role("link", name=re.compile("^Download")).click()
    content = Path(waiting.value.path()).read_bytes()
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None

    staff.go("/console/customers/exports/", host=HOST)
    expect(page.get_by_text("Downloaded at once").first).to_be_visible()
    assert not javascript or staff.accessibility_violations() == []
    staff.open_mail(STAFF, "is ready")
    expect(page.get_by_text("Your export customers-").first).to_be_visible()


def test_the_link_to_the_export_follows_what_is_typed(visitor: Come) -> None:
    staff = visitor()
    staff.log_in(STAFF, host=HOST)
    page = staff.page
    staff.go("/console/customers/", host=HOST)

    page.locator("[data-list-search]").fill("zzqqxx")
    link = page.get_by_role("link", name="Export", exact=True)
    expect(link).to_have_attribute("href", re.compile("q=zzqqxx"))
    link.click()

    expect(page.get_by_text("Search: zzqqxx")).to_be_visible()
    expect(page.get_by_text("0 customers.")).to_be_visible()
