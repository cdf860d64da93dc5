"""Where a link to credentials leads."""

from django.urls import path

from portal.views import credentials

app_name = "credentials"
urlpatterns = [
    path("<str:token>/", credentials.OpenCredentials.as_view(), name="open"),
]
