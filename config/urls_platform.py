"""The map of the platform operators' own host."""

from django.urls import URLPattern, URLResolver, include, path

from accounts.views import AfterLogin

handler500 = "config.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("components.urls")),
    path("account/", include("accounts.urls")),
    path("after-login/", AfterLogin.as_view(), name="after_login"),
    path("", include("operations.urls")),
    path("inbox/", include("inbox.urls")),
]
