"""What is counted. Labels have few values, all known to the code: no host, no person, no address.

Per-reseller numbers are left out on purpose: with hundreds of resellers each would multiply every
series. The logs name the reseller.
"""

import json
from dataclasses import dataclass

# Upper bounds in seconds: from a page without a query to a request that somebody gave up on.
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, float("inf"))

Amounts = list[tuple[str, float]]  # (the series, what to add)


@dataclass(frozen=True)
class Counter:
    """Only ever goes up. Prometheus appends `_total`."""

    name: str
    help: str
    labels: tuple[str, ...] = ()

    def one(self, *values: str) -> Amounts:
        """It happened once; the values of the labels in their order."""
        return [(series(self.name, *values), 1)]


@dataclass(frozen=True)
class Histogram:
    """How long something took, in seconds."""

    name: str
    help: str
    labels: tuple[str, ...] = ()

    def took(self, seconds: float, *values: str) -> Amounts:
        """It took so long once; the values of the labels in their order."""
        bucket = next(bound for bound in BUCKETS if seconds <= bound)
        return [
            (series(self.name, *values, str(bucket)), 1),
            (series(self.name, *values, "sum"), seconds),
        ]


def series(name: str, *values: str) -> str:
    """The name under which a number is kept."""
    return json.dumps([name, *values])


REQUESTS = Counter("portal_http_requests", "Answered requests", ("route", "method", "status_class"))
REQUEST_SECONDS = Histogram(
    "portal_http_request_seconds", "Time until a request was answered", ("route", "method")
)
TASKS = Counter("portal_tasks", "Tasks that ended: done, failed or dropped", ("task", "outcome"))
TASK_SECONDS = Histogram("portal_task_seconds", "Time that a task took", ("task",))
DATABASE_FAILURES = Counter(
    "portal_database_connection_failures", "Connections to the database that failed"
)

COUNTERS = (REQUESTS, TASKS, DATABASE_FAILURES)
HISTOGRAMS = (REQUEST_SECONDS, TASK_SECONDS)


def parsed(numbers: dict[str, float]) -> dict[str, dict[tuple[str, ...], float]]:
    """Kept numbers by metric, then by the values of the labels."""
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for kept, number in numbers.items():
        name, *values = json.loads(kept)
        found.setdefault(name, {})[tuple(values)] = number
    return found
