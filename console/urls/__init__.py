"""The whole map of the console."""

from django.urls import URLPattern, URLResolver, include, path

app_name = "console"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("console.urls.home")),
    path("search/", include("console.urls.search")),
    path("customers/", include("console.urls.customers")),
    path("customers/views/", include("console.urls.list_views")),
    path("customers/bulk/", include("console.urls.bulk")),
    path("customers/imports/", include("console.urls.imports")),
    path("customers/", include("console.urls.exports")),
    path("customers/<uuid:customer_id>/people/", include("console.urls.people")),
    path("customers/<uuid:customer_id>/contacts/", include("console.urls.contacts")),
    path("customers/<uuid:customer_id>/fields/", include("console.urls.customer_fields")),
    path("customers/<uuid:customer_id>/groups/", include("console.urls.groups")),
    path(
        "customers/<uuid:customer_id>/accounts/<uuid:account_id>/credentials/",
        include("console.urls.credentials"),
    ),
    path("customers/<uuid:customer_id>/bills/", include("console.urls.bill_places")),
    path("customers/<uuid:customer_id>/purchase-orders/", include("console.urls.purchase_orders")),
    path("customers/<uuid:customer_id>/providers/", include("console.urls.cloud_providers")),
    path("customers/<uuid:customer_id>/accounts/", include("console.urls.cloud_accounts")),
    path("accounts/", include("console.urls.accounts")),
    path("purchase-orders/", include("console.urls.orders")),
    path("requests/", include("console.urls.requests")),
    path("help/", include("console.urls.help")),
    path("team/", include("console.urls.team")),
    path("mails/", include("console.urls.mails")),
    path("settings/", include("console.urls.settings")),
    path("settings/aws/", include("console.urls.connections")),
    path("settings/custom-fields/", include("console.urls.custom_fields")),
]
