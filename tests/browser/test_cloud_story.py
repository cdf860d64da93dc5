"""From an account that a customer has to one that is billed through us, clicked by everybody who
takes part: staff, an operator, and the customer at the stand-in for AWS.
"""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.roles import StaffRole
from demo.aws import command
from demo.northwind import NORTHWIND
from demo.world import OPERATOR_EMAIL
from tests.browser.stack import Stack
from tests.browser.visitor import Visitor

# Each chapter builds on the one before: script/test gives a whole file to one process.
pytestmark = pytest.mark.browser
Come = Callable[..., Visitor]
Play = Callable[..., str]
ACCOUNT, NAME = "666611112222", "Robotics lab"
ADMINISTRATOR = "anna@acme-robotics.example"
SOON = 120_000  # milliseconds: invitations are looked at every minute at first


@pytest.fixture
def play(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Play:
    """What the customer does at AWS."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{stack.aws_port}")

    def played(act: str, **wish: str) -> str:
        return command.play(act, wish)

    return played


def come_in(visitor: Come, email: str, *, host: str = NORTHWIND.host) -> Visitor:
    somebody = visitor()
    somebody.log_in(email, host=host)
    return somebody


def press(page: Page, name: str | re.Pattern[str]) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name).click()


def expect_in_time(page: Page, text: str) -> None:
    """Look again and again, as people do."""
    for _look in range(SOON // 2_000):
        if page.get_by_text(text).count():
            return
        page.wait_for_timeout(2_000)
        page.reload()
    expect(page.get_by_text(text).first).to_be_visible()


def ticket(visitor: Come) -> Visitor:
    """An operator with the ticket open."""
    operator = come_in(visitor, OPERATOR_EMAIL, host="localhost")
    operator.go("/admin/operations/fulfilmentticket/")
    operator.page.get_by_role("link", name=NAME).first.click()
    return operator


def test_1_an_operator_connects_the_platforms_management_account(visitor: Come) -> None:
    operator = come_in(visitor, OPERATOR_EMAIL, host="localhost")
    page = operator.page
    operator.go("/admin/operations/platformconnection/add/")
    page.get_by_label("Management account ID").fill("100000000001")
    press(page, "Save")

    expect_in_time(page, "OK")


def test_2_staff_name_a_role_that_works_and_ask(visitor: Come, play: Play) -> None:
    owner = come_in(visitor, NORTHWIND.team_email(StaffRole.OWNER))
    page = owner.page
    owner.go("/console/customers/?q=acme-robotics", host=NORTHWIND.host)
    page.get_by_role("link", name="Acme Robotics Inc.").click()
    page.get_by_role("navigation", name="Customer").get_by_role(
        "link", name="Cloud accounts"
    ).click()
    page.get_by_role("link", name="Add cloud account").click()
    page.get_by_role("link", name="Amazon Web Services").click()
    page.get_by_label("Account ID").fill(ACCOUNT)
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("Root e-mail").fill("root@acme-robotics.example")
    press(page, "Add cloud account")

    policy = page.get_by_role("region", name="Trust policy").inner_text()
    (external_id,) = re.findall(r'"sts:ExternalId":\s*"([^"]+)"', policy)
    play("grant", account=ACCOUNT, external_id=external_id)
    page.get_by_label("Role ARN").fill(f"arn:aws:iam::{ACCOUNT}:role/ResellerPortal")
    press(page, "Save and check")
    expect(page.get_by_text("The role works, and only with our external ID.")).to_be_visible(
        timeout=30_000
    )
    page.get_by_role("link", name="Submit for approval").first.click()
    page.get_by_label("Reason").fill("The lab moves to us.")
    assert not owner.accessibility_violations()
    press(page, re.compile("^(Ask|Submit)"))

    expect(page.get_by_role("heading", level=1)).to_contain_text(NAME)


def test_3_it_is_approved_and_forwarded(visitor: Come) -> None:
    admin = come_in(visitor, NORTHWIND.team_email(StaffRole.ADMIN))
    page = admin.page
    admin.go(f"/console/requests/?q={ACCOUNT}", host=NORTHWIND.host)
    assert not admin.accessibility_violations()
    page.get_by_role("link", name="Acme Robotics Inc.").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(NAME)
    assert not admin.accessibility_violations()
    press(page, re.compile("Approve and forward"))

    expect(
        page.locator("main").get_by_text(re.compile("forwarded", re.IGNORECASE)).first
    ).to_be_visible()


def test_4_an_operator_invites_and_the_customer_accepts(visitor: Come, play: Play) -> None:
    operator = ticket(visitor)
    page = operator.page
    expect(page.get_by_text("The lab moves to us.")).to_be_visible()
    page.get_by_role("link", name="Send invitation").click()
    press(page, "Send invitation")
    expect_in_time(page, "Waiting for the customer")

    play("accept", account=ACCOUNT)

    expect_in_time(page, "Done")


def test_5_everybody_sees_it_linked(visitor: Come) -> None:
    owner = come_in(visitor, NORTHWIND.team_email(StaffRole.OWNER))
    owner.go(f"/console/accounts/?q={ACCOUNT}", host=NORTHWIND.host)
    expect(owner.page.get_by_role("row", name=NAME)).to_contain_text("Linked")
    owner.page.get_by_role("link", name=NAME).click()
    assert not owner.accessibility_violations()

    anna = come_in(visitor, ADMINISTRATOR)
    anna.page.get_by_role("link", name="Cloud accounts").first.click()
    expect(anna.page.get_by_role("row", name=NAME)).to_contain_text("Linked")


def test_6_credentials_open_once(visitor: Come) -> None:
    owner = come_in(visitor, NORTHWIND.team_email(StaffRole.OWNER))
    page = owner.page
    owner.go(f"/console/accounts/?q={ACCOUNT}", host=NORTHWIND.host)
    page.get_by_role("link", name=NAME).click()
    page.get_by_role("link", name="Credentials").click()
    assert not owner.accessibility_violations()
    page.get_by_role("link", name="Send credentials").click()
    page.get_by_label("E-mail").fill(ADMINISTRATOR)
    page.get_by_label("Name").fill("Anna")
    page.get_by_label("Credentials").fill("root / correct horse battery staple")
    assert not owner.accessibility_violations()
    press(page, "")
    expect(page.get_by_text("The link to the credentials is on its way.")).to_be_visible()

    anna = visitor()
    anna.open_mail(ADMINISTRATOR, "Your credentials")
    expect(anna.page.locator("body")).not_to_contain_text("correct horse")
    anna.follow_link()
    assert not anna.accessibility_violations()
    expect(anna.page.locator("body")).not_to_contain_text("correct horse")
    press(anna.page, "Show the credentials")
    expect(anna.page.locator("main")).to_contain_text("correct horse battery staple")
    assert not anna.accessibility_violations()
    anna.page.go_back()
    anna.page.reload()
    expect(anna.page.locator("body")).not_to_contain_text("correct horse")

    page.reload()
    expect(page.locator("main")).to_contain_text("Opened")
