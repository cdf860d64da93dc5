"""Every page × role × method × other reseller and other customer."""

from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.urls import reverse
from django_tenants.utils import tenant_context

from accounts.roles import PERMISSIONS as STAFF_PERMISSIONS
from accounts.roles import StaffPermission, StaffRole
from customers.roles import PERMISSIONS as COMPANY_PERMISSIONS
from customers.roles import CustomerPermission, CustomerRole
from resellers.models import Reseller
from tests.harness.clients import HostClient
from tests.isolation.database import differences, fingerprint
from tests.isolation.pages import PAGES, Door, Page
from tests.isolation.url_map import page_names, unnamed_pages
from tests.isolation.world import World, make_world

URLCONF = "config.urls_reseller"
CONSOLE = [name for name, page in PAGES.items() if page.door is Door.CONSOLE]
COMPANY = [name for name, page in PAGES.items() if page.door is Door.COMPANY]
OWN = [name for name, page in PAGES.items() if page.door is Door.OWN]
METHODS = ("get", "post")
REFUSED = {HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN}


@pytest.fixture
def world(alpha: Reseller) -> World:
    return make_world()


@pytest.fixture
def foreign(bravo: Reseller) -> World:
    with tenant_context(bravo):
        return make_world()


@pytest.fixture
def untouched(alpha: Reseller, bravo: Reseller, world: World) -> Iterator[None]:
    """Whatever happens in the test, no row of either reseller changes."""
    before = [fingerprint(each.schema_name) for each in (alpha, bravo)]
    yield
    after = [fingerprint(each.schema_name) for each in (alpha, bravo)]
    assert [differences(*pair) for pair in zip(before, after, strict=True)] == [[], []]


def address(name: str, world: World) -> str:
    return reverse(name, urlconf=URLCONF, kwargs=PAGES[name].ids(world))


def visit(client: HostClient, method: str, name: str, world: World) -> HttpResponse:
    """Go there; a POST carries a body that would work for somebody with the right."""
    page: Page = PAGES[name]
    body: dict[str, Any] = page.post(world) if page.post else {}
    send: Callable[..., HttpResponse] = getattr(client, method)
    return send(address(name, world), body if method == "post" else {})


def leads_to_login(response: HttpResponse) -> bool:
    return response.status_code == HTTPStatus.FOUND and response["Location"].startswith(
        reverse("account_login", urlconf=URLCONF)
    )


def leads_to(response: HttpResponse, path: str) -> bool:
    return response.status_code == HTTPStatus.FOUND and response["Location"] == path


def test_every_page_is_listed() -> None:
    assert set(PAGES) == page_names(URLCONF)
    assert unnamed_pages(URLCONF) == []


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", [*CONSOLE, *COMPANY, *OWN])
@pytest.mark.usefixtures("untouched")
def test_whoever_is_not_logged_in_is_sent_to_log_in(
    alpha_client: HostClient, world: World, name: str, method: str
) -> None:
    response = visit(alpha_client, method, name, world)

    assert leads_to_login(response), response.status_code


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("role", StaffRole.values)
@pytest.mark.parametrize("name", CONSOLE)
def test_staff_get_what_their_role_allows_and_nothing_else(
    alpha_client: HostClient, alpha: Reseller, world: World, name: str, role: str, method: str
) -> None:
    alpha_client.force_login(world.staff[role])
    before = fingerprint(alpha.schema_name)
    page = PAGES[name]
    assert isinstance(page.permission, StaffPermission)

    response = visit(alpha_client, method, name, world)

    changed = differences(before, fingerprint(alpha.schema_name))
    if page.permission not in STAFF_PERMISSIONS[role]:
        assert response.status_code == HTTPStatus.FORBIDDEN
        assert changed == []
    elif page.is_own and role != StaffRole.OWNER:
        assert response.status_code == HTTPStatus.NOT_FOUND
        assert changed == []
    elif method == "get":
        assert response.status_code in {
            HTTPStatus.OK,
            HTTPStatus.FOUND,
            HTTPStatus.METHOD_NOT_ALLOWED,
        }
        assert changed == [], "a GET changes nothing"
    elif page.post is None:
        assert response.status_code == HTTPStatus.METHOD_NOT_ALLOWED


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", CONSOLE)
@pytest.mark.usefixtures("untouched")
def test_customers_people_find_no_console(
    alpha_client: HostClient, world: World, name: str, method: str
) -> None:
    for user in [*world.people.values(), world.nobody]:
        alpha_client.force_login(user)

        assert visit(alpha_client, method, name, world).status_code == HTTPStatus.NOT_FOUND


# Parts of an address that say what is shown, and not about which record.
NAMES_NO_RECORD = {"section", "name", "provider"}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", [*CONSOLE, *COMPANY])
def test_another_resellers_records_are_not_found(
    alpha_client: HostClient,
    alpha: Reseller,
    bravo: Reseller,
    world: World,
    foreign: World,
    name: str,
    method: str,
) -> None:
    if not PAGES[name].ids(foreign).keys() - NAMES_NO_RECORD:
        return  # names no record: test_lists_hold_only_ones_own looks at these
    user = (
        world.staff[StaffRole.OWNER]
        if name in CONSOLE
        else world.people[CustomerRole.ADMINISTRATOR]
    )
    alpha_client.force_login(user)
    before = fingerprint(alpha.schema_name), fingerprint(bravo.schema_name)

    response = visit(alpha_client, method, name, foreign)

    assert response.status_code == HTTPStatus.NOT_FOUND
    assert (fingerprint(alpha.schema_name), fingerprint(bravo.schema_name)) == before


