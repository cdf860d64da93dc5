"""No statement walks through a table that grows: read from the database's own plans.

The reseller has twenty thousand of everything. Every page, every form, every errand and every task
runs there, and each statement may read as many rows as it needs, not more: see `plans`.
"""

import re
import uuid
from collections.abc import Iterator
from http import HTTPStatus

import pytest
from celery import current_app
from django.db import connection
from django.urls import reverse
from pytest_django.plugin import DjangoDbBlocker

from accounts.roles import StaffRole
from notifications.models import OutgoingMail
from resellers.models import Reseller
from resellers.schemas import connection as schemas
from tests.factories.accounts import UserFactory
from tests.factories.resellers import DomainFactory, ResellerFactory
from tests.harness import database
from tests.harness.clients import HostClient
from tests.isolation import crowd, errands, plans, tables
from tests.isolation.pages import PAGES, Door
from tests.isolation.plans import Waste
from tests.isolation.visitors import PlatformWorld, come_in
from tests.isolation.visits import PLATFORM_PAGES, Visit, visits_to, visits_to_platform
from tests.isolation.world import World, make_world

_NEXT = re.compile(r'href="(\?[^"]*cursor=[^"]+)"')
# Asks once more before anything is done.
ASKS = {
    *("console:bulk:confirm", "console:contacts:accounts"),
    *("console:requests:bulk", "console:requests:bulk_decide"),
}
FORMS = [name for name, page in PAGES.items() if page.door is Door.CONSOLE and page.post]


@pytest.fixture(scope="module", autouse=True)
def _crowd(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        crowd.move_in("alpha")
        yield
        database.renew()


@pytest.fixture(autouse=True)
def _tidied(_crowd: None, django_db_blocker: DjangoDbBlocker) -> None:
    """What earlier tests took back still lies in the pages of a table: one with a dozen rows would
    be taken for one with hundreds."""
    names = [f'"alpha"."{name}"' for name in tables.bounded("alpha")]
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(f"VACUUM {', '.join(names)}")


@pytest.fixture(autouse=True)
def _nobody_is_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tasks run when a test calls them."""
    monkeypatch.setattr("celery.app.task.Task.delay", lambda *_args, **_kwargs: None)


@pytest.fixture
def world(alpha: Reseller) -> World:
    return make_world()


@pytest.fixture
def platform_world(db: None) -> PlatformWorld:
    schemas.set_schema_to_public()
    reseller = ResellerFactory.create(ready=True)
    DomainFactory.create(tenant=reseller)
    operator = UserFactory.create(is_staff=True, is_superuser=True)
    return PlatformWorld(operator, reseller, letter_id=uuid.uuid4())


def look(client: HostClient, visit: Visit) -> list[Waste]:
    """Open the page; of a list the second and, from there, the first one again."""
    path = visit.address()
    visit.enter(client)
    with plans.read() as waste:
        page = visit.make(client, path)
        for _step in range(2):
            further = _NEXT.findall(page.content.decode()) if not page.streaming else []
            if not further:
                break
            page = client.get(path + further[-1].replace("&amp;", "&"))
    return waste


@pytest.mark.parametrize("name", PAGES)
def test_a_page_reads_no_more_than_it_needs(
    alpha_client: HostClient, world: World, name: str
) -> None:
    waste = {visit.label: look(alpha_client, visit) for visit in visits_to(name, world)}

    assert told(waste) == ""


@pytest.mark.parametrize("name", PLATFORM_PAGES)
def test_an_operators_page_reads_no_more_than_it_needs(
    platform_client: HostClient, platform_world: PlatformWorld, name: str
) -> None:
    visits = visits_to_platform(name, platform_world)
    waste = {visit.label: look(platform_client, visit) for visit in visits}

    assert told(waste) == ""


@pytest.mark.parametrize("name", FORMS)
def test_a_form_reads_no_more_than_it_needs(
    alpha_client: HostClient, world: World, name: str
) -> None:
    OutgoingMail.objects.filter(pk=world.mail.pk).update(
        state="failed", next_attempt_at=None, error="x"
    )  # so that it may be sent again
    page = PAGES[name]
    assert page.post
    path = reverse(name, urlconf="config.urls_reseller", kwargs=page.ids(world))
    come_in(alpha_client, world.staff[StaffRole.OWNER])

    with plans.read() as waste:
        response = alpha_client.post(path, page.post(world))

    assert response.status_code == (HTTPStatus.OK if name in ASKS else HTTPStatus.FOUND)
    assert told({name: waste}) == ""


@pytest.mark.parametrize("name", errands.ERRANDS)
def test_an_errand_reads_no_more_than_it_needs(
    alpha_client: HostClient, world: World, name: str
) -> None:
    with plans.read() as waste:
        errands.ERRANDS[name](alpha_client, world)

    assert told({name: waste}) == ""


def test_operating_reads_no_more_than_it_needs(
    platform_client: HostClient, platform_world: PlatformWorld
) -> None:
    with plans.read() as waste:
        errands.operate(platform_client, platform_world)

    assert told({"operate": waste}) == ""


@pytest.mark.parametrize("name", errands.TASKS)
@pytest.mark.usefixtures("world")
def test_a_task_reads_no_more_than_it_needs(name: str) -> None:
    with plans.read() as waste:
        errands.TASKS[name]()

    assert told({name: waste}) == ""


def test_every_task_is_run() -> None:
    current_app.loader.import_default_modules()
    ours = {name for name in current_app.tasks if not name.startswith(("celery.", "tests."))}

    assert {*errands.TASKS, *errands.NOT_RUN} == ours


@pytest.mark.parametrize("schema", ["alpha", "public"])
@pytest.mark.usefixtures("db")
def test_every_table_that_grows_is_full(schema: str) -> None:
    sizes = tables.sizes(schema)

    assert {name for name in tables.growing(schema) if sizes[name] < crowd.ROWS - 100} == set()


@pytest.mark.parametrize("schema", ["alpha", "public"])
@pytest.mark.usefixtures("db")
def test_whatever_refers_to_a_row_is_found_by_an_index(schema: str) -> None:
    """Deleting a row makes the database look for what refers to it: no plan shows that."""
    question = """
        SELECT c.conrelid::regclass::text, a.attname FROM pg_constraint c
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        WHERE c.contype = 'f' AND c.connamespace = %s::regnamespace AND NOT EXISTS (
            SELECT FROM pg_index i
            WHERE i.indrelid = c.conrelid AND i.indkey[0] = c.conkey[1] AND i.indpred IS NULL
        )
    """
    with connection.cursor() as cursor:
        cursor.execute(question, [schema])
        assert cursor.fetchall() == []


@pytest.mark.parametrize(
    ("index", "page", "what"),
    [
        ("customer_by_name", "console:customers:list", "Seq Scan on customers_customer"),
        ("outgoing_mail_about", "console:customers:timeline", "on notifications_outgoingmail"),
    ],
)
def test_the_guard_itself_misses_an_index(
    alpha_client: HostClient, world: World, index: str, page: str, what: str
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {index}")

    waste = look(alpha_client, next(visits_to(page, world)))

    assert any(what in str(each) and each.rows >= crowd.ROWS for each in waste)


def told(waste: dict[str, list[Waste]]) -> str:
    """What was wasted where, a line each."""
    return "\n".join(f"{label}: {each}" for label, found in waste.items() for each in found)
