"""Searching and filtering the list of all cloud accounts, against the list and against one ID."""

from urllib.parse import urlencode

from django_tenants.utils import tenant_context

from cloudaccounts.models import CloudAccount
from resellers.schemas import connection
from tests.benchmarks import crowd, databases
from tests.benchmarks.crowd import House
from tests.benchmarks.findings import AtMost, Finding, Scale
from tests.benchmarks.pages import Match, play, slug
from tests.benchmarks.stage import Stage
from tests.benchmarks.visits import Visit

LIST = "/console/accounts/"
SEARCHES = {
    "a common word": crowd.COMMON,
    "a rare word": crowd.RARE,
    "no match": crowd.NOWHERE,
    "part of an id": "00077",
}
FILTERS = {
    "a provider that has most": {"provider": "aws"},
    "a provider that has few": {"provider": "google"},
    "a status that many have": {"status": "linked"},
    "a status that few have": {"view": "ended", "status": "unlinked"},
    "roles that fail": {"access": "failed"},
    "one customer": {"customer": "C-77"},
    "a provider, a status and an origin": {
        "provider": "aws",
        "status": "linked",
        "origin": "created",
    },
    "a word, a provider and a status": {
        "q": crowd.COMMON,
        "provider": "azure",
        "status": "suspended",
    },
}
# One account for each customer, named after it.
_ACCOUNTS = """
INSERT INTO cloudaccounts_cloudaccount (id, customer_id, provider, origin, id_kind, account_id,
    name, root_email, status, status_changed_at, status_reason, role_arn, external_id,
    access_state, access_outcome, access_trouble_code, access_request_id, access_checked_at,
    custom_values, custom_search, version, created_at)
SELECT gen_random_uuid(), id, provider, CASE WHEN n % 10 = 0 THEN 'created' ELSE 'linked' END,
    CASE provider WHEN 'aws' THEN 'account' WHEN 'azure' THEN 'subscription' ELSE 'project' END,
    CASE provider WHEN 'aws' THEN (200000000000 + n)::text
        WHEN 'azure' THEN gen_random_uuid()::text ELSE 'project-' || n END,
    left(organization_name, 100), 'root' || n || '@c.example', status,
    created_at, '', '', md5('external' || n),
    CASE WHEN n % 200 = 5 THEN 'failed' ELSE 'ok' END,
    CASE WHEN n % 200 = 5 THEN 'refused' ELSE 'ok' END, '', '', now(), '{}', '', 1, created_at
FROM (SELECT id, organization_name, created_at, row_number() OVER (ORDER BY code) AS n
      FROM customers_customer) customer,
    LATERAL (SELECT CASE WHEN n % 50 = 1 THEN 'google' WHEN n % 10 = 2 THEN 'azure'
        ELSE 'aws' END AS provider) p,
    LATERAL (SELECT CASE WHEN n % 100 = 2 THEN 'unlinked' WHEN n % 100 = 12 THEN 'suspended'
        WHEN n % 500 = 3 THEN 'draft' ELSE 'linked' END AS status) s
"""


def run(stage: Stage, scale: Scale) -> list[Finding]:
    with databases.copied("accounts") as database:
        house = crowd.open_house("accounts", customers=scale.list_length)
        with tenant_context(house.reseller), connection.cursor() as cursor:
            cursor.execute(_ACCOUNTS)
            cursor.execute("VACUUM ANALYZE cloudaccounts_cloudaccount")
        connection.close()
        with stage.web(database) as web:
            visits = _visits(house)
            timings = play(stage, dict.fromkeys(visits, web), visits, scale.rounds)
    return [match.finding(timings) for match in _matches()]


def _matches() -> list[Match]:
    searches = [
        Match(
            f"accounts.search-for-{slug(name)}",
            f"cloud accounts, search for {name}, against finding one by its ID",
            f"search for {name}",
            "id",
            AtMost(3),
        )
        for name in SEARCHES
    ]
    filters = [
        Match(
            f"accounts.{slug(name)}",
            f"cloud accounts, filtered by {name}, against the whole list",
            name,
            "list",
            AtMost(2),
        )
        for name in FILTERS
    ]
    against = Match(
        "accounts.list",
        "list of cloud accounts, against the list of as many customers",
        "list",
        "customers",
        AtMost(2),
    )
    return [against, *searches, *filters]


def _visits(house: House) -> dict[str, Visit]:
    with tenant_context(house.reseller):
        record = CloudAccount.objects.filter(provider="aws", status="linked").order_by("pk")[0]
        first = CloudAccount.objects.current().order_by("name", "id")[0]
    queries = {f"search for {name}": {"q": words} for name, words in SEARCHES.items()}
    return {
        "list": Visit(house.host, LIST, house.session, str(first)),
        "customers": Visit(
            house.host, "/console/customers/", house.session, crowd.first_customer(house)
        ),
        "id": _visit(house, {"q": record.account_id}),
        **{name: _visit(house, query) for name, query in {**queries, **FILTERS}.items()},
    }


def _visit(house: House, query: dict[str, str]) -> Visit:
    return Visit(house.host, f"{LIST}?{urlencode(query)}", house.session, 'id="list-results"')
