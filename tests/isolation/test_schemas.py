"""Every statement of a page stays in one schema.

A database that is spread over several nodes by schema (Citus) can answer it on one node.
"""

import re

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import StaffRole
from customers.roles import CustomerRole
from resellers.models import Reseller
from tests.harness.clients import HostClient
from tests.isolation.pages import PAGES, Door
from tests.isolation.test_pages import URLCONF
from tests.isolation.world import make_world

# A name in front of a table's: "bravo"."customers_customer", public.resellers_reseller. A table in
# front of a column's is named like a table: with its app's name.
QUALIFIED = re.compile(r'(?:FROM|JOIN|INTO|UPDATE)\s+(?:ONLY\s+)?"?(\w+)"?\."?(\w+)', re.IGNORECASE)


def other_schemas(statements: list[str]) -> list[str]:
    """What the statements name beside the schema in use."""
    return [
        ".".join(found)
        for statement in statements
        for found in QUALIFIED.findall(statement)
        if not statement.startswith("SET search_path")
    ]


def test_no_page_names_another_schema(alpha: Reseller, alpha_client: HostClient) -> None:
    world = make_world()
    visitors = {
        Door.CONSOLE: world.staff[StaffRole.OWNER],
        Door.COMPANY: world.people[CustomerRole.ADMINISTRATOR],
    }
    statements: list[str] = []
    for name, page in PAGES.items():
        alpha_client.force_login(visitors.get(page.door, world.staff[StaffRole.OWNER]))
        with CaptureQueriesContext(connection) as asked:
            alpha_client.get(reverse(name, urlconf=URLCONF, kwargs=page.ids(world)))
        statements += [each["sql"] for each in asked]

    assert len(statements) > 3 * len(PAGES)
    assert other_schemas(statements) == []
    paths = {each for each in statements if each.startswith("SET search_path")}
    assert paths
    assert not [each for each in paths if "bravo" in each]


def test_the_rule_sees_other_schemas() -> None:
    assert other_schemas(
        [
            'SELECT 1 FROM "bravo"."customers_customer" JOIN public.resellers_reseller ON true',
            'INSERT INTO bravo."audit_auditentry" VALUES (1)',
            'SELECT "customers_customer"."id" FROM "customers_customer"',
        ]
    ) == [
        "bravo.customers_customer",
        "public.resellers_reseller",
        "bravo.audit_auditentry",
    ]
