"""The few pages around allauth's that are ours."""

import uuid
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.generic.base import TemplateView, View

from accounts import homes, sessions
from accounts.models import User
from audit import security


class AfterLogin(LoginRequiredMixin, View):
    """Leads a person to their own pages."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect(homes.home_of(_person(request)))


class SignUp(View):
    """allauth's name for the place where strangers become people: here it is the storefront."""

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if homes.on_platform():
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002 - Django's signature
        return redirect("portal:signup:form")


class OwnSessions(LoginRequiredMixin, TemplateView):
    """The browsers in which a person is logged in."""

    template_name = "account/sessions.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mine = sessions.of_person(_person(self.request))
        here = self.request.session.session_key
        return super().get_context_data(sessions=mine, here=here, **kwargs)


@method_decorator(login_required, name="dispatch")
@method_decorator(reauthentication_required, name="dispatch")
class EndSession(View):
    """Logs a person out in another browser."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, handle: uuid.UUID) -> HttpResponse:
        mine = sessions.of_person(_person(request)).exclude(pk=request.session.session_key)
        found = next((each for each in mine if each.handle == handle), None)
        if found is None:
            raise Http404
        found.delete()
        return _ended(request, 1)


@method_decorator(login_required, name="dispatch")
@method_decorator(reauthentication_required, name="dispatch")
class EndOtherSessions(View):
    """Logs a person out everywhere but here."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        here = request.session.session_key
        return _ended(request, sessions.end_all_of(_person(request), but=here))


def _ended(request: HttpRequest, number: int) -> HttpResponse:
    security.note(security.SESSIONS_ENDED, person=str(_person(request).pk), number=number)
    messages.success(request, _("You are logged out there."))
    return redirect("account_sessions")


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - LoginRequiredMixin saw to it
    return request.user
