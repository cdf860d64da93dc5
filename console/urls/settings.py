"""The reseller's settings."""

from django.urls import path

from console.views import settings

app_name = "settings"
urlpatterns = [
    path("", settings.SettingsHome.as_view(), name="home"),
    path("mail/", settings.ChangeMailSettings.as_view(), name="mail"),
    path("security/", settings.ChangeSecuritySettings.as_view(), name="security"),
]
