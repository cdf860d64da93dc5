from django.urls import path

from console.views import customers, lifecycle

app_name = "customers"
urlpatterns = [
    path("", customers.CustomerList.as_view(), name="list"),
    path("create/", customers.CreateCustomer.as_view(), name="create"),
    path("quick/", lifecycle.QuickCreateCustomer.as_view(), name="quick"),
    path("propose-code/", customers.ProposeCode.as_view(), name="propose_code"),
    path("<uuid:customer_id>/", customers.CustomerDetail.as_view(), name="detail"),
    path("<uuid:customer_id>/edit/<slug:section>/", customers.EditCustomer.as_view(), name="edit"),
    path("<uuid:customer_id>/suspend/", lifecycle.SuspendCustomer.as_view(), name="suspend"),
    path(
        "<uuid:customer_id>/reactivate/",
        lifecycle.ReactivateCustomer.as_view(),
        name="reactivate",
    ),
    path("<uuid:customer_id>/archive/", lifecycle.ArchiveCustomer.as_view(), name="archive"),
    path("<uuid:customer_id>/restore/", lifecycle.RestoreCustomer.as_view(), name="restore"),
    path("<uuid:customer_id>/merge/", lifecycle.MergeCustomer.as_view(), name="merge"),
    path("<uuid:customer_id>/timeline/", customers.CustomerTimeline.as_view(), name="timeline"),
]
