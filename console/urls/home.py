from django.urls import path

from console.views.home import Home

urlpatterns = [
    path("", Home.as_view(), name="home"),
]
