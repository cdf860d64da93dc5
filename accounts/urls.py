"""Sign-in, passwords and second factor: allauth's views under our own map."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
