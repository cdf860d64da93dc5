"""The reseller's public front page."""

from django.urls import path

from portal.views import storefront

urlpatterns = [path("", storefront.Storefront.as_view(), name="storefront")]
