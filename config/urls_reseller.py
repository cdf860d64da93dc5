"""The map of a reseller's host: the storefront at the root, the customer portal, the console."""

from django.urls import URLPattern, URLResolver, include, path

from accounts.views import AfterLogin

handler500 = "config.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("components.urls")),
    path("account/", include("accounts.urls")),
    path("after-login/", AfterLogin.as_view(), name="after_login"),
    path("console/", include("console.urls")),
    path("", include("portal.urls")),
]
