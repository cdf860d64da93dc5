"""The operators' host: every page of its map, and who is kept out of it.

A page that is not listed here fails the tests.
"""

import uuid
from collections.abc import Iterator
from http import HTTPStatus

import pytest
from django.urls import reverse

from accounts.models import User
from operations.ticket_actions import ACTIONS
from tests.factories.accounts import UserFactory
from tests.harness.clients import HostClient
from tests.isolation.database import differences, fingerprint
from tests.isolation.pages import PAGES, Door
from tests.isolation.url_map import page_names, unnamed_pages

URLCONF = "config.urls_platform"
UNKNOWN = str(uuid.uuid4())
RECORD = {"object_id": UNKNOWN}
RESELLER = {"reseller_id": UNKNOWN}
OPERATOR = {"operator_id": UNKNOWN}

# Pages of operators, with what their addresses name.
OPERATORS_PAGES: dict[str, dict[str, str | int]] = {
    "admin:index": {},
    "admin:autocomplete": {},
    "admin:jsi18n": {},
    "admin:password_change": {},
    "admin:password_change_done": {},
    "admin:app_list": {"app_label": "resellers"},
    "admin:view_on_site": {"content_type_id": 1, "object_id": UNKNOWN},
    "admin:resellers_reseller_changelist": {},
    "admin:resellers_reseller_add": {},
    "admin:resellers_reseller_change": {**RECORD},
    "admin:resellers_reseller_history": {**RECORD},
    "admin:resellers_reseller_delete": {**RECORD},
    "admin:resellers_reseller_retry": {**RESELLER},
    "admin:resellers_reseller_suspend": {**RESELLER},
    "admin:resellers_reseller_resume": {**RESELLER},
    "admin:operations_operator_changelist": {},
    "admin:operations_operator_add": {},
    "admin:operations_operator_change": {**RECORD},
    "admin:operations_operator_history": {**RECORD},
    "admin:operations_operator_delete": {**RECORD},
    "admin:operations_operator_suspend": {**OPERATOR},
    "admin:operations_operator_reactivate": {**OPERATOR},
    "admin:operations_operator_password": {**OPERATOR},
}
TICKETS = "admin:operations_fulfilmentticket"
CONNECTIONS = "admin:operations_platformconnection"
OPERATORS_PAGES |= {
    f"{model}_{page}": {**ids}
    for model in (TICKETS, CONNECTIONS)
    for page, ids in (
        *(("changelist", {}), ("add", {})),
        *(("change", RECORD), ("history", RECORD), ("delete", RECORD)),
    )
}
OPERATORS_PAGES |= {f"{TICKETS}_{action.name}": {"ticket_id": UNKNOWN} for action in ACTIONS}
OPERATORS_PAGES |= {
    f"{CONNECTIONS}_{page}": {"connection_id": UNKNOWN}
    for page in ("settings", "check", "disconnect")
}
# Everybody may ask for these; they show nobody's data.
OPEN = {
    "platform": "leads to the admin",
    "admin:login": "leads to the log-in",
    "admin:logout": "ends one's own session",
    "inbox:list": "only in a demo: 404 elsewhere",
    "inbox:detail": "only in a demo: 404 elsewhere",
    "inbox:html": "only in a demo: 404 elsewhere",
}
# Sign-in, theme and colours are the same pages as on the resellers' hosts.
SHARED = {
    name
    for name, page in PAGES.items()
    if page.door in {Door.OPEN, Door.OWN} and not name.startswith("portal:")
}


@pytest.fixture
def untouched(db: None) -> Iterator[None]:
    """No row of the public schema changes."""
    before = fingerprint("public")
    yield
    assert differences(before, fingerprint("public")) == []


def address(name: str) -> str:
    return reverse(name, urlconf=URLCONF, kwargs=OPERATORS_PAGES[name])


def test_every_page_is_listed() -> None:
    assert set(OPERATORS_PAGES) | set(OPEN) | SHARED == page_names(URLCONF)
    # Django's own: old addresses of each of the four records, and what no other pattern caught.
    old = "<path:object_id>/"
    assert sorted(unnamed_pages(URLCONF)) == ["(?P<url>.*)$", old, old, old, old]


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", OPERATORS_PAGES)
@pytest.mark.usefixtures("untouched")
def test_strangers_are_sent_to_log_in(platform_client: HostClient, name: str, method: str) -> None:
    response = getattr(platform_client, method)(address(name))

    assert response.status_code == HTTPStatus.FOUND
    assert response["Location"].startswith(("/account/login/", "/admin/login/"))


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", OPERATORS_PAGES)
def test_whoever_is_no_operator_is_kept_out(
    platform_client: HostClient, name: str, method: str
) -> None:
    user: User = UserFactory.create()
    platform_client.force_login(user)
    before = fingerprint("public")

    response = getattr(platform_client, method)(address(name), follow=True)

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert differences(before, fingerprint("public")) == []


@pytest.mark.parametrize("path", ["/admin/", "/inbox/"])
def test_a_resellers_host_has_none_of_it(alpha_client: HostClient, path: str) -> None:
    assert alpha_client.get(path).status_code == HTTPStatus.NOT_FOUND
