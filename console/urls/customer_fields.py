"""What a reseller keeps about one customer. The address begins with the customer."""

from django.urls import path

from console.views import customer_fields

app_name = "customer_fields"
urlpatterns = [
    path("", customer_fields.CustomerFields.as_view(), name="detail"),
    path("edit/", customer_fields.EditCustomerFields.as_view(), name="edit"),
]
