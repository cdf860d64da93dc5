"""The whole map of the storefront, the entrance and the customer portal."""

from django.urls import URLPattern, URLResolver, include, path

from portal.views import company

app_name = "portal"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("portal.urls.storefront")),
    path("", include("portal.urls.signup")),
    path("", include("portal.urls.entrance")),
    path("credentials/", include("portal.urls.credentials")),
    path("portal/", company.Home.as_view(), name="home"),
    path("portal/<uuid:customer_id>/", include("portal.urls.company")),
    path("portal/<uuid:customer_id>/people/", include("portal.urls.people")),
    path("portal/<uuid:customer_id>/requests/", include("portal.urls.requests")),
    path("portal/<uuid:customer_id>/accounts/", include("portal.urls.cloud_accounts")),
]
