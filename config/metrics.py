"""`/metrics`: the installation's numbers in Prometheus' text format.

Only on the platform's own host or by address, only for who knows METRICS_TOKEN. Whichever process
answers tells the same: counts are kept in Valkey by all of them, and what waits in hundreds of
schemas is gathered once a minute by a task.
"""

import hmac
import re
from collections.abc import Callable, Iterator
from http import HTTPStatus

import redis
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from config.gauges import Gauge, gauges
from resellers.middleware import host_of
from telemetry import counts
from telemetry.metrics import BUCKETS, COUNTERS, HISTOGRAMS, Counter, Histogram, parsed

# An address, or a machine's bare name inside a network: neither can be a reseller's host.
_OF_NOBODY = re.compile(r"[\d.]+|\[[0-9a-f:.]+\]|[a-z0-9-]+")


class MetricsMiddleware:
    """Stands in front of everything that needs a reseller or an encrypted connection."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep what comes next."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the one address; let everything else pass, as if this were not here."""
        if request.path_info != "/metrics" or not _is_here(request):
            return self.get_response(request)
        if not _knows_token(request):
            response = HttpResponse(status=HTTPStatus.UNAUTHORIZED)
            response["WWW-Authenticate"] = "Bearer"
            return response
        if request.method != "GET":
            return HttpResponseNotAllowed(["GET"])
        response = HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)
        response["Cache-Control"] = "no-store"
        return response


def exposition() -> bytes:
    """Everything, as Prometheus reads it."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Installation())
    return generate_latest(registry)


class Installation(Collector):
    """What is counted, and what is asked just now."""

    def collect(self) -> Iterator[Metric]:
        """One family after the other; without Valkey, no counts."""
        for gauge in gauges():
            yield _gauge(gauge)
        try:
            numbers = parsed(counts.read())
        except redis.RedisError:
            return
        for counter in COUNTERS:
            yield _counter(counter, numbers.get(counter.name, {}))
        for histogram in HISTOGRAMS:
            yield _histogram(histogram, numbers.get(histogram.name, {}))


Numbers = dict[tuple[str, ...], float]  # by the values of the labels


def _gauge(gauge: Gauge) -> Metric:
    family = GaugeMetricFamily(gauge.name, gauge.help, labels=gauge.labels)
    for labels, value in gauge.values.items():
        family.add_metric(labels, value)
    return family


def _counter(counter: Counter, numbers: Numbers) -> Metric:
    family = CounterMetricFamily(counter.name, counter.help, labels=counter.labels)
    for labels, value in sorted(numbers.items() or ([((), 0.0)] if not counter.labels else [])):
        family.add_metric(labels, value)
    return family


def _histogram(histogram: Histogram, numbers: Numbers) -> Metric:
    family = HistogramMetricFamily(histogram.name, histogram.help, labels=histogram.labels)
    for labels in sorted({labels[:-1] for labels in numbers}):
        below, buckets = 0.0, []
        for bound in BUCKETS:
            below += numbers.get((*labels, str(bound)), 0.0)
            buckets.append(("+Inf" if bound == float("inf") else str(bound), below))
        family.add_metric(labels, buckets, numbers.get((*labels, "sum"), 0.0))
    return family


def _is_here(request: HttpRequest) -> bool:
    """Without a token there is no such page, and on resellers' hosts there never is."""
    if not settings.METRICS_TOKEN:
        return False
    try:
        host = host_of(request)
    except DisallowedHost:
        return False
    return host == settings.PLATFORM_HOST.lower() or bool(_OF_NOBODY.fullmatch(host))


def _knows_token(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return hmac.compare_digest(given.encode(), settings.METRICS_TOKEN.encode())
