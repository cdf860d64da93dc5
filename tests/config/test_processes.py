"""Real processes: two web workers and a Celery worker tell one story."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from notifications import tasks
from telemetry.context import Work, working
from tests.harness.environment import CHECKOUT

TOKEN = "a-token-of-twenty-characters"
REQUEST = "request-of-a-test"
AT_ONCE = 20
MOST_ROUNDS = 50
PAGE = "/branding/none.css"  # needs no static files, which a test run does not collect


@contextlib.contextmanager
def running(log: Path, *words: str) -> Iterator[None]:
    """A process of the product, in the environment of this test run."""
    environment = {**os.environ, "METRICS_TOKEN": TOKEN, "LOG_FORMAT": "json"}
    with log.open("wb") as file:
        process = subprocess.Popen(  # noqa: S603 - our own words
            [sys.executable, *words],
            cwd=CHECKOUT,
            env=environment,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(20)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def ask(port: int, path: str, host: str, **headers: str) -> tuple[str, str]:
    """The answer and its id, over a connection of its own: either worker may take it."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", headers={"Host": host, **headers}
    )
    with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310 - our own address
        return response.read().decode(), response.headers["X-Request-ID"]


def wait_until(is_so: Any, seconds: float = 60) -> None:
    """Ask again and again; a slow machine has time."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.2)


def answers(port: int) -> bool:
    try:
        return bool(ask(port, "/healthz", "localhost"))
    except (urllib.error.URLError, OSError):
        return False


def lines(log: Path) -> list[dict[str, Any]]:
    """Every line that the process wrote; each must be an object."""
    return [json.loads(line) for line in log.read_text().splitlines()]


def numbers(port: int) -> dict[str, dict[tuple[str, ...], float]]:
    page, _id = ask(port, "/metrics", "localhost", Authorization=f"Bearer {TOKEN}")
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(page):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
    return found


def ask_until_both_answered(port: int, log: Path) -> list[str]:
    """The ids of the answers. Which worker takes a connection is the kernel's choice."""
    ids: list[str] = []
    for _round in range(MOST_ROUNDS):
        ids += [ask(port, PAGE, "alpha.localhost")[1] for _ in range(AT_ONCE)]
        written = [line for line in lines(log) if line["logger"] == "portal.requests"]
        if len({line["process"] for line in written}) == 2:
            return ids
    raise AssertionError("one worker took everything")


@pytest.mark.usefixtures("django_db_setup")
def test_two_web_workers_tell_the_same_numbers_and_write_json(tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "web.log"
    granian = ["-m", "granian", "config.wsgi:application", "--interface", "wsgi", "--no-ws"]
    where = ["--host", "127.0.0.1", "--port", str(port), "--workers", "2"]
    with running(log, *granian, *where, "--log-config", "config/granian.json"):
        wait_until(lambda: answers(port))
        ids = ask_until_both_answered(port, log)
        expected = {("GET", "branding", "2xx"): len(ids)}
        wait_until(lambda: numbers(port)["portal_http_requests_total"] == expected)
        told = [numbers(port)["portal_http_requests_total"] for _ in range(6)]

    assert told == [expected] * 6
    written = [line for line in lines(log) if line["logger"] == "portal.requests"]
    assert sorted(line["request_id"] for line in written) == sorted(ids)
    assert {line["tenant"] for line in written} == {"alpha"}


@pytest.mark.usefixtures("django_db_setup")
def test_a_worker_writes_the_id_of_the_request_that_sent_the_task(tmp_path: Path) -> None:
    log = tmp_path / "worker.log"
    celery = ["-W", "ignore:::celery.platforms", "-m", "celery", "-q", "-A", "config", "worker"]

    def runs() -> list[dict[str, Any]]:
        # Other tests may have left tasks in the queue.
        ours = {"logger": "portal.tasks", "task": "notifications.sweep", "request_id": REQUEST}
        return [line for line in lines(log) if ours.items() <= line.items()]

    with running(log, *celery, "-l", "info", "-P", "solo", "--without-gossip", "--without-mingle"):
        with working(Work(REQUEST)):
            tasks.sweep.delay()
        wait_until(runs)
        (line,) = runs()  # at its end Celery says good-bye in plain words

    assert (line["task"], line["outcome"]) == ("notifications.sweep", "done")
    assert (line["request_id"], line["tenant"]) == (REQUEST, "public")
