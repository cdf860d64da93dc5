"""Processes that are asked to stop finish what they began; those that are too new do not begin."""

import threading
import time
from pathlib import Path

import pytest

from tests.harness.environment import CHECKOUT as OLD
from tests.upgrades.installation import (
    Installation,
    cursor_of,
    host_of,
    is_ready,
    next_version,
    request_reseller,
    schema_of,
    states,
    wait_for,
)
from tests.upgrades.visitors import Visitors

pytestmark = pytest.mark.stack


def test_a_web_server_finishes_what_it_began(there: Installation) -> None:
    web = there.web(OLD)
    wait_for(lambda: is_ready(web), what="the web server is ready")
    visitors = Visitors(there.log_in(OLD), [web], number=1)
    schema = schema_of(there, host_of(0))
    with cursor_of(there) as cursor:
        cursor.execute("BEGIN")
        cursor.execute(f"LOCK {schema}.customers_customer")
        answers: list[tuple[int, bytes]] = []
        slow = threading.Thread(
            target=lambda: answers.append(visitors.visit(web, host_of(0), "/console/customers/"))
        )
        slow.start()
        wait_for(lambda: _waits(there, schema), what="the request waits for the table")

        web.ask_to_stop()
        time.sleep(1.5)
        assert web.popen.poll() is None
        cursor.execute("COMMIT")

    slow.join(30)
    assert [status for status, _page in answers] == [200]
    assert web.popen.wait(30) == 0


def test_a_worker_finishes_what_it_began(there: Installation) -> None:
    worker = there.worker(OLD)
    with cursor_of(there) as cursor:
        cursor.execute("BEGIN")
        cursor.execute("LOCK resellers_domain")  # the last step of a new reseller needs it
        request_reseller(there, OLD, 100)
        wait_for(lambda: _waits(there, "public"), what="the task waits for the table")

        worker.ask_to_stop()
        time.sleep(1.5)
        assert worker.popen.poll() is None
        cursor.execute("COMMIT")

    assert worker.popen.wait(60) == 0
    assert states(there)[host_of(100)] == "ready"


def _waits(there: Installation, schema: str) -> bool:
    with cursor_of(there) as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_class ON pg_class.oid = relation"
            " WHERE NOT granted AND relnamespace = to_regnamespace(%s)",
            [schema],
        )
        return bool(cursor.fetchone()[0])


def test_a_worker_refuses_a_database_that_is_behind(there: Installation, tmp_path: Path) -> None:
    worker = there.worker(next_version(tmp_path))

    assert worker.popen.wait(60) != 0
    assert "Run `manage.py prepare` first" in there.log()
