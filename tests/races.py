"""Two people at once, made certain: the second acts while the transaction of the first is open."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django_tenants.utils import tenant_context

from resellers.models import Reseller

PATIENCE = 10.0  # seconds until a test gives up


@dataclass
class Runner:
    """One of the two: what came of it, and which database process works for it."""

    reseller: Reseller
    act: Callable[[], object]
    result: object = None
    error: Exception | None = None
    process: int = 0
    is_done: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        try:
            with tenant_context(self.reseller):
                self.result = self.act()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            self.error = error
        finally:
            self.is_done.set()
            connection.close()


def overlap(
    reseller: Reseller, first: Callable[[], object], second: Callable[[], object]
) -> tuple[Runner, Runner]:
    """Let `second` begin once `first` has done everything but commit; then both go on.

    A second that does not wait for the first sees the world as it was before: the worst case.
    """
    has_acted = threading.Event()
    late = Runner(reseller, lambda: None)

    def act_first() -> object:
        try:
            with transaction.atomic():
                result = first()
                has_acted.set()
                _wait_until_stuck_or_done(late)
                return result
        finally:
            has_acted.set()

    def act_second() -> object:
        assert has_acted.wait(PATIENCE)
        late.process = _process()
        return second()

    early, late.act = Runner(reseller, act_first), act_second
    threads = [threading.Thread(target=each.run) for each in (early, late)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE * 2)
        assert not thread.is_alive(), "the two wait for each other"
    return early, late


def _process() -> int:
    number: Any = _ask("SELECT pg_backend_pid()")
    return int(number)


def _wait_until_stuck_or_done(other: Runner) -> None:
    """Until the other waits for a lock of ours, or needed none."""
    deadline = time.monotonic() + PATIENCE
    while not other.is_done.is_set() and time.monotonic() < deadline:
        waits = "SELECT count(*) FROM pg_locks WHERE pid = %s AND NOT granted"
        if other.process and _ask(waits, other.process):
            return
        time.sleep(0.01)


def _ask(query: str, *parameters: int) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchone()[0]
