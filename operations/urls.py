"""The platform's host: its root leads to the admin, and there is nothing else."""

from django.urls import path
from django.views.generic.base import RedirectView

from operations.site import site

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="platform"),
    path("admin/", site.urls),
]
