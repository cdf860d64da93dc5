"""Resellers, their staff, and customers by the million."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db.models import Model
from django_tenants.utils import tenant_context

from accounts.models import StaffMember, User
from accounts.roles import StaffRole
from accounts.sessions import SessionStore
from customers.models import Customer
from resellers import flows, provisioning
from resellers.models import Reseller
from resellers.schemas import connection

# Words of a customer's name. How many customers hold each, of how many there are:
COMMON = "logistics"  # every tenth
MIDDLE = "quarry"  # every thousandth
RARE = "zephyrine"  # as many as HELD_BY, however long the list is
SHORT = "qx"  # the same ones, as a word of two letters
SHORT_COMMON = "kg"  # every eighth
EVERYWHERE = "office"
NOWHERE = "nowhereville"
SHORT_NOWHERE = "jj"
HELD_BY = 60
COUNTRY = "AT"  # every fifth customer

# What makes one customer different from the next; %(every)s: every so many are rare.
_CUSTOMER = {
    "id": "gen_random_uuid()",
    "organization_name": """concat_ws(' ',
        (ARRAY['Northern','Amber','Harbor','Copper','Silver','Granite','Meadow','Summit','River',
               'Cedar','Falcon','Orchard','Beacon','Crystal','Delta','Ember'])[1 + (h & 15)],
        CASE WHEN n %% 10 = 3 THEN 'Logistics' ELSE
        (ARRAY['Motors','Foods','Textiles','Optics','Energy','Media','Timber','Robotics','Pharma',
               'Shipping','Printing','Mills','Design','Energy','Trading','Works'])
            [1 + ((h >> 4) & 15)] END,
        CASE WHEN n %% 1000 = 7 THEN 'Quarry' END,
        CASE WHEN n %% %(every)s = 1 THEN 'Zephyrine Qx' END,
        n, (ARRAY['GmbH','KG','Ltd','Inc','SA','AG','BV','Oy'])[1 + ((h >> 8) & 7)])""",
    "code": "'C-' || n",
    "contact_name": """
        (ARRAY['Dana','Robin','Noor','Ivo','Marta','Silas','Wren','Tove'])[1 + ((h >> 11) & 7)]
        || ' ' || (ARRAY['Miller','Okafor','Lindgren','Haddad','Rossi','Novak','Sato','Weber'])
        [1 + ((h >> 14) & 7)]""",
    "contact_email": "'office@c' || n || '.example'",
    "country": "(ARRAY['AT','DE','FR','SE','IT'])[1 + (h >> 17) %% 5]",
    "created_at": "now() - n * interval '1 minute'",
}
_PERSON = {
    "id": "gen_random_uuid()",
    "email": "'person' || n || '@c.example'",
    "full_name": "'Person ' || n",
}
_MEMBERSHIPS = """
INSERT INTO customers_membership (id, customer_id, user_id, role, introduced_as, created_at)
SELECT gen_random_uuid(), customer.id, person.id, 'administrator', '', now()
FROM accounts_user person
JOIN customers_customer customer ON customer.code = 'C-' || 10 * substr(person.full_name, 8)::int
WHERE person.full_name LIKE 'Person %%'
"""
_INDEXES = """
SELECT indexdef, indexname FROM pg_indexes
WHERE schemaname = current_schema() AND tablename = 'customers_customer'
AND indexname NOT IN (SELECT conname FROM pg_constraint)
"""


@dataclass(frozen=True)
class House:
    """A reseller, and one of its owners who is signed in."""

    reseller: Reseller
    session: str

    @property
    def host(self) -> str:
        return self.reseller.host


def open_house(name: str, *, customers: int = 0) -> House:
    """Make a reseller in the product's own way, with somebody who may see everything."""
    reseller = make_reseller(name)
    with tenant_context(reseller):
        session = _sign_in(_owner())
        if customers:
            add_customers(customers)
    return House(reseller, session)


def make_reseller(name: str) -> Reseller:
    """Ask for a reseller, and make it ready here and now."""
    reseller = flows.create(new_reseller(name), by=None)
    provisioning.provision(reseller.pk)
    return Reseller.objects.get(pk=reseller.pk)


def new_reseller(name: str) -> Reseller:
    return Reseller(
        name=f"{name.title()} Cloud",
        host=f"{name}.example",
        owner_email=f"owner@{name}.example",
        support_email=f"help@{name}.example",
    )


def add_customers(number: int) -> None:
    """As fast as the database can: the indexes are built afterwards, from their own words."""
    customer = Customer.objects.create(
        organization_name="Pattern",
        code="PATTERN",
        contact_name="Pattern",
        contact_email="pattern@c.example",
        website="https://www.c.example",
        country="AT",
    )
    person = User.objects.create_user("pattern@c.example", status=User.Status.ACTIVE)
    with connection.cursor() as cursor:
        cursor.execute(_INDEXES)
        indexes = cursor.fetchall()
        for _definition, name in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        values = {"number": number, "every": max(1, number // HELD_BY), "pattern": customer.pk}
        cursor.execute(_many_like(Customer, _CUSTOMER), values)
        cursor.execute("SET maintenance_work_mem = '512MB'")
        for definition, _name in indexes:
            cursor.execute(definition)
        cursor.execute("RESET maintenance_work_mem")
        values = {"number": number // 10, "pattern": person.pk}
        cursor.execute(_many_like(User, _PERSON), values)
        cursor.execute(_MEMBERSHIPS)
        cursor.execute("DELETE FROM customers_customer WHERE id = %s", [customer.pk])
        cursor.execute("DELETE FROM accounts_user WHERE id = %s", [person.pk])
        for table in ("customers_customer", "customers_membership", "accounts_user"):
            cursor.execute(f"VACUUM ANALYZE {table}")


def _many_like(model: type[Model], different: dict[str, str]) -> str:
    """Copies of the row `pattern`, different from one another in these columns."""
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    columns = [str(field.column) for field in fields]
    values = [different.get(column, f"pattern.{column}") for column in columns]
    return f"""
        INSERT INTO {model._meta.db_table} ({", ".join(columns)})
        SELECT {", ".join(values)}
        FROM {model._meta.db_table} pattern,
             (SELECT n, hashint4(n) & 2147483647 AS h FROM generate_series(1, %(number)s) n) numbers
        WHERE pattern.id = %(pattern)s
    """  # noqa: S608 - names of our own


def _owner() -> User:
    user = User.objects.create_user(
        "bench@example.com",
        full_name="Dana Miller",
        status=User.Status.ACTIVE,
        is_staff=True,
        is_superuser=True,
    )
    user.refresh_from_db()
    StaffMember.objects.create(user=user, role=StaffRole.OWNER)
    return user


def _sign_in(user: User) -> str:
    """The key of a session such as signing in makes."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def first_customer(house: House) -> str:
    """Whose name stands first in the list."""
    with tenant_context(house.reseller):
        return str(Customer.objects.order_by("organization_name", "id")[0].organization_name)
