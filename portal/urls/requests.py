"""What the people of a company ask for about its cloud accounts."""

from django.urls import path

from portal.views import requests

app_name = "requests"
urlpatterns = [
    path("", requests.RequestList.as_view(), name="list"),
    path("new-account/", requests.RequestNewAccount.as_view(), name="new_account"),
    path("ask/<uuid:account_id>/", requests.AskAboutAccount.as_view(), name="ask"),
    path("<uuid:request_id>/", requests.RequestDetail.as_view(), name="detail"),
    path("<uuid:request_id>/answer/", requests.AnswerRequest.as_view(), name="answer"),
    path("<uuid:request_id>/withdraw/", requests.WithdrawRequest.as_view(), name="withdraw"),
]
