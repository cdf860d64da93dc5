"""Searching and filtering the customer list, against the list and against finding one by its id."""

from urllib.parse import urlencode

from django_tenants.utils import tenant_context

from customers.models import Customer
from resellers.schemas import connection
from tests.benchmarks import crowd, databases
from tests.benchmarks.crowd import House
from tests.benchmarks.findings import AtMost, Finding, Scale
from tests.benchmarks.pages import Match, play, slug
from tests.benchmarks.stage import Stage
from tests.benchmarks.visits import Visit

LIST = "/console/customers/"
SEARCHES = {
    "a common word": crowd.COMMON,
    "a rare word": crowd.RARE,
    "no match": crowd.NOWHERE,
    "a word of two letters": crowd.SHORT,
}
# What saved views ask for: each alone and together; many, some and no matches.
COMBINATIONS = {
    "a common tag": {"tag": "all"},
    "a rare tag": {"tag": "tag 7"},
    "an unknown tag": {"tag": "nowhere"},
    "country and tag": {"country": crowd.COUNTRY, "tag": "all"},
    "country and a rare tag": {"country": crowd.COUNTRY, "tag": "tag 7"},
    "industry": {"industry": "retail"},
    "industry and country": {"industry": "retail", "country": crowd.COUNTRY},
    "industry, tag and view": {"industry": "retail", "tag": "all", "view": "active"},
    "last 90 days": {"period": "last-90-days"},
    "last 90 days, newest first": {"period": "last-90-days", "sort": "-created_at"},
    "a choice": {"field.tier": "gold"},
    "a choice, a tag and a country": {
        "field.tier": "gold",
        "tag": "all",
        "country": crowd.COUNTRY,
    },
    "a text": {"field.contract": "CC-77"},
    "a narrow range": {"field.seats.from": "100", "field.seats.to": "102"},
    "a wide range": {"field.seats.from": "100"},
    "a range that nobody meets": {"field.seats.from": "100000"},
    "a wide range, a choice and a country": {
        "field.seats.from": "500",
        "field.tier": "gold",
        "country": crowd.COUNTRY,
    },
    "everything": {
        "country": crowd.COUNTRY,
        "tag": "all",
        "industry": "retail",
        "field.tier": "gold",
        "field.seats.from": "200",
        "period": "last-90-days",
        "view": "active",
    },
    "a word, a country and a tag": {"q": crowd.EVERYWHERE, "country": crowd.COUNTRY, "tag": "all"},
}


def run(stage: Stage, scale: Scale) -> list[Finding]:
    with databases.copied("filters") as database:
        house = crowd.open_house("filters", customers=scale.list_length)
        crowd.describe(house)
        connection.close()
        with stage.web(database) as web:
            visits = pages_of(house)
            timings = play(stage, dict.fromkeys(visits, web), visits, scale.rounds)
    return [match.finding(timings) for match in _matches()]


def _matches() -> list[Match]:
    searches = [
        Match(
            f"filters.search-for-{slug(name)}",
            f"search for {name}, against finding one customer by its id",
            f"search for {name}",
            "id",
            AtMost(3),
        )
        for name in SEARCHES
    ]
    searches.append(
        Match(
            "filters.search-against-detail",
            "search for a common word, against the page of one customer",
            f"search for {next(iter(SEARCHES))}",
            "detail",
        )
    )
    combinations = [
        Match(
            f"filters.{slug(name)}",
            f"customer list filtered by {name}, against the whole list",
            name,
            "list",
            AtMost(2),
        )
        for name in COMBINATIONS
    ]
    return [*searches, *combinations]


def pages_of(house: House) -> dict[str, Visit]:
    with tenant_context(house.reseller):
        record = Customer.objects.order_by("code")[0]
    queries = {f"search for {name}": {"q": words} for name, words in SEARCHES.items()}
    return {
        "list": Visit(house.host, LIST, house.session, crowd.first_customer(house)),
        # The same page with one row, which an index of unique values finds.
        "id": _visit(house, {"q": str(record.pk)}),
        "detail": Visit(house.host, f"{LIST}{record.pk}/", house.session, str(record)),
        **{name: _visit(house, query) for name, query in {**queries, **COMBINATIONS}.items()},
    }


def _visit(house: House, query: dict[str, str]) -> Visit:
    return Visit(house.host, f"{LIST}?{urlencode(query)}", house.session, 'id="list-results"')
