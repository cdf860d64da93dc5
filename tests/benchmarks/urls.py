"""A reseller's host with the yardsticks beside the product's own pages."""

from django.urls import URLPattern, URLResolver, include, path

from tests.benchmarks import yardsticks

urlpatterns: list[URLPattern | URLResolver] = [
    path("yardsticks/hello/", yardsticks.hello),
    path("yardsticks/signed-in/", yardsticks.SignedIn.as_view()),
    path("yardsticks/layout/", yardsticks.Layout.as_view()),
    path("yardsticks/tables2/", yardsticks.CustomerTables2.as_view()),
    path("yardsticks/admin/", yardsticks.admin_site.urls),
    path("", include("config.urls_reseller")),
]
