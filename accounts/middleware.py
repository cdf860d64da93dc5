"""What is asked of everybody who is logged in, on every page."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from accounts import duties, sessions


class AccountsMiddleware:
    """Notes that a person was here, keeps their pages out of caches, and minds their duties."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        # Pages that never asked who is there show nobody's data.
        if request.session.accessed and SESSION_KEY in request.session:
            sessions.touch(request.session)
            if not response.has_header("Cache-Control"):
                add_never_cache_headers(response)
        return response

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponseBase | None:
        """Lead whoever must have a second factor, and has none yet, to where it is turned on."""
        match = request.resolver_match
        if match is None or match.view_name in duties.OPEN_PAGES or not duties.owes(request):
            return None
        messages.warning(request, _("Turn on a second factor first: it is demanded here."))
        return redirect("mfa_index")
