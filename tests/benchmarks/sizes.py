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
    "two common words": f"{crowd.COMMON} {crowd.EVERYWHERE}",
    "a rare word of two letters": crowd.SHORT,
    "a common word of two letters": crowd.SHORT_COMMON,
    "two letters that match nothing": crowd.SHORT_NOWHERE,
}
NOTHING = {crowd.NOWHERE, crowd.SHORT_NOWHERE}
WITHIN = AtMost(1.3)
_MIDDLE = Match(
    "size.search-for-a-word-in-every-thousandth",
    "customer list, search for a word that every thousandth has, against a common word in the short"
    " list",
    "long, search for a word in every thousandth",
    "short, search for a common word",
)


def run(stage: Stage, scale: Scale) -> list[Finding]:
    with databases.copied("sizes") as database:
        short = crowd.open_house("short", customers=scale.short_list)
        long = crowd.open_house("long", customers=scale.long_list)
        visits = {f"short, {name}": visit for name, visit in pages_of(short).items()}
        visits |= {f"long, {name}": visit for name, visit in pages_of(long).items()}
        visits[_MIDDLE.ours] = _visit(long, {"q": crowd.MIDDLE})
        connection.close()
        with stage.web(database) as web:
            timings = play(stage, dict.fromkeys(visits, web), visits, scale.rounds)
    times = scale.long_list // scale.short_list
    matches = [
        Match(
            f"size.{name.replace(' ', '-')}",
            f"customer list, {name}: {times:,} times as many customers",
            f"long, {name}",
            f"short, {name}",
            WITHIN,
        )
        for name in _queries(deep="")
    ]
    return [match.finding(timings) for match in [*matches, _MIDDLE]]


def pages_of(house: House) -> dict[str, Visit]:
    with tenant_context(house.reseller):
        deep = _deep_cursor()
    return {name: _visit(house, query) for name, query in _queries(deep=deep).items()}


def _visit(house: House, query: dict[str, str]) -> Visit:
    expects = "list-table" if query.get("q") not in NOTHING else "Nothing matches"
    return Visit(house.host, f"{LIST}?{urlencode(query)}", house.session, expects)


def _queries(*, deep: str) -> dict[str, dict[str, str]]:
    return {
        "first page": {},
        "deep page": {"cursor": deep},
        **{f"sorted by {sort}": {"sort": sort} for sort in SORTS},
        **{f"search for {what}": {"q": words} for what, words in SEARCHES.items()},
        "one country": {"country": crowd.COUNTRY},
        "one country, newest first": {"country": crowd.COUNTRY, "sort": "-created_at"},
        "one country, a common word": {"country": crowd.COUNTRY, "q": crowd.EVERYWHERE},
    }


def _deep_cursor() -> str:
    """Nine tenths of the way down."""
    customers = Customer.objects.order_by("organization_name", "id")
    record = customers[customers.count() * 9 // 10]
    sort = "organization_name"
    return cursors.write(Cursor(sort, "after", record.organization_name, record.pk))
