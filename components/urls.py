"""Both url roots include these: `path("", include("components.urls"))`."""

from django.urls import path

from components import views

urlpatterns = [
    path("theme/", views.SetTheme.as_view(), name="set_theme"),
    path("branding/<slug:version>.css", views.Branding.as_view(), name="branding"),
]
