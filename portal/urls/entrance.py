"""How invited people come in."""

from django.urls import path

from portal.views import entrance

app_name = "entrance"
urlpatterns = [
    path("invitation/<str:token>/", entrance.AcceptInvitation.as_view(), name="invitation"),
]
