"""A file of customers, clicked: from the upload to the customers, with and without JavaScript."""

import re
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import Visitor

HOST = "northwind.localhost"
STAFF = "owner@northwind.example"
HEAD = "Organization name,Code,Contact name,E-mail"

pytestmark = pytest.mark.browser
Come = Callable[..., Visitor]


@pytest.mark.parametrize("javascript", [True, False])
def test_a_file_is_tried_out_and_taken_over(visitor: Come, javascript: bool) -> None:
    mark = uuid.uuid4().hex[:6].upper()
    rows = [f"Imported {mark} {n},{mark}-{n},Anna,a@{mark}.example" for n in range(30)]
    content = "\n".join([HEAD, *rows, f"Nobody {mark},,,"])
    staff = visitor(javascript=javascript)
    staff.log_in(STAFF, host=HOST)
    page = staff.page
    staff.go("/console/customers/", host=HOST)
    page.get_by_role("link", name="Import", exact=True).click()

    page.get_by_label("File", exact=False).set_input_files(
        {"name": "customers.csv", "mimeType": "text/csv", "buffer": content.encode()}
    )
    page.get_by_role("button", name="Upload and choose columns").click()
    expect(page.get_by_label("Organization name")).to_have_value("organization_name")
    assert not javascript or staff.accessibility_violations() == []
    page.get_by_role("button", name="Try it out").click()
    expect(page.get_by_text("nothing has been changed yet")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("row", name=re.compile("Missing: Contact name"))).to_be_visible()
    page.get_by_role("button", name="Import 30 rows").click()
    expect(page.get_by_text("The file was imported.")).to_be_visible(timeout=60_000)
    assert not javascript or staff.accessibility_violations() == []

    page.get_by_role("link", name=f"Imported {mark} 7").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"Imported {mark} 7")
    page.get_by_role("link", name="Timeline").click()
    expect(page.get_by_text("From the file “customers.csv”.")).to_be_visible()
