"""What is refused before anybody looks at it, and the note that something was refused."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase

from accounts.sessions import address_of
from audit import security
from config.requests import route_of
from config.uploads import longest_body

METHODS = ["GET", "HEAD", "POST"]
_EVENTS = {
    HTTPStatus.BAD_REQUEST: security.REQUEST_REFUSED,
    HTTPStatus.FORBIDDEN: security.ACCESS_REFUSED,
    HTTPStatus.METHOD_NOT_ALLOWED: security.REQUEST_REFUSED,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: security.REQUEST_REFUSED,
    HTTPStatus.TOO_MANY_REQUESTS: security.RATE_LIMITED,
}


class GuardMiddleware:
    """Lets pass what a browser sends, in a size that a form can have."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep what comes next."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and note refusals in the log of security."""
        response = _refusal(request) or self.get_response(request)
        event = _EVENTS.get(HTTPStatus(response.status_code))
        if event:
            route, status = route_of(request), response.status_code
            security.note(event, route=route, status=status, address=address_of(request))
        return response


def _refusal(request: HttpRequest) -> HttpResponse | None:
    if request.method not in METHODS:
        return HttpResponseNotAllowed(METHODS)
    # Django's own limit counts what stands in fields, not what is sent as files.
    if _length_of(request) > longest_body(request):
        return HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return None


def _length_of(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0  # Django reads it so, too: then there is no body
