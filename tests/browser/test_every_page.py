"""Every page that somebody can reach by links: axe in both themes, policy, console, phone width."""

import re
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import urlencode

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import expect

from accounts.roles import StaffRole
from demo.northwind import NORTHWIND
from demo.world import OPERATOR_EMAIL
from tests.browser.visitor import Visitor
from tests.isolation.pages import PAGES

# Each chapter builds on the one before: script/test gives a whole file to one process.
pytestmark = pytest.mark.browser
Come = Callable[..., Visitor]

STAFF: dict[str, str] = {
    role: NORTHWIND.team_email(role) for role in (StaffRole.OWNER, StaffRole.VIEWER)
}
PEOPLE = ("anna@acme-robotics.example", "ben@acme-robotics.example")
# Reached by a link in a mail, by a form, or only in a certain state; tests of their own look there.
NOT_LINKED = {
    "set_theme": "takes POST only",
    "branding": "a style sheet",
    "after_login": "redirects",
    "account_signup": "redirects",
    "account_logout": "takes POST from the menu",
    "account_end_session": "takes POST only",
    "account_end_other_sessions": "takes POST only",
    "account_inactive": "our log-in form tells more",
    "account_set_password": "redirects whoever has a password",
    "account_reset_password_done": "after the form",
    "account_reset_password_from_key": "by mail",
    "account_reset_password_from_key_done": "after the form",
    "portal:home": "redirects whoever has one company",
    "portal:entrance:invitation": "by mail",
    "portal:signup:validate": "by mail",
    "portal:signup:validated": "after the form",
    "portal:signup:done": "after the form",
    "console:customers:propose_code": "an answer to a script",
    "console:list_views:begin": "takes POST only",
    "console:list_views:replace": "takes POST only",
    "console:bulk:confirm": "after a selection: test_bulk",
    "console:bulk:start": "takes POST only",
    "console:bulk:detail": "after a selection: test_bulk",
    "console:bulk:cancel": "takes POST only",
    "console:bulk:go_on": "takes POST only",
    "console:exports:file": "a download",
    "console:exports:detail": "after an export: test_exports",
    "console:exports:cancel": "takes POST only",
    "console:imports:template": "a download",
    "console:imports:refused": "a download",
    "console:imports:columns": "after an upload: test_imports",
    "console:imports:detail": "after an upload: test_imports",
    "console:imports:start": "takes POST only",
    "console:imports:cancel": "takes POST only",
    "console:custom_fields:move": "takes POST only",
    "console:custom_fields:restore": "takes POST only",
    "console:customers:reactivate": "takes POST only",
    "console:customers:restore": "takes POST only",
    "console:mails:html": "a document in a frame",
    "console:mails:resend": "takes POST only",
    "console:groups:restore": "takes POST only",
    "console:cloud_accounts:check": "takes POST only",
    "console:cloud_accounts:reactivate": "takes POST only",
    "console:cloud_accounts:discard": "of a draft only: test_cloud_accounts",
    "portal:cloud_accounts:check": "takes POST only",
    "console:purchase_orders:restore": "takes POST only",
    "console:people:invite": "takes POST only",
    "console:people:reset": "takes POST only",
    "console:contacts:primary": "takes POST only",
    "console:contacts:make_accounts": "takes POST only",
    "portal:people:invite": "takes POST only",
    "portal:people:reactivate": "takes POST only",
    "portal:people:reset": "takes POST only",
    "console:team:resend": "takes POST only",
    "console:team:reactivate": "takes POST only",
    "console:people:reactivate": "takes POST only",
    "console:requests:approve": "takes POST only",
    "console:bill_places:check": "takes POST only",
    "console:connections:check": "takes POST only",
    "console:connections:disconnect": "while there is a connection",
    "console:credentials:revoke": "takes POST only",
    "console:requests:forward": "takes POST only",
    "console:requests:here": "takes POST only",
    "console:requests:finish": "with an organization of one's own",
    "console:requests:give_up": "with an organization of one's own",
    "console:requests:bulk": "takes POST only",
    "console:requests:bulk_decide": "takes POST only",
    "portal:credentials:open": "by mail: test_cloud_story",
    "mfa_authenticate": "with a second factor",
    "mfa_login_webauthn": "an answer to a script",
    "mfa_reauthenticate": "with a second factor",
    "mfa_reauthenticate_webauthn": "with a second factor",
    "mfa_deactivate_totp": "with a second factor",
    "mfa_view_recovery_codes": "with a second factor",
    "mfa_generate_recovery_codes": "with a second factor",
    "mfa_download_recovery_codes": "takes POST only",
    "mfa_edit_webauthn": "with a key",
    "mfa_remove_webauthn": "with a key",
}
RESELLER = "config.urls_reseller"
seen: set[str] = set()


