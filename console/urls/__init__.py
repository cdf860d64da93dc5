"""The whole map of the console."""

from django.urls import URLPattern, URLResolver, include, path

app_name = "console"
urlpatterns: list[URLPattern | URLResolver] = [
    path("mails/", include("console.urls.mails")),
    path("settings/", include("console.urls.settings")),
]
