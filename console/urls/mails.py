"""One mail."""

from django.urls import path

from console.views import mails

app_name = "mails"
urlpatterns = [
    path("<uuid:mail_id>/", mails.ReadMail.as_view(), name="detail"),
    path("<uuid:mail_id>/html/", mails.MailDocument.as_view(), name="html"),
    path("<uuid:mail_id>/resend/", mails.ResendMail.as_view(), name="resend"),
]
