from django.urls import path

from console.views import customers

app_name = "customers"
urlpatterns = [
    path("", customers.CustomerList.as_view(), name="list"),
    path("create/", customers.CreateCustomer.as_view(), name="create"),
    path("propose-code/", customers.ProposeCode.as_view(), name="propose_code"),
    path("<uuid:customer_id>/", customers.CustomerDetail.as_view(), name="detail"),
    path("<uuid:customer_id>/edit/", customers.EditCustomer.as_view(), name="edit"),
    path("<uuid:customer_id>/timeline/", customers.CustomerTimeline.as_view(), name="timeline"),
]
