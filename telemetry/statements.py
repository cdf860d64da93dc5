"""How often and how long a piece of work asks the database."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection


@dataclass
class Asked:
    """Grows while the work goes on."""

    number: int = 0
    seconds: float = 0.0


@contextmanager
def counted() -> Iterator[Asked]:
    """Counts what this thread asks until the block ends. The choice of a schema is no question."""
    asked = Asked()

    def counting(execute: Callable[..., Any], sql: Any, *rest: Any) -> Any:
        begun = time.perf_counter()
        try:
            return execute(sql, *rest)
        finally:
            asked.seconds += time.perf_counter() - begun
            asked.number += not str(sql).startswith("SET search_path")

    with connection.execute_wrapper(counting):
        yield asked
