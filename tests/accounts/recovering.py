"""What the tests of recovery codes do again and again."""

import re
from typing import Any

from allauth.mfa.models import Authenticator

from accounts.flows import recovery_codes as flows
from accounts.models import User
from tests.accounts.test_factors import FACTORS, log_in
from tests.harness.clients import HostClient

CODES = f"{FACTORS}codes/"
SHOWN = re.compile(r"<code>(\w{5}-\w{5})</code>")


def body(response: Any) -> str:
    return str(response.content.decode())


def shown(client: HostClient) -> list[str]:
    """The codes that the page shows now."""
    return SHOWN.findall(body(client.get(CODES)))


def kept_of(user: User) -> Authenticator:
    row = flows.of_person(user)
    assert row
    return row


def comes_in(browser: HostClient, user: User, code: str) -> bool:
    """Whether the code is enough beside the password, in a browser that knows nobody."""
    browser.cookies.clear()
    log_in(browser, user)
    browser.post(f"{FACTORS}authenticate/", {"code": code})
    return "_auth_user_id" in browser.session