def walk(visitor: Visitor, host: str, starts: Sequence[str], urlconf: str) -> Iterator[str]:
    """Follow links within the host, to one page of each name. Yields each name on its page."""
    waiting, followed, known = [*starts], set[str](), set[str]()
    while waiting:
        path = waiting.pop(0)
        name = name_of(path, urlconf)
        if name in followed:
            continue
        followed.add(name)
        visitor.go(path, host=host)
        landed = name_of(visitor.path, urlconf)  # a redirect leads elsewhere
        if landed not in known:
            known.add(landed)
            yield landed
            waiting += visitor.links()


def name_of(path: str, urlconf: str) -> str:
    try:
        return resolve(path, urlconf).view_name
    except Resolver404:
        pytest.fail(f"A link leads nowhere: {path}")


def look_at(visitor: Visitor, name: str) -> list[str]:
    """What is wrong with the open page."""
    page, wrong = visitor.page, []
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        page.wait_for_function("t => document.documentElement.dataset.bsTheme === t", arg=theme)
        page.wait_for_timeout(200)  # until everything is painted anew
        wrong += [f"{name} in {theme}: {line}" for line in visitor.accessibility_violations()]
    page.set_viewport_size({"width": 320, "height": 640})
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > 320:
        wrong.append(f"{name} is {width} wide on a phone")
    page.set_viewport_size({"width": 1280, "height": 900})
    headings = page.locator("h1").count()
    if headings != 1:
        wrong.append(f"{name} has {headings} main headings")
    return wrong


def look_around(visitor: Visitor, *starts: str) -> None:
    """Look at everything from `starts` on."""
    wrong = []
    for name in walk(visitor, NORTHWIND.host, starts, RESELLER):
        seen.add(name)
        wrong += look_at(visitor, name)
    assert wrong == [], "\n".join(wrong)


def page_of_customer(member: Visitor, name: str) -> str:
    member.go(f"/console/customers/?{urlencode({'q': name})}", host=NORTHWIND.host)
    with member.page.expect_navigation():
        member.page.get_by_role("link", name=name).click()
    return member.path


def look_at_pages(visitor: Visitor, *paths: str) -> None:
    """Look at these pages, and no further."""
    wrong = []
    for path in paths:
        visitor.go(path, host=NORTHWIND.host)
        name = name_of(visitor.path, RESELLER)
        seen.add(name)
        wrong += look_at(visitor, name)
    assert wrong == [], "\n".join(wrong)


def test_pages_of_a_stranger(visitor: Come) -> None:
    stranger = visitor()
    look_around(stranger, "/")
    look_at_pages(stranger, "/signup/resend/")


@pytest.mark.parametrize("role", STAFF)
def test_pages_of_staff(visitor: Come, role: str) -> None:
    member = visitor()
    member.log_in(STAFF[role], host=NORTHWIND.host)
    look_at_pages(member, "/account/factors/app/on/")  # asks for the password once more
    member.confirm_password()
    member.go("/console/team/", host=NORTHWIND.host)
    with member.page.expect_navigation():
        member.page.get_by_role("link", name=NORTHWIND.team[StaffRole.SUPPORT]).first.click()
    colleague = [path for path in member.links() if path.startswith(f"{member.path}")]
    look_at_pages(member, member.path, *colleague)
    # First about a customer of whom there is something of each kind.
    look_around(member, page_of_customer(member, "Acme Robotics Inc."), "/console/")


@pytest.mark.parametrize("email", PEOPLE)
def test_pages_of_customers_people(visitor: Come, email: str) -> None:
    person = visitor()
    person.log_in(email, host=NORTHWIND.host)
    look_around(person, "/portal/")


def test_pages_about_a_colleague(visitor: Come) -> None:
    anna = visitor()
    anna.log_in(PEOPLE[0], host=NORTHWIND.host)
    anna.page.get_by_role("link", name="People").first.click()
    with anna.page.expect_navigation():
        anna.page.get_by_role("link", name="Ben Ortiz").click()
    look_at_pages(anna, anna.path, *[each for each in anna.links() if each.startswith(anna.path)])


