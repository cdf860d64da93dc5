"""The few pages around allauth's that are ours."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.generic.base import View

from accounts import homes
from accounts.models import User


class AfterLogin(LoginRequiredMixin, View):
    """Leads a person to their own pages."""

    def get(self, request: HttpRequest) -> HttpResponse:
        assert isinstance(request.user, User)  # noqa: S101 - LoginRequiredMixin saw to it
        return redirect(homes.home_of(request.user))


class SignUp(View):
    """allauth's name for the place where strangers become people: here it is the storefront."""

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if homes.on_platform():
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002 - Django's signature
        return redirect("portal:signup:form")
