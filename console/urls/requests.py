"""The queue of approval requests, and the decisions."""

from django.urls import path

from console.views import requests

app_name = "requests"
urlpatterns = [
    path("", requests.RequestList.as_view(), name="list"),
    path("<uuid:request_id>/", requests.RequestDetail.as_view(), name="detail"),
    path("<uuid:request_id>/approve/", requests.ApproveRequest.as_view(), name="approve"),
    path("<uuid:request_id>/decline/", requests.DeclineRequest.as_view(), name="decline"),
    path("<uuid:request_id>/delete/", requests.DeleteRequest.as_view(), name="delete"),
]
