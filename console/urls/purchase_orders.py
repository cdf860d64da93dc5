from django.urls import path

from console.views import purchase_orders

app_name = "purchase_orders"
urlpatterns = [
    path("", purchase_orders.PurchaseOrderList.as_view(), name="list"),
    path("add/", purchase_orders.AddPurchaseOrder.as_view(), name="add"),
    path("<uuid:order_id>/", purchase_orders.PurchaseOrderDetail.as_view(), name="detail"),
    path("<uuid:order_id>/edit/", purchase_orders.EditPurchaseOrder.as_view(), name="edit"),
    path(
        "<uuid:order_id>/archive/", purchase_orders.ArchivePurchaseOrder.as_view(), name="archive"
    ),
    path(
        "<uuid:order_id>/restore/", purchase_orders.RestorePurchaseOrder.as_view(), name="restore"
    ),
]
