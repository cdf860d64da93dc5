from django.urls import path

from console.views.search import Search

urlpatterns = [path("", Search.as_view(), name="search")]
