"""Where a customer's detailed bills are put."""

from django.urls import path

from console.views import bill_places

app_name = "bill_places"
urlpatterns = [
    path("", bill_places.EditBillPlace.as_view(), name="edit"),
    path("check/", bill_places.CheckBillPlace.as_view(), name="check"),
]
