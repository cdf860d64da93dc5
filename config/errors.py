"""The page for errors that nobody expected, and the one for a server of ours that is away."""

import sys
from http import HTTPStatus

import redis
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error as unexpected

RETRY_AFTER_SECONDS = 30
# The database restarts, the cache is away, two transactions lock each other out: the next attempt
# may succeed, and nothing of this one was saved.
_PASSES = (OperationalError, InterfaceError, redis.ConnectionError, redis.TimeoutError)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django calls this while it handles the error, which it has logged already."""
    if not isinstance(sys.exception(), _PASSES):
        return unexpected(request)
    page = render_to_string("503.html")
    response = HttpResponse(page, status=HTTPStatus.SERVICE_UNAVAILABLE)
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    response["Cache-Control"] = "no-store"
    return response
