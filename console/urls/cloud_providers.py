from django.urls import path

from console.views import cloud_providers

app_name = "cloud_providers"
urlpatterns = [
    path("", cloud_providers.ProviderList.as_view(), name="list"),
    path("<slug:provider>/edit/", cloud_providers.EditProvider.as_view(), name="edit"),
]
