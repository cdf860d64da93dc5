"""Credentials of one cloud account, on their way to who is to use them."""

from django.urls import path

from console.views import credentials

app_name = "credentials"
urlpatterns = [
    path("", credentials.CredentialsList.as_view(), name="list"),
    path("send/", credentials.SendCredentials.as_view(), name="send"),
    path("<uuid:link_id>/revoke/", credentials.RevokeCredentials.as_view(), name="revoke"),
]
