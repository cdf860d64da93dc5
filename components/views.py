from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View
from django.views.decorators.cache import never_cache

from components import branding
from components.context import THEMES, brand_color, current_reseller

REFRESH = "refresh"  # the button of forms that change with what was chosen
ONE_YEAR = 60 * 60 * 24 * 365


class SetTheme(View):
    """Remembers light, dark or automatic in a cookie: visitors have the choice too."""

    http_method_names = ["post"]

    @method_decorator(never_cache)
    def post(self, request: HttpRequest) -> HttpResponse:
        # Not redirect(): that takes what is no address for the name of a page.
        response = HttpResponseRedirect(_safe_next(request))
        theme = request.POST.get("theme", "")
        if theme in THEMES:
            response.set_cookie(
                settings.THEME_COOKIE_NAME,
                theme,
                max_age=ONE_YEAR,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response


class Branding(View):
    """The reseller's colour as a style sheet of custom properties: pages need no inline style."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, version: str) -> HttpResponse:
        colour = brand_color(current_reseller(request))
        response = render(
            request,
            "components/branding.css",
            {"palette": branding.palette(colour)},
            content_type="text/css; charset=utf-8",
        )
        if version == branding.version(colour):
            response["Cache-Control"] = f"public, max-age={ONE_YEAR}, immutable"
        else:
            response["Cache-Control"] = "no-store"
        return response


class RefreshablePage:
    """Mix in before a FormView whose form changes with what was chosen: a country, a kind.

    Sent with `refresh`, the form comes back in its new shape with all that was typed, unchecked.
    """

    request: HttpRequest

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_form_kwargs()  # type: ignore[misc]
        if REFRESH in self.request.POST:
            typed = kwargs.pop("data").dict()
            kwargs.pop("files")
            kwargs["initial"] = {**kwargs.get("initial", {}), **typed}
        return kwargs

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        page: Any = super()
        if REFRESH not in request.POST:
            answer: HttpResponse = page.post(request, *args, **kwargs)
            return answer
        context = self.get_context_data()  # type: ignore[attr-defined]
        context["form"].is_refreshed = True  # not saved yet: leaving asks first
        shown: HttpResponse = self.render_to_response(context)  # type: ignore[attr-defined]
        return shown


def _safe_next(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    allowed = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    is_address = target.startswith(("/", "http://", "https://"))
    return target if allowed and is_address else "/"
