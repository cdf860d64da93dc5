"""Many resellers in one installation: what a page and a migration without work take."""

import time
from collections.abc import Callable
from statistics import median

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django_tenants.management.commands.migrate_schemas import MigrateSchemasCommand

from resellers.management.commands.migrate_schemas import Command
from resellers.schemas import connection
from tests.benchmarks import crowd, databases
from tests.benchmarks.findings import AtMost, Finding, Scale
from tests.benchmarks.pages import Match, play
from tests.benchmarks.stage import Stage, Web
from tests.benchmarks.visits import Visit, Visitor

_CUSTOMERS = 120  # of each: enough for a full page


def run(stage: Stage, scale: Scale) -> list[Finding]:
    with databases.copied("many") as many:
        house = crowd.open_house("house", customers=_CUSTOMERS)
        _grow(1, scale.migrated_resellers)
        migrating = _migrating(scale)
        _grow(scale.migrated_resellers, scale.many_resellers)
        with databases.copied("few") as few:
            alone = crowd.open_house("house", customers=_CUSTOMERS)
            connection.close()
            with stage.web(many) as crowded, stage.web(few) as quiet:
                _visit_all(crowded, scale.many_resellers)
                visits = {
                    "many": Visit(house.host, "/console/customers/", house.session, "cell-code"),
                    "few": Visit(alone.host, "/console/customers/", alone.session, "cell-code"),
                }
                webs = {"many": crowded, "few": quiet}
                timings = play(stage, webs, visits, 2 * scale.rounds)
    page = Match(
        "resellers.page",
        f"customer list, {scale.many_resellers} resellers against one",
        "many",
        "few",
        AtMost(1.1),
    )
    return [page.finding(timings), migrating]


def _migrating(scale: Scale) -> Finding:
    ours = [_seconds(Command)]
    theirs = _seconds(MigrateSchemasCommand)
    ours += [_seconds(Command) for _ in range(2)]
    return Finding(
        name="resellers.migrate",
        sentence=f"migrate without work, {scale.migrated_resellers} resellers, against "
        "django-tenants' own command",
        ratio=median(ours) / theirs,
        target=AtMost(0.05),
    )


def _seconds(command: Callable[[], BaseCommand]) -> float:
    begun = time.perf_counter()
    call_command(command(), interactive=False, verbosity=0)
    return time.perf_counter() - begun


def _grow(there: int, wanted: int) -> None:
    for number in range(there, wanted):
        crowd.make_reseller(f"reseller-{number}")


def _visit_all(web: Web, resellers: int) -> None:
    """Each reseller once or twice: what processes keep of them is there."""
    for number in range(1, resellers):
        visit = Visit(f"reseller-{number}.example", "/account/login/", expects="</html>")
        with Visitor.at(web.port, visit) as visitor:
            visitor.check()
            visitor.check()