def look_at_each(visitor: Visitor, name: str) -> None:
    """Look at every page of this name that the open list leads to, and at those below it."""
    found = [path for path in visitor.links() if name_of(path, RESELLER) == name]
    assert len(found) >= 3, found
    for path in found:
        visitor.go(path, host=NORTHWIND.host)
        below = [each for each in visitor.links() if each.startswith(path) and each != path]
        look_at_pages(visitor, path, *below)


def test_pages_of_requests_in_each_state(visitor: Come) -> None:
    member = visitor()
    member.log_in(STAFF[StaffRole.OWNER], host=NORTHWIND.host)
    member.go("/console/requests/?view=all", host=NORTHWIND.host)
    look_at_each(member, "console:requests:account")


def test_pages_of_what_one_asked_for(visitor: Come) -> None:
    anna = visitor()
    anna.log_in(PEOPLE[0], host=NORTHWIND.host)
    with anna.page.expect_navigation():
        anna.page.get_by_role("link", name="Requests").first.click()
    look_at_each(anna, "portal:requests:detail")


def test_pages_about_accounts_made_from_contacts(visitor: Come) -> None:
    member = visitor()
    member.log_in(STAFF[StaffRole.OWNER], host=NORTHWIND.host)
    page_of_customer(member, "Acme Robotics Inc.")
    page, wrong = member.page, []
    page.get_by_role("link", name="Contacts").click()
    page.get_by_role("button", name="Tick all on this page").click()
    for button in ("Create user accounts", re.compile(r"Create \d user account")):
        with page.expect_navigation():
            page.get_by_role("button", name=button).click()
        name = name_of(member.path, RESELLER)
        seen.add(name)
        wrong += look_at(member, name)
    assert wrong == [], "\n".join(wrong)


def test_every_page_was_looked_at() -> None:
    assert set(PAGES) - seen - set(NOT_LINKED) == set()
    assert set(NOT_LINKED) & seen == set()


# What Django's own admin brings along in this version; everything else must be clean.
STOCK_FINDINGS = ("target-size", "link-in-text-block")


def test_pages_of_an_operator(visitor: Come) -> None:
    operator = visitor()
    operator.log_in(OPERATOR_EMAIL, host="localhost")
    wrong = []
    for name in walk(operator, "localhost", ["/admin/"], "config.urls_platform"):
        found = operator.accessibility_violations()
        wrong += [f"{name}: {line}" for line in found if not line.startswith(STOCK_FINDINGS)]
    assert wrong == [], "\n".join(wrong)


FORMS = {
    "/signup/": None,
    "/account/login/": None,
    "/account/password/reset/": None,
    "/console/customers/create/": STAFF[StaffRole.OWNER],
    "/console/team/invite/": STAFF[StaffRole.OWNER],
}


@pytest.mark.parametrize("path", FORMS)
def test_an_empty_form_says_what_is_missing(visitor: Come, path: str) -> None:
    person = visitor()
    if email := FORMS[path]:
        person.log_in(email, host=NORTHWIND.host)
    person.go(path, host=NORTHWIND.host)
    person.submit()

    assert person.page.title().startswith("Error:")
    summary = person.page.locator("[data-error-summary]")
    assert summary.evaluate("e => e === document.activeElement")
    first = summary.get_by_role("link").first
    target = (first.get_attribute("href") or "").removeprefix("#")
    first.click()
    assert person.page.evaluate("document.activeElement.id") == target
    assert look_at(person, path) == []


def test_the_keyboard_reaches_everything_in_order(visitor: Come) -> None:
    member = visitor()
    member.log_in(STAFF[StaffRole.OWNER], host=NORTHWIND.host)
    member.go("/console/customers/", host=NORTHWIND.host)
    member.page.keyboard.press("Tab")

    assert "Skip" in member.page.evaluate("document.activeElement.textContent")
    member.page.keyboard.press("Enter")
    assert member.page.evaluate("document.activeElement.id") == "main"


def test_the_main_job_works_without_javascript(visitor: Come) -> None:
    member = visitor(javascript=False)
    member.log_in(STAFF[StaffRole.OWNER], host=NORTHWIND.host)
    member.go("/console/customers/create/", host=NORTHWIND.host)
    page = member.page
    page.get_by_label("Organization name").fill("Plain Pages Ltd")
    page.get_by_label("Contact name").fill("Paula Plain")
    page.get_by_label("E-mail").fill("paula@plain.example")
    page.get_by_role("button", name="Create customer").click()
    page.get_by_role("button", name=re.compile("administrator")).click()

    expect(page.get_by_role("row", name="Paula Plain")).to_have_count(1)
