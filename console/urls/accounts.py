from django.urls import path

from console.views import cloud_accounts

app_name = "accounts"
urlpatterns = [path("", cloud_accounts.AllAccounts.as_view(), name="list")]
