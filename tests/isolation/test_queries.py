"""No page asks the database more than a dozen times."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import StaffRole
from customers.roles import CustomerRole
from resellers.models import Reseller
from tests.harness.clients import HostClient
from tests.isolation.pages import PAGES, Door
from tests.isolation.test_pages import visit
from tests.isolation.world import make_world

MOST = 12


@pytest.mark.parametrize("name", PAGES)
def test_a_page_costs_at_most_a_dozen_queries(
    alpha_client: HostClient, alpha: Reseller, name: str
) -> None:
    world = make_world()
    door = PAGES[name].door
    if door is Door.COMPANY:
        alpha_client.force_login(world.people[CustomerRole.ADMINISTRATOR])
    elif door is not Door.OPEN:
        alpha_client.force_login(world.staff[StaffRole.OWNER])

    with CaptureQueriesContext(connection) as asked:
        visit(alpha_client, "get", name, world)

    sentences = [query["sql"] for query in asked if "search_path" not in query["sql"]]
    assert len(sentences) <= MOST, "\n".join(sentences)
