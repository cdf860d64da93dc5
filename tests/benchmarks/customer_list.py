"""The customer list, against the least a page can be and against other ways to show the rows."""

from resellers.schemas import connection
from tests.benchmarks import crowd, databases
from tests.benchmarks.crowd import House
from tests.benchmarks.findings import AtLeast, AtMost, Finding, Scale
from tests.benchmarks.pages import Match, play
from tests.benchmarks.stage import Stage
from tests.benchmarks.visits import Visit

ADMIN = "/yardsticks/admin/customers/customer/"
MATCHES = [
    Match(
        "list.bare",
        "customer list, against a bare page behind the same door (signed in, a few bytes)",
        "list",
        "signed-in",
        AtMost(12),
    ),
    Match(
        "list.layout",
        "customer list, against a page of the staff with its frame and nothing in it",
        "list",
        "layout",
    ),
    Match(
        "list.hello",
        "customer list, against a few bytes for anybody (all middleware, no query)",
        "list",
        "hello",
    ),
    Match(
        "list.tables2",
        "customer list, against the same rows by django-tables2 with count(*) and OFFSET",
        "list",
        "tables2",
        AtLeast(5),
    ),
    Match(
        "list.admin",
        "customer list, against the same rows in Django's admin",
        "list",
        "admin",
    ),
]


def run(stage: Stage, scale: Scale) -> list[Finding]:
    with databases.copied("customer_list") as database:
        house = crowd.open_house("list", customers=scale.list_length)
        connection.close()
        with stage.web(database) as web:
            visits = pages_of(house)
            timings = play(stage, dict.fromkeys(visits, web), visits, scale.rounds)
    return [match.finding(timings) for match in MATCHES]


def pages_of(house: House) -> dict[str, Visit]:
    first = crowd.first_customer(house)
    paths = {
        "hello": ("/yardsticks/hello/", "hello"),
        "signed-in": ("/yardsticks/signed-in/", "hello Dana"),
        "layout": ("/yardsticks/layout/", "Nothing"),
        "list": ("/console/customers/", first),
        "tables2": ("/yardsticks/tables2/", first),
        "admin": (ADMIN, first),
    }
    return {
        name: Visit(house.host, path, house.session, expects)
        for name, (path, expects) in paths.items()
    }
