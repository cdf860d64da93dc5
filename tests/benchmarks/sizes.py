"""A list a thousand times as long must not take longer."""

from urllib.parse import urlencode

from django_tenants.utils import tenant_context

from components import cursors
from components.cursors import Cursor
from customers.models import Customer
from resellers.schemas import connection
from tests.benchmarks import crowd, databases
from tests.benchmarks.crowd import House
from tests.benchmarks.findings import AtMost, Finding, Scale
from tests.benchmarks.pages import Match, play
from tests.benchmarks.stage import Stage
from tests.benchmarks.visits import Visit

LIST = "/console/customers/"
SORTS = ("-organization_name", "code", "-code", "created_at", "-created_at")
SEARCHES = {
    "a common word": crowd.COMMON,
    "a rare word": crowd.RARE,
    "no match": crowd.NOWHERE,
    "two common words": f"{crowd.COMMON} {crowd.SHORT_COMMON}",
    "a rare word of two letters": crowd.SHORT,
    "a common word of two letters": crowd.SHORT_COMMON,
    "two letters that match nothing": crowd.SHORT_NOWHERE,
}
WITHIN = AtMost(1.3)


def run(stage: Stage, scale: Scale) -> list[Finding]:
    with databases.copied("sizes") as database:
        short = crowd.open_house("short", customers=scale.short_list)
        long = crowd.open_house("long", customers=scale.long_list)
        visits = {f"short, {name}": visit for name, visit in pages_of(short).items()}
        visits |= {f"long, {name}": visit for name, visit in pages_of(long).items()}
        connection.close()
        with stage.web(database) as web:
            timings = play(stage, dict.fromkeys(visits, web), visits, scale.rounds)
    times = scale.long_list // scale.short_list
    return [
        Match(
            f"size.{name}",
            f"customer list, {name}: {times:,} times as many customers",
            f"long, {name}",
            f"short, {name}",
            WITHIN,
        ).finding(timings)
        for name in pages_of_any()
    ]


def pages_of_any() -> list[str]:
    return [*_queries(deep="")]


def pages_of(house: House) -> dict[str, Visit]:
    with tenant_context(house.reseller):
        deep = _deep_cursor()
    return {
        name: Visit(house.host, f"{LIST}?{urlencode(query)}", house.session, "</html>")
        for name, query in _queries(deep=deep).items()
    }


def _queries(*, deep: str) -> dict[str, dict[str, str]]:
    return {
        "first page": {},
        "deep page": {"cursor": deep},
        **{f"sorted by {sort}": {"sort": sort} for sort in SORTS},
        **{f"search for {what}": {"q": words} for what, words in SEARCHES.items()},
        "one country": {"country": crowd.COUNTRY},
        "one country, newest first": {"country": crowd.COUNTRY, "sort": "-created_at"},
        "one country, a common word": {"country": crowd.COUNTRY, "q": crowd.COMMON},
    }


def _deep_cursor() -> str:
    """Nine tenths of the way down."""
    customers = Customer.objects.order_by("organization_name", "id")
    record = customers[customers.count() * 9 // 10]
    sort = "organization_name"
    return cursors.write(Cursor(sort, "after", record.organization_name, record.pk))
