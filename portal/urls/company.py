"""The pages of a customer's own people."""

from django.urls import path

from portal.views import company

app_name = "company"
urlpatterns = [
    path("", company.Overview.as_view(), name="overview"),
]
