"""The queue of approval requests, and the decisions."""

from django.urls import path

from console.views import requests, requests_accounts, requests_asking, requests_bulk

app_name = "requests"
_ABOUT = "accounts/<uuid:request_id>/"
urlpatterns = [
    path("", requests.RequestList.as_view(), name="list"),
    path("bulk/", requests_bulk.ConfirmDecision.as_view(), name="bulk"),
    path("bulk/decide/", requests_bulk.DecideMany.as_view(), name="bulk_decide"),
    # sign-ups
    path("<uuid:request_id>/", requests.RequestDetail.as_view(), name="detail"),
    path("<uuid:request_id>/approve/", requests.ApproveRequest.as_view(), name="approve"),
    path("<uuid:request_id>/decline/", requests.DeclineRequest.as_view(), name="decline"),
    path("<uuid:request_id>/delete/", requests.DeleteRequest.as_view(), name="delete"),
    # about cloud accounts
    path("ask/<uuid:account_id>/", requests_asking.AskAboutAccount.as_view(), name="ask"),
    path(
        "new-account/<uuid:customer_id>/",
        requests_asking.RequestNewAccount.as_view(),
        name="new_account",
    ),
    path(_ABOUT, requests_accounts.AccountRequestDetail.as_view(), name="account"),
    path(f"{_ABOUT}forward/", requests_accounts.ForwardRequest.as_view(), name="forward"),
    path(f"{_ABOUT}here/", requests_accounts.ApproveRequestHere.as_view(), name="here"),
    path(f"{_ABOUT}decline/", requests_accounts.DeclineAccountRequest.as_view(), name="refuse"),
    path(f"{_ABOUT}question/", requests_accounts.AskForInformation.as_view(), name="question"),
    path(f"{_ABOUT}answer/", requests_accounts.AnswerRequest.as_view(), name="answer"),
    path(f"{_ABOUT}withdraw/", requests_accounts.WithdrawRequest.as_view(), name="withdraw"),
    path(f"{_ABOUT}done/", requests_accounts.FinishRequest.as_view(), name="finish"),
    path(f"{_ABOUT}failed/", requests_accounts.GiveUpRequest.as_view(), name="give_up"),
]
