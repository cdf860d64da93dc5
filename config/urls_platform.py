"""The map of the platform operators' own host."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("components.urls")),
    path("account/", include("accounts.urls")),
    path("", include("operations.urls")),
    path("inbox/", include("inbox.urls")),
]
