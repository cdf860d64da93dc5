"""From the host to the reseller: which schema a request sees, and who is served at all."""

from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, StreamingHttpResponse
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from resellers import hosts
from resellers.models import Reseller
from resellers.schemas import connection

RETRY_AFTER_SECONDS = 3600


class ResellerMiddleware:
    """Puts the connection into the schema of the host's reseller for the length of one request.

    `request.tenant` is the Reseller, or None on the platform's own host. Whatever a worker did
    before, a request starts and ends in the public schema. Moments are shown in the reseller's
    time zone.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        connection.set_schema_to_public()
        try:
            return self._answer(request)
        finally:
            connection.set_schema_to_public()

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        try:
            host = host_of(request)
        except DisallowedHost:
            return HttpResponseBadRequest(_("The address of this request is broken."))
        if host == settings.PLATFORM_HOST.lower():
            return self._serve_platform(request)
        reseller = hosts.find(host)
        if reseller is None:
            return _page("unknown_host.html", HTTPStatus.NOT_FOUND)
        if reseller.is_suspended:
            return _unavailable()
        return self._serve(request, reseller)

    def _serve_platform(self, request: HttpRequest) -> HttpResponseBase:
        request.tenant = None  # type: ignore[attr-defined]
        request.urlconf = settings.PUBLIC_SCHEMA_URLCONF  # type: ignore[attr-defined]
        return self.get_response(request)

    def _serve(self, request: HttpRequest, reseller: Reseller) -> HttpResponseBase:
        request.tenant = reseller  # type: ignore[attr-defined]
        connection.set_tenant(reseller)
        with timezone.override(ZoneInfo(reseller.time_zone)):
            response = self.get_response(request)
        if isinstance(response, StreamingHttpResponse) and not response.is_async:
            chunks: Iterable[bytes] = response.streaming_content  # type: ignore[assignment]
            response.streaming_content = _within(reseller, chunks)
        return response


def host_of(request: HttpRequest) -> str:
    """The request's host in lower case, without port and without a dot at its end.

    Raises DisallowedHost when the header is broken.
    """
    host, _port = split_domain_port(request.get_host())
    return host


def _within(reseller: Reseller, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """A streamed body is made after the request has left us: it needs the schema once more."""
    connection.set_tenant(reseller)
    try:
        yield from chunks
    finally:
        connection.set_schema_to_public()


def _unavailable() -> HttpResponse:
    response = _page("unavailable.html", HTTPStatus.SERVICE_UNAVAILABLE)
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _page(template: str, status: HTTPStatus) -> HttpResponse:
    # Without the request: no session and no person belongs to a page of nobody.
    response = HttpResponse(render_to_string(template), status=status)
    response["Cache-Control"] = "no-store"
    return response
