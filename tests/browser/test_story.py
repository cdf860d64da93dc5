"""The product's main job from end to end, clicked: real web server, broker, worker and mail."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from demo.world import OPERATOR_EMAIL
from tests.browser.visitor import Visitor

HOST = "cobalt.localhost"
PASSWORD = "a-long-Passphrase-of-ours"

# Each chapter builds on the one before: script/test gives a whole file to one process.
pytestmark = pytest.mark.browser
Come = Callable[..., Visitor]


def test_1_an_operator_makes_a_reseller_and_sees_it_become_ready(visitor: Come) -> None:
    operator = visitor()
    operator.log_in(OPERATOR_EMAIL, host="localhost")
    page = operator.page
    operator.go("/admin/resellers/reseller/add/")
    page.get_by_label("Name:", exact=True).fill("Cobalt Cloud")
    page.get_by_label("Host:").fill(HOST)
    page.get_by_label("First owner's e-mail:").fill("olga@cobalt.example")
    page.get_by_label("First owner's name:").fill("Olga Owner")
    page.get_by_label("Amazon Web Services").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Save", exact=True).click()

    for _attempt in range(60):
        operator.go("/admin/resellers/reseller/")
        row = page.get_by_role("row", name="Cobalt Cloud")
        if "Ready" in row.inner_text():
            break
        page.wait_for_timeout(500)
    expect(row).to_contain_text("Ready")


def test_2_the_owner_comes_in_by_the_mail(visitor: Come) -> None:
    owner = visitor()
    owner.open_mail("olga@cobalt.example", "invit")
    owner.follow_link()
    owner.choose_password(PASSWORD)

    expect(owner.page).to_have_url(re.compile(rf"//{HOST}:\d+/console/$"))
    expect(owner.page.get_by_role("heading", level=1)).to_have_text("Home")


def test_3_a_link_works_once(visitor: Come) -> None:
    late = visitor()
    late.open_mail("olga@cobalt.example", "invit")
    late.follow_link()

    expect(late.page.get_by_text(re.compile("used already"))).to_be_visible()


def test_4_staff_make_a_customer_and_invite_its_administrator(visitor: Come) -> None:
    owner = visitor()
    owner.log_in("olga@cobalt.example", host=HOST, password=PASSWORD)
    page = owner.page
    owner.go("/console/customers/create/", host=HOST)
    page.get_by_label("Organization name").fill("Zenith Labs")
    page.get_by_label("Contact name").fill("Zoe Admin")
    page.get_by_label("E-mail").fill("zoe@zenith.example")
    with page.expect_navigation():
        page.get_by_role("button", name="Create customer").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Zenith Labs")
    expect(page.get_by_label("E-mail")).to_have_value("zoe@zenith.example")
    page.get_by_label("Send an invitation now").check()
    page.get_by_role("button", name=re.compile("administrator")).click()

    expect(page.get_by_role("row", name="Zoe Admin")).to_contain_text("Administrator")
    expect(page.get_by_role("row", name="Zoe Admin")).to_contain_text("Pending Email Validation")
    page.get_by_role("link", name="Timeline").click()
    expect(page.get_by_text("Olga Owner invited Zoe Admin")).to_be_visible()


def test_5_the_invited_person_sees_their_company(visitor: Come) -> None:
    zoe = visitor(theme="dark")
    zoe.open_mail("zoe@zenith.example", "portal")
    zoe.follow_link()
    zoe.choose_password(PASSWORD)

    expect(zoe.page).to_have_url(re.compile(rf"//{HOST}:\d+/portal/[0-9a-f-]+/$"))
    expect(zoe.page.get_by_role("heading", level=1)).to_have_text("Zenith Labs")
    zoe.page.get_by_role("link", name="People").first.click()
    expect(zoe.page.get_by_role("row", name="Zoe Admin")).to_contain_text("Active")


def test_5b_the_administrator_lets_a_colleague_in(visitor: Come) -> None:
    zoe, yan = visitor(), visitor(width=390)
    zoe.log_in("zoe@zenith.example", host=HOST, password=PASSWORD)
    page = zoe.page
    page.get_by_role("link", name="People").first.click()
    page.get_by_role("link", name="Add person").click()
    page.get_by_label("Full name").fill("Yan Colleague")
    page.get_by_label("E-mail").fill("yan@zenith.example")
    page.get_by_label("Role").select_option("billing")
    with page.expect_navigation():
        page.get_by_role("button", name="Send invitation").click()
    row = page.get_by_role("row", name="Yan Colleague")
    expect(row).to_contain_text("Pending Email Validation")

    yan.open_mail("yan@zenith.example", "portal")
    yan.follow_link()
    yan.choose_password(PASSWORD)
    expect(yan.page.get_by_role("heading", level=1)).to_have_text("Zenith Labs")
    expect(yan.page.get_by_text("Your role: Billing")).to_be_visible()

    page.reload()
    expect(row).to_contain_text("Active")
    page.get_by_role("link", name="Yan Colleague").click()
    page.get_by_role("link", name="Suspend").click()
    zoe.submit()
    expect(page.get_by_text("Yan Colleague is suspended.")).to_be_visible()
    yan.log_in("yan@zenith.example", host=HOST, password=PASSWORD)
    expect(yan.page.get_by_text("Account suspended").first).to_be_visible()


def test_5c_staff_make_an_account_from_a_contact(visitor: Come) -> None:
    owner = visitor()
    owner.log_in("olga@cobalt.example", host=HOST, password=PASSWORD)
    page = owner.page
    owner.go("/console/customers/", host=HOST)
    page.get_by_role("link", name="Zenith Labs").click()
    page.get_by_role("link", name="Contacts").click()
    page.get_by_role("link", name="Add contact").first.click()
    expect(page.get_by_label("E-mail")).to_have_value("zoe@zenith.example")
    page.get_by_label("First name").fill("Xenia")
    page.get_by_label("Last name").fill("Contact")
    page.get_by_label("E-mail").fill("xenia@zenith.example")
    owner.submit()
    page.get_by_role("link", name="Contacts").first.click()
    page.get_by_label("Tick Xenia Contact").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Create user accounts").click()
    expect(page.get_by_role("row", name="Xenia Contact")).to_contain_text("Is invited")
    with page.expect_navigation():
        page.get_by_role("button", name="Create 1 user account").click()

    expect(page.get_by_role("row", name="Xenia Contact")).to_contain_text("Invited")
    owner.open_mail("xenia@zenith.example", "portal")


def test_6_a_stranger_signs_up_and_waits(visitor: Come) -> None:
    stranger = visitor(width=390)
    page = stranger.page
    stranger.go("/", host=HOST)
    page.get_by_role("link", name="Sign up").first.click()
    page.get_by_label("Company name").fill("Quokka Ventures")
    page.get_by_label("Your name").fill("Quentin Q.")
    page.get_by_label("Country").select_option("AU")
    page.get_by_label("E-mail").fill("quentin@quokka.example")
    page.get_by_label("Password", exact=False).first.fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    page.locator("input[name=licence]").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("mail")

    stranger.log_in("quentin@quokka.example", host=HOST, password=PASSWORD)
    expect(page.get_by_text("Account not Validated").first).to_be_visible()

    stranger.open_mail("quentin@quokka.example", "confirm your e-mail")
    stranger.follow_link()
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile("Confirm")).click()

    stranger.log_in("quentin@quokka.example", host=HOST, password=PASSWORD)
    expect(page.get_by_text(re.compile("Waiting for approval")).first).to_be_visible()


def test_7_an_approver_is_mailed_and_approves(visitor: Come) -> None:
    approver = visitor()
    approver.open_mail("olga@cobalt.example", "Quokka Ventures")
    approver.log_in("olga@cobalt.example", host=HOST, password=PASSWORD)
    page = approver.page
    page.get_by_role("link", name="Requests").click()
    page.get_by_role("link", name="Quokka Ventures").click()
    page.get_by_label("Organization name").fill("Quokka Ventures Pty Ltd")
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile("Approve and")).click()

    page.get_by_role("link", name="Customers").first.click()
    page.get_by_role("link", name="Quokka Ventures Pty Ltd").click()
    page.get_by_role("link", name="Users").click()
    expect(page.get_by_role("row", name="Quentin Q.")).to_contain_text("Active")
    page.get_by_role("link", name="Timeline").click()
    expect(page.get_by_text(re.compile("Mail “Welcome.*quentin@quokka.example"))).to_be_visible()


def test_8_the_approved_person_is_welcomed_and_comes_in(visitor: Come) -> None:
    quentin = visitor()
    quentin.open_mail("quentin@quokka.example", "elcome")
    quentin.log_in("quentin@quokka.example", host=HOST, password=PASSWORD)

    expect(quentin.page.get_by_role("heading", level=1)).to_have_text("Quokka Ventures Pty Ltd")


def test_9_the_operator_suspends_the_reseller_and_lets_it_go_on(visitor: Come) -> None:
    operator, guest = visitor(), visitor()
    page = operator.page
    operator.log_in(OPERATOR_EMAIL, host="localhost")
    operator.go("/admin/resellers/reseller/")
    page.get_by_role("link", name="Cobalt Cloud").click()
    page.get_by_role("link", name=re.compile("Suspend")).click()
    page.locator("input[name=reason], textarea[name=reason]").fill("Unpaid.")
    with page.expect_navigation():
        page.locator("#content form [type=submit]").last.click()

    answer = guest.page.request.get(
        f"http://127.0.0.1:{guest.stack.port}/", headers={"Host": f"{HOST}:{guest.stack.port}"}
    )
    assert answer.status == 503

    operator.go("/admin/resellers/reseller/")
    page.get_by_role("link", name="Cobalt Cloud").click()
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile("Resume")).click()
    guest.page.wait_for_timeout(6000)  # a web process knows a host's state for five seconds
    guest.go("/", host=HOST)
    expect(guest.page.get_by_role("link", name="Sign up").first).to_be_visible()
