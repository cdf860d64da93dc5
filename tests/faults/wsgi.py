"""The web server's application in trials: the product's own, where only time passes faster.

Static files are served from where they are, so that a trial need not collect them first. Each
answer tells what it cost: unlike the time on a clock, a busy neighbour does not change it.
"""

import os
import time
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.db import connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
settings.STORAGES["staticfiles"] = {
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}

from config.wsgi import application as product  # noqa: E402 - settings come first
from notifications import tasks  # noqa: E402 - the same
from tests.faults.visits import PROCESSOR_TIME, STATEMENTS  # noqa: E402 - the same
from tests.faults.world import cheap_hashes  # noqa: E402 - the same

_NO_WORK = ("SET search_path", "SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")

cheap_hashes()
# A trial has an outage every second; the product would not knock again for twenty.
tasks.PAUSE_SECONDS = 0


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer as the product does, and tell the price in two headers."""
    begun = time.process_time()
    asked = 0

    def counting(execute: Callable[..., Any], sql: Any, *rest: Any) -> Any:
        nonlocal asked
        asked += not str(sql).startswith(_NO_WORK)
        return execute(sql, *rest)

    with connection.execute_wrapper(counting):

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            seconds = time.process_time() - begun
            price = [(PROCESSOR_TIME, f"{seconds:.6f}"), (STATEMENTS, str(asked))]
            return start_response(status, [*headers, *price], *rest)

        return product(environ, start)
