"""Reads how the database answers each statement, and tells which ones read more than they need.

Every statement is run with EXPLAIN ANALYZE where it is sent, with its own parameters. What counts
is how many rows it touched: with a fitting index as many as it needs, without one the whole table.
So the planner may choose as it likes, and no plan has to be written down.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection

# A page of a list is at most 101 rows, what waits in `crowd` 200. Beyond this lies only a walk
# through a table that grows.
ENOUGH = 600
_COLUMNS = re.compile(r"SELECT [^()]*? FROM")
READS = ("SELECT", "UPDATE", "DELETE", "WITH")


@dataclass(frozen=True)
class Waste:
    """A step of a plan that read more rows than the statement needed."""

    what: str  # "Seq Scan on customers_customer"
    rows: int
    allowed: int
    statement: str

    def __str__(self) -> str:
        short = _COLUMNS.sub("SELECT … FROM", self.statement)
        return f"{self.what} read {self.rows} rows ({self.allowed} allowed): {short}"


@contextmanager
def read() -> Iterator[list[Waste]]:
    """Reads the plan of every statement that is sent meanwhile; fills the list with waste."""
    found: list[Waste] = []

    def reading(
        execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        if not many and sql.lstrip().startswith(READS):
            found.extend(wasted(plan_of(sql, params), sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(reading):
        yield found


def plan_of(sql: str, params: Any) -> dict[str, Any]:
    """The plan with the rows that each step really saw. The statement's effects are undone."""
    with connection.connection.cursor() as cursor:  # the driver's own: nobody counts or wraps it
        cursor.execute("SAVEPOINT plan; SET LOCAL max_parallel_workers_per_gather = 0")
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", params)
        answer = cursor.fetchone()[0]
        cursor.execute("ROLLBACK TO SAVEPOINT plan; RELEASE SAVEPOINT plan")
    answers = json.loads(answer) if isinstance(answer, str) else answer
    plan: dict[str, Any] = answers[0]["Plan"]
    return plan


def wasted(plan: dict[str, Any], statement: str, allowed: int = ENOUGH) -> Iterator[Waste]:
    """The steps of a plan that read more rows than allowed.

    Below a LIMIT five more are allowed for each that it lets through: a list counts up to its
    limit, and where filters meet, the index of one brings rows that another refuses.
    """
    loops = plan["Actual Loops"]
    if plan["Node Type"] == "Limit":
        allowed = ENOUGH + round(5 * plan["Actual Rows"] * loops)
    if "Scan" in plan["Node Type"]:
        names = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")
        rows = round(sum(plan.get(name, 0) for name in names) * loops)
        if rows > allowed:
            on = plan.get("Relation Name") or plan.get("Index Name", "")
            yield Waste(f"{plan['Node Type']} on {on}", rows, allowed, statement)
    for step in plan.get("Plans", []):
        yield from wasted(step, statement, allowed)
