"""The cloud accounts of a company, for its own people."""

from django.urls import path

from portal.views import cloud_accounts

app_name = "cloud_accounts"
_ONE = "<uuid:account_id>/"
urlpatterns = [
    path("", cloud_accounts.AccountList.as_view(), name="list"),
    path("add/", cloud_accounts.ChooseProvider.as_view(), name="choose"),
    path("add/<slug:provider>/", cloud_accounts.AddAccount.as_view(), name="add"),
    path(_ONE, cloud_accounts.AccountDetail.as_view(), name="detail"),
    path(f"{_ONE}access/", cloud_accounts.SetUpAccess.as_view(), name="access"),
    path(f"{_ONE}check/", cloud_accounts.CheckAccess.as_view(), name="check"),
]