@pytest.mark.parametrize("name", [*CONSOLE, *COMPANY, *OWN])
def test_a_session_of_one_host_is_worthless_on_another(
    alpha_client: HostClient, bravo_client: HostClient, world: World, foreign: World, name: str
) -> None:
    alpha_client.force_login(world.staff[StaffRole.OWNER])
    bravo_client.cookies = alpha_client.cookies

    assert leads_to_login(visit(bravo_client, "get", name, foreign))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", COMPANY)
def test_people_see_their_own_company_as_far_as_their_role_goes(
    alpha_client: HostClient, world: World, name: str, method: str
) -> None:
    page = PAGES[name]
    assert isinstance(page.permission, CustomerPermission)
    for role, user in world.people.items():
        alpha_client.force_login(user)
        response = visit(alpha_client, method, name, world)
        if page.permission not in COMPANY_PERMISSIONS[role]:
            assert response.status_code == HTTPStatus.FORBIDDEN, role
        elif method == "get":
            assert response.status_code in {HTTPStatus.OK, HTTPStatus.METHOD_NOT_ALLOWED}, role


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", COMPANY)
@pytest.mark.usefixtures("untouched")
def test_strangers_to_a_company_find_nothing(
    alpha_client: HostClient, world: World, name: str, method: str
) -> None:
    for stranger in [world.other_person, world.nobody, world.staff[StaffRole.OWNER]]:
        alpha_client.force_login(stranger)

        assert visit(alpha_client, method, name, world).status_code == HTTPStatus.NOT_FOUND


# For each id that stands in an address below a customer's: the one of another customer's record.
CROSSED: dict[str, Callable[[World], Any]] = {
    "person_id": lambda world: world.other_person.pk,
    "contact_id": lambda world: world.other_contact.pk,
    "account_id": lambda world: world.other_account.pk,
    "link_id": lambda world: world.other_secret_link.pk,
    "group_id": lambda world: world.other_group.pk,
    "order_id": lambda world: world.other_purchase_order.pk,
    "request_id": lambda world: world.other_questioned_request.pk,
    "run_id": lambda world: world.other_run.pk,
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", [*CONSOLE, *COMPANY])
@pytest.mark.usefixtures("untouched")
def test_what_belongs_to_a_customer_is_found_only_under_that_customer(
    alpha_client: HostClient, world: World, name: str, method: str
) -> None:
    ids, page = PAGES[name].ids(world), PAGES[name]
    records = ids.keys() - {"customer_id"} - NAMES_NO_RECORD
    if "customer_id" not in ids or not records:
        return
    crossed = {**ids, **{key: CROSSED[key](world) for key in records}}
    administrator = world.people[CustomerRole.ADMINISTRATOR]
    user = world.staff[StaffRole.OWNER] if name in CONSOLE else administrator
    alpha_client.force_login(user)

    response = getattr(alpha_client, method)(
        reverse(name, urlconf=URLCONF, kwargs=crossed), page.post(world) if page.post else {}
    )

    assert response.status_code == HTTPStatus.NOT_FOUND


def test_ticked_contacts_of_another_customer_are_not_taken(
    alpha_client: HostClient, world: World
) -> None:
    alpha_client.force_login(world.staff[StaffRole.OWNER])
    body = {"contact": world.other_contact.pk, "key": world.nobody.pk}
    people = world.customer.memberships.count(), world.other_customer.memberships.count()

    for name in ("console:contacts:accounts", "console:contacts:make_accounts"):
        response: Any = alpha_client.post(address(name, world), body)

        assert leads_to(response, address("console:contacts:list", world))
    assert people == (world.customer.memberships.count(), world.other_customer.memberships.count())


@pytest.mark.parametrize(
    "name", [name for name, page in PAGES.items() if page.door in {Door.OPEN, Door.OWN}]
)
@pytest.mark.usefixtures("untouched")
def test_a_visit_to_an_open_page_changes_nothing(
    alpha_client: HostClient, world: World, name: str
) -> None:
    response = visit(alpha_client, "get", name, world)

    assert response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR


@pytest.mark.parametrize(
    "name",
    [
        "console:home",
        "console:customers:list",
        "console:orders:list",
        "console:requests:list",
        "console:team:list",
    ],
)
def test_lists_hold_only_ones_own(
    alpha_client: HostClient, world: World, foreign: World, name: str
) -> None:
    alpha_client.force_login(world.staff[StaffRole.OWNER])

    page = alpha_client.get(address(name, world)).content.decode()

    for record in (
        foreign.customer.pk,
        foreign.purchase_order.pk,
        foreign.request.pk,
        foreign.member.pk,
        foreign.mail.pk,
    ):
        assert str(record) not in page


def test_a_customers_page_names_nobody_of_another_customer(
    alpha_client: HostClient, world: World
) -> None:
    owner, administrator = world.staff[StaffRole.OWNER], world.people[CustomerRole.ADMINISTRATOR]
    for user, name in (
        (owner, "console:customers:detail"),
        (owner, "console:people:list"),
        (owner, "console:contacts:list"),
        (administrator, "portal:people:list"),
        (administrator, "portal:company:overview"),
    ):
        alpha_client.force_login(user)
        page = alpha_client.get(address(name, world)).content.decode()

        assert world.other_person.email not in page
        assert world.other_contact.email not in page
        assert world.other_customer.organization_name not in page


def test_the_guard_itself_sees_a_change(world: World, alpha: Reseller) -> None:
    before = fingerprint(alpha.schema_name)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE customers_customer SET notes = 'x' WHERE id = %s", [world.customer.pk]
        )

    assert differences(before, fingerprint(alpha.schema_name)) == ["customers_customer"]
