"""The same thing done to many customers."""

from django.urls import path

from console.views import bulk

app_name = "bulk"
urlpatterns = [
    path("", bulk.Confirm.as_view(), name="confirm"),
    path("start/", bulk.Start.as_view(), name="start"),
    path("runs/", bulk.RunList.as_view(), name="list"),
    path("runs/<uuid:run_id>/", bulk.RunDetail.as_view(), name="detail"),
    path("runs/<uuid:run_id>/cancel/", bulk.Cancel.as_view(), name="cancel"),
    path("runs/<uuid:run_id>/go-on/", bulk.GoOn.as_view(), name="go_on"),
]
