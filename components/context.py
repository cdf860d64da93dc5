"""What every page's frame needs. Runs on each request: it must not query the database."""

from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.urls import reverse

from components import branding

THEMES = ("auto", "light", "dark")
PUBLIC_SCHEMA = "public"


def page(request: HttpRequest) -> dict[str, Any]:
    reseller = current_reseller(request)
    colour = brand_color(reseller)
    theme = current_theme(request)
    return {
        "reseller": reseller,
        "site_name": reseller.name if reseller else settings.PLATFORM_HOST,
        "theme": theme,
        "branding_url": reverse("branding", args=[branding.version(colour)]),
        "inbox_url": inbox_url(),
    }


def current_reseller(request: HttpRequest) -> Any | None:
    """The reseller whose host this is; None on the platform's own host."""
    tenant = getattr(request, "tenant", None) or getattr(connection, "tenant", None)
    if tenant is None or getattr(tenant, "schema_name", PUBLIC_SCHEMA) == PUBLIC_SCHEMA:
        return None
    return tenant if getattr(tenant, "name", "") else None


def brand_color(reseller: Any | None) -> str:
    return getattr(reseller, "brand_color", "") or branding.DEFAULT_COLOUR


def current_theme(request: HttpRequest) -> str:
    theme = request.COOKIES.get(settings.THEME_COOKIE_NAME, "")
    return theme if theme in THEMES else "auto"


def inbox_url() -> str:
    """Where the demo's mails can be read; empty in every real installation."""
    if not settings.INBOX_DIRECTORY:
        return ""
    port = f":{settings.PUBLIC_PORT}" if settings.PUBLIC_PORT else ""
    return f"{settings.PUBLIC_SCHEME}://{settings.PLATFORM_HOST}{port}/inbox/"
