"""A new reseller by replaying the template, against migrating its schema."""

import time
from statistics import median

from django.core.management import call_command
from django.db import connection
from django_tenants.management.commands.migrate_schemas import MigrateSchemasCommand

from resellers import schema_template
from tests.benchmarks import crowd, databases
from tests.benchmarks.findings import AtMost, Finding, Scale
from tests.benchmarks.stage import Stage


def run(_stage: Stage, scale: Scale) -> list[Finding]:
    with databases.copied("new_reseller"):
        schema_template.current()
        rounds = [_round(number) for number in range(scale.new_resellers)]
    return [
        Finding(
            name="new-reseller",
            sentence="a new reseller, from the request to ready, against migrating its schema",
            ratio=median(ours / theirs for ours, theirs in rounds),
            target=AtMost(0.1),
        )
    ]


def _round(number: int) -> tuple[float, float]:
    """Seconds of ours, with everything a new reseller needs, and of the migrations alone."""
    begun = time.perf_counter()
    crowd.make_reseller(f"new-{number}")
    ours = time.perf_counter() - begun
    schema = f"migrated_{number}"
    begun = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {schema}")
    call_command(
        MigrateSchemasCommand(), schema_name=schema, tenant=True, interactive=False, verbosity=0
    )
    return ours, time.perf_counter() - begun
