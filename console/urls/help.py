from django.urls import path

from console.views.help import HelpContents, HelpPage

app_name = "help"
urlpatterns = [
    path("", HelpContents.as_view(), name="contents"),
    path("<slug:name>/", HelpPage.as_view(), name="page"),
]
