"""Counting over all processes, and never in anybody's way."""

import os
import socket
import threading
import time
import warnings

import pytest
import redis
from django.conf import LazySettings

from telemetry import counts
from telemetry.metrics import BUCKETS, REQUEST_SECONDS, REQUESTS, TASKS, parsed
from tests.config.lines import kept


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


def test_what_was_counted_is_sent_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "SECONDS_BETWEEN", 0.05)
    tally = counts.Tally()

    for _ in range(3):
        tally.add(TASKS.one("a.task", "done"))

    deadline = time.monotonic() + 20
    while not counts.client().hgetall(counts.KEY):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert parsed(counts.read()) == {"portal_tasks": {("a.task", "done"): 3}}


def test_a_forked_process_sends_only_its_own() -> None:
    counts.add(TASKS.one("of.parent", "done"))

    with warnings.catch_warnings():  # newer Pythons warn of threads: the child uses none
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if not child:
        counts.add(TASKS.one("of.child", "done"))
        counts.send()
        os._exit(0)
    os.waitpid(child, 0)

    found = parsed(counts.read())["portal_tasks"]
    assert found == {("of.parent", "done"): 1, ("of.child", "done"): 1}


def test_a_server_that_is_away_costs_one_line_and_no_number(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, settings.REDIS_URL = settings.REDIS_URL, "redis://127.0.0.1:1/0"
    counts.client.cache_clear()
    tally = counts.Tally()
    try:
        with kept("telemetry.counts") as lines:
            for _ in range(50):
                tally.add(TASKS.one("a.task", "done"))
                tally.send()
        with pytest.raises(redis.RedisError):
            counts.read()
    finally:
        counts.client.cache_clear()

    assert len(lines.lines) == 1
    settings.REDIS_URL = there
    tally.send()
    assert counts.read() == {}, "it knocks again only after a while"
    monkeypatch.setattr(tally, "_paused_until", 0.0)
    tally.send()
    assert parsed(counts.read()) == {"portal_tasks": {("a.task", "done"): 50}}


def test_counting_keeps_nobody_waiting(settings: LazySettings) -> None:
    """A server that takes connections and never answers."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        settings.REDIS_URL = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        counts.client.cache_clear()
        tally = counts.Tally()
        begun = time.perf_counter()
        for _ in range(1000):
            tally.add(TASKS.one("a.task", "done"))
        seconds = time.perf_counter() - begun
    counts.client.cache_clear()

    assert seconds < counts.SECONDS_TO_WAIT
