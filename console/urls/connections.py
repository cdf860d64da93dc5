"""The reseller's own connection to a cloud provider."""

from django.urls import path

from console.views import connections

app_name = "connections"
urlpatterns = [
    path("", connections.ConnectionDetail.as_view(), name="detail"),
    path("edit/", connections.EditConnection.as_view(), name="edit"),
    path("check/", connections.CheckConnection.as_view(), name="check"),
    path("disconnect/", connections.Disconnect.as_view(), name="disconnect"),
]
