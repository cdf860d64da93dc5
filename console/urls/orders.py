from django.urls import path

from console.views import purchase_orders

app_name = "orders"
urlpatterns = [
    path("", purchase_orders.AllOrders.as_view(), name="list"),
]
