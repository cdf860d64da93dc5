"""From one version to the next while people work: nobody meets an error, nothing is lost.

UPGRADE_RESELLERS=20 makes it larger; `-s` shows the figures that docs/operations.md names.
"""

import statistics
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.harness.environment import CHECKOUT
from tests.upgrades.installation import (
    Installation,
    Process,
    cursor_of,
    host_of,
    is_ready,
    next_version,
    request_reseller,
    schema_of,
    states,
    wait_for,
)
from tests.upgrades.visitors import Visit, Visitors

pytestmark = pytest.mark.stack

OLD = CHECKOUT
LONG_READ_SECONDS = 2.5


def across(there: Installation, question: str) -> list[Any]:
    """The answer of each reseller's schema."""
    found = []
    with cursor_of(there) as cursor:
        cursor.execute("SELECT schema_name FROM resellers_reseller ORDER BY host")
        for (schema,) in cursor.fetchall():
            cursor.execute(f"SET search_path = {schema}")
            cursor.execute(question)
            found.append(cursor.fetchone()[0])
    return found


def read_for_long(there: Installation) -> threading.Thread:
    """Somebody reads a table for seconds: a report, or a backup."""
    schema = schema_of(there, host_of(0))

    def read() -> None:
        with cursor_of(there) as cursor:
            cursor.execute("BEGIN")
            cursor.execute(f"SELECT count(*) FROM {schema}.customers_customer")  # noqa: S608
            time.sleep(LONG_READ_SECONDS)
            cursor.execute("COMMIT")

    thread = threading.Thread(target=read)
    thread.start()
    return thread


def show(name: str, visits: list[Visit]) -> None:
    times = sorted(visit.seconds * 1000 for visit in visits)
    p99 = statistics.quantiles(times, n=100)[98]
    print(  # noqa: T201 - asked for by -s
        f"{name}: {len(times)} requests, median {statistics.median(times):.0f} ms, "
        f"99 % {p99:.0f} ms, longest {times[-1]:.0f} ms"
    )


@dataclass
class Upgrade:
    """The steps of docs/operations.md, one after the other, and when each was done."""

    there: Installation
    new: Path
    visitors: Visitors
    moments: list[float] = field(default_factory=list)

    def prepare(self) -> None:
        """The new version's `prepare`, while somebody reads a table for long."""
        self.moments.append(time.monotonic())
        # New code that starts too early takes nobody in.
        early = self.there.web(self.new)
        request_reseller(self.there, OLD, 100)
        reader = read_for_long(self.there)
        assert not is_ready(early)
        assert "Migrating" in self.there.manage(self.new, "prepare")
        reader.join()
        early.stop()
        self.moments.append(time.monotonic())

    def replace(self, webs: list[Process], worker: Process, beat: Process) -> None:
        """Web servers one by one, then the worker, then beat."""
        assert all(map(is_ready, webs)), "old code works on the newer database"
        fresh = [self.there.web(self.new), self.there.web(self.new)]
        wait_for(lambda: all(map(is_ready, fresh)), what="the new version is ready")
        self.visitors.rotate([webs[0], fresh[0]])
        time.sleep(2)
        self.visitors.rotate(fresh)
        assert [web.stop() for web in webs] == [0, 0]
        self.there.worker(self.new)
        assert worker.stop() == 0
        beat.stop()
        self.there.beat(self.new)
        time.sleep(2)
        self.moments.append(time.monotonic())

    def show(self) -> None:
        began, prepared, replaced = self.moments
        show("before", self.visitors.between(0, began))
        show(f"prepare, {prepared - began:.1f} s", self.visitors.between(began, prepared))
        show("replacing processes", self.visitors.between(prepared, replaced))


def test_nobody_notices_an_upgrade(there: Installation, tmp_path: Path) -> None:
    webs, worker, beat = [there.web(OLD), there.web(OLD)], there.worker(OLD), there.beat(OLD)
    wait_for(lambda: all(map(is_ready, webs)), what="the old version is ready")
    visitors = Visitors(there.log_in(OLD), webs)
    upgrade = Upgrade(there, next_version(tmp_path), visitors)
    visitors.start()
    try:
        time.sleep(3)
        upgrade.prepare()
        # Asked for by old code, left by the old worker to the new one.
        request_reseller(there, OLD, 101)
        time.sleep(2)
        assert states(there)[host_of(101)] == "requested"
        upgrade.replace(webs, worker, beat)
    finally:
        visitors.stop()
    upgrade.show()

    assert visitors.failures == [], there.log()
    assert visitors.created > 10
    _require_nothing_lost(there, upgrade)


def _require_nothing_lost(there: Installation, upgrade: Upgrade) -> None:
    """What was asked for in between is made by the new version, and lacks nothing."""
    with cursor_of(there) as cursor:  # the sweep finds it after two minutes; a test need not wait
        cursor.execute(
            "UPDATE resellers_reseller SET state_changed_at = now() - interval '1 hour'"
            " WHERE state <> 'ready'"
        )
    there.manage(upgrade.new, "shell", "--no-imports", given=_SWEEP)
    wait_for(lambda: set(states(there).values()) == {"ready"}, what="every reseller is ready")
    columns = "SELECT count(*) FROM information_schema.columns WHERE column_name = 'loyalty'"
    assert set(across(there, f"{columns} AND table_schema = current_schema()")) == {1}
    indexes = "SELECT count(*) FROM pg_indexes WHERE indexname = 'customer_loyalty'"
    assert set(across(there, f"{indexes} AND schemaname = current_schema()")) == {1}
    customers = across(there, "SELECT count(*) FROM customers_customer")
    assert sum(customers) == upgrade.visitors.created
    wait_for(lambda: mails_that_wait(there) == 0, what="every mail is sent")
    assert len(list((there.state / "mail").iterdir())) == mails(there)


_SWEEP = "from resellers.tasks import sweep_unfinished; sweep_unfinished()"


def mails_that_wait(there: Installation) -> int:
    waiting = "SELECT count(*) FROM notifications_outgoingmail WHERE state <> 'sent'"
    return int(sum(across(there, waiting)))


def mails(there: Installation) -> int:
    return int(sum(across(there, "SELECT count(*) FROM notifications_outgoingmail")))
