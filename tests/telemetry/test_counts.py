"""Counting over all processes, and never in anybody's way."""

import threading
import time

import pytest
import redis
from django.conf import LazySettings

from telemetry import counts
from telemetry.metrics import BUCKETS, REQUEST_SECONDS, REQUESTS, TASKS, parsed
from tests.config.lines import kept


@pytest.fixture(autouse=True)
def _unpaused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "_paused_until", 0.0)


def test_what_many_add_at_once_is_all_there() -> None:
    def add() -> None:
        for _ in range(25):
            counts.add(TASKS.one("a.task", "done"))

    adding = [threading.Thread(target=add) for _ in range(8)]
    for each in adding:
        each.start()
    for each in adding:
        each.join()

    assert parsed(counts.read()) == {"portal_tasks": {("a.task", "done"): 200}}


@pytest.mark.parametrize(
    ("seconds", "bucket"), [(0.0, 0.01), (0.01, 0.01), (0.011, 0.025), (3.0, 10.0), (99.0, "inf")]
)
def test_a_time_falls_into_the_smallest_bucket_that_holds_it(
    seconds: float, bucket: float | str
) -> None:
    counts.add(REQUEST_SECONDS.took(seconds, "a:page", "GET"))

    found = parsed(counts.read())["portal_http_request_seconds"]

    assert found == {("a:page", "GET", str(bucket)): 1, ("a:page", "GET", "sum"): seconds}
    assert float(bucket) in BUCKETS


def test_labels_may_hold_anything() -> None:
    strange = 'a"b\\c,d|e\n'

    counts.add(REQUESTS.one(strange, "GET", "2xx"))

    assert parsed(counts.read())["portal_http_requests"] == {(strange, "GET", "2xx"): 1}


def test_a_server_that_is_away_costs_one_attempt_and_one_line(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    counts.client.cache_clear()
    try:
        with kept("telemetry.counts") as lines:
            begun = time.perf_counter()
            for _ in range(50):
                counts.add(TASKS.one("a.task", "done"))
            seconds = time.perf_counter() - begun
        with pytest.raises(redis.RedisError):
            counts.read()
    finally:
        counts.client.cache_clear()

    assert len(lines.lines) == 1
    assert seconds < 2 * counts.SECONDS_TO_WAIT
