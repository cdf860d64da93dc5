from django.urls import path

from console.views import cloud_account_acts, cloud_accounts, role_access

app_name = "cloud_accounts"
_ONE = "<uuid:account_id>/"
urlpatterns = [
    path("", cloud_accounts.AccountList.as_view(), name="list"),
    path("add/", cloud_accounts.ChooseProvider.as_view(), name="choose"),
    path("add/<slug:provider>/", cloud_accounts.AddAccount.as_view(), name="add"),
    path(_ONE, cloud_accounts.AccountDetail.as_view(), name="detail"),
    path(f"{_ONE}edit/", cloud_accounts.EditAccount.as_view(), name="edit"),
    path(f"{_ONE}fields/", cloud_accounts.EditAccountFields.as_view(), name="fields"),
    path(f"{_ONE}access/", role_access.SetUpAccess.as_view(), name="access"),
    path(f"{_ONE}check/", role_access.CheckAccess.as_view(), name="check"),
    path(f"{_ONE}discard/", cloud_account_acts.DiscardAccount.as_view(), name="discard"),
    path(f"{_ONE}suspend/", cloud_account_acts.SuspendAccount.as_view(), name="suspend"),
    path(f"{_ONE}reactivate/", cloud_account_acts.ReactivateAccount.as_view(), name="reactivate"),
    path(f"{_ONE}move/", cloud_account_acts.MoveAccount.as_view(), name="move"),
]
