"""From "this customer has an AWS account" to the check of its role, clicked: with the worker, and
the stand-in for AWS.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from accounts.roles import StaffRole
from demo.northwind import NORTHWIND
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser
Come = Callable[..., Visitor]
ACCOUNT = "777711112222"


def log_in(visitor: Come, email: str, **options: object) -> Visitor:
    somebody = visitor(**options)
    somebody.log_in(email, host=NORTHWIND.host)
    return somebody


def add_account(somebody: Visitor, account_id: str, button: str) -> None:
    """Type the account, and land on the page of its role."""
    page = somebody.page
    page.get_by_role("link", name="Amazon Web Services").click()
    page.get_by_label("Account ID").fill(account_id)
    page.get_by_label("Root e-mail").fill("root@foxglove.example")
    with page.expect_navigation():
        page.get_by_role("button", name=button).click()
    expect(page.get_by_role("region", name="Trust policy")).to_contain_text("sts:ExternalId")


def check_role(somebody: Visitor, account_id: str) -> None:
    """Name a role that nobody made; AWS refuses, and the page says so by itself."""
    page = somebody.page
    page.get_by_label("Role ARN").fill(f"arn:aws:iam::{account_id}:role/ResellerPortal")
    with page.expect_navigation():
        page.get_by_role("button", name="Save and check").click()
    expect(page.get_by_text("AWS does not let us take on the role.")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("What to do:")).to_be_visible()


def test_1_staff_enable_the_provider_add_an_account_and_have_its_role_checked(
    visitor: Come,
) -> None:
    owner = log_in(visitor, NORTHWIND.team_email(StaffRole.OWNER))
    page = owner.page
    owner.go("/console/customers/?q=foxglove", host=NORTHWIND.host)
    page.get_by_role("link", name="Foxglove Analytics").click()
    page.get_by_role("link", name="Cloud providers").click()
    page.get_by_role("link", name="Change").first.click()
    page.get_by_label("Enabled").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Save provider").click()
    expect(page.get_by_text("The provider was saved.")).to_be_visible()

    page.get_by_role("navigation", name="Customer").get_by_role(
        "link", name="Cloud accounts"
    ).click()
    assert not owner.accessibility_violations()
    page.get_by_role("link", name="Add cloud account").click()
    assert not owner.accessibility_violations()
    add_account(owner, "7777-1111-2222", "Add cloud account")
    assert not owner.accessibility_violations()
    check_role(owner, ACCOUNT)
    assert not owner.accessibility_violations()


def test_2_the_list_of_all_finds_it_by_what_aws_shows(visitor: Come) -> None:
    member = log_in(visitor, NORTHWIND.team_email(StaffRole.VIEWER), theme="dark")
    page = member.page
    member.go("/console/accounts/", host=NORTHWIND.host)
    assert not member.accessibility_violations()
    page.locator("#list-search").fill("7777-1111-2222")
    expect(page.locator("#list-count")).to_have_text("1 cloud account")
    page.get_by_role("link", name=ACCOUNT).first.click()

    expect(page.get_by_text("AWS does not let us take on the role.").first).to_be_visible()
    assert not member.accessibility_violations()


def test_3_a_draft_is_discarded(visitor: Come) -> None:
    owner = log_in(visitor, NORTHWIND.team_email(StaffRole.OWNER))
    page = owner.page
    owner.go("/console/accounts/?q=777711112222", host=NORTHWIND.host)
    page.get_by_role("link", name=ACCOUNT).first.click()
    page.get_by_role("link", name="Discard").click()
    assert not owner.accessibility_violations()
    with page.expect_navigation():
        page.get_by_role("button", name="Discard cloud account").click()

    expect(page.get_by_text("was discarded")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_4_a_companys_administrator_links_an_account(visitor: Come, *, javascript: bool) -> None:
    """Without scripts the page of a check looks again by itself, too."""
    anna = log_in(visitor, "anna@acme-robotics.example", javascript=javascript)
    page = anna.page
    account = "888811112222" if javascript else "888811113333"
    page.get_by_role("link", name="Cloud accounts").first.click()
    expect(page.get_by_role("row", name="Acme production")).to_contain_text("Linked")
    page.get_by_role("link", name="Link an account").click()
    add_account(anna, account, "Go on")
    check_role(anna, account)
    if javascript:
        assert not anna.accessibility_violations()
