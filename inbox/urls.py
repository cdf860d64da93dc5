"""The map of the local inbox, on the platform's host."""

from django.urls import path

from inbox import views

app_name = "inbox"
urlpatterns = [
    path("", views.LetterList.as_view(), name="list"),
    path("<uuid:letter_id>/", views.ReadLetter.as_view(), name="detail"),
    path("<uuid:letter_id>/html/", views.LetterDocument.as_view(), name="html"),
]
