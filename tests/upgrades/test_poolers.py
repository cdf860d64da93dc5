"""The product behind PgBouncer: by session it works, by transaction it refuses to."""

import http.client
import json
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from tests.harness.environment import CHECKOUT
from tests.harness.pooler import pooler
from tests.upgrades.installation import Installation, Process, is_ready, wait_for
from tests.upgrades.visitors import Visitors

pytestmark = [pytest.mark.stack, pytest.mark.pooler]

VISITS = 60


def through(there: Installation, address: str) -> None:
    """Have what starts from now on reach the database through a pooler."""
    name = urlsplit(there.environment["DATABASE_URL"]).path
    there.environment["DATABASE_URL"] = urlunsplit(urlsplit(address)._replace(path=name))


def ready_answer(web: Process) -> dict[str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=10)
    connection.request("GET", "/readyz")
    answer: dict[str, str] = json.loads(connection.getresponse().read())
    connection.close()
    return answer


def test_pooling_by_session_keeps_resellers_apart(there: Installation, tmp_path: Path) -> None:
    sessions = there.log_in(CHECKOUT)
    with pooler("session", tmp_path) as address:
        through(there, address)
        web, worker = there.web(CHECKOUT), there.worker(CHECKOUT)
        wait_for(lambda: is_ready(web), what="the web server is ready")
        visitors = Visitors(sessions, [web], number=8)
        visitors.start()
        wait_for(lambda: len(visitors.visits) > VISITS, what="the visitors were everywhere")
        visitors.stop()
        assert worker.popen.poll() is None
        assert worker.stop() == 0

    assert visitors.failures == [], there.log()
    assert visitors.strangers == []


def test_pooling_by_transaction_is_refused(there: Installation, tmp_path: Path) -> None:
    with pooler("transaction", tmp_path) as address:
        through(there, address)
        worker, web = there.worker(CHECKOUT), there.web(CHECKOUT)

        assert worker.popen.wait(60) != 0
        assert web.popen.wait(60) != 0
        with pytest.raises(AssertionError, match="Set its pool_mode to session"):
            there.manage(CHECKOUT, "prepare")
    assert there.log().count("Set its pool_mode to session") >= 2


def test_a_pooler_that_comes_later_is_noticed(
    there: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The web server starts while the database is away, and finds it changed."""
    with pooler("transaction", tmp_path) as address:
        port = urlsplit(address).port
    through(there, address)
    web = there.web(CHECKOUT)
    wait_for(lambda: _answers(web), what="the process lives")
    assert ready_answer(web)["database"] == "does not answer"

    with pooler("transaction", tmp_path, port=port):
        answer = ready_answer(web)

    assert (answer["status"], answer["database"]) == ("unavailable", "is pooled by transaction")


def _answers(web: Process) -> bool:
    try:
        return bool(ready_answer(web))
    except (OSError, http.client.HTTPException):
        return False
