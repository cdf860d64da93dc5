"""The pages of the second factor that are ours, or allauth's with recovery codes of ours."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.core import ratelimit
from allauth.mfa.base.views import IndexView
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.generic.base import TemplateView, View
from django.views.generic.edit import FormView

from accounts import code_slips, recovery_codes
from accounts.factor_forms import GenerateRecoveryCodesForm
from accounts.flows import recovery_codes as flows
from accounts.flows.recovery_codes import FreshCodes
from accounts.models import User


class Factors(IndexView):  # type: ignore[misc]
    """What somebody has turned on."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        codes = context["authenticators"].get(Authenticator.Type.RECOVERY_CODES)
        context["codes_left"] = recovery_codes.left(codes.instance.data) if codes else 0
        return context


class BringsCodes:
    """Mix in before a page that turns a factor on: with the first one come recovery codes."""

    request: HttpRequest

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
            fresh = flows.make_first(_person(self.request))
        return _shown(self.request, fresh) if fresh else response


class TurnOnApp(BringsCodes, ActivateTOTPView):  # type: ignore[misc]
    pass


class AddKey(BringsCodes, AddWebAuthnView):  # type: ignore[misc]
    pass


@method_decorator(login_required, name="dispatch")
class RecoveryCodes(TemplateView):
    """Fresh codes, once; from then on how many are left."""

    template_name = "mfa/recovery_codes/index.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person = _person(self.request)
        row = flows.of_person(person)
        if row is None:
            raise Http404
        slip = code_slips.take(self.request)
        codes = [recovery_codes.written(each) for each in code_slips.codes_on(slip, person)]
        left = recovery_codes.left(row.data)
        return super().get_context_data(codes=codes, slip=slip, codes_left=left, **kwargs)


@method_decorator(login_required, name="dispatch")
@method_decorator(reauthentication_required(app="allauth.mfa"), name="dispatch")
class NewRecoveryCodes(FormView[GenerateRecoveryCodesForm]):
    """Asks, and makes a new set in place of the present one."""

    template_name = "mfa/recovery_codes/generate.html"
    form_class = GenerateRecoveryCodesForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": _person(self.request)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = flows.of_person(_person(self.request))
        left = recovery_codes.left(row.data) if row else 0
        return super().get_context_data(codes_left=left, **kwargs)

    def form_valid(self, form: GenerateRecoveryCodesForm) -> HttpResponse:  # noqa: ARG002 - nothing is typed
        if not ratelimit.consume(self.request, action="make_recovery_codes"):
            too_often: HttpResponse = ratelimit.respond_429(self.request)
            return too_often
        return _shown(self.request, flows.make(_person(self.request)))


class RecoveryCodesFile(LoginRequiredMixin, View):
    """The codes of the page that was just shown, which hands them back, as a text file."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        codes = code_slips.codes_on(request.POST.get("slip", ""), _person(request))
        if not codes:
            messages.error(request, _("These codes can no longer be downloaded. Make new ones."))
            return redirect("mfa_index")
        lines = "".join(f"{recovery_codes.written(each)}\n" for each in codes)
        disposition = {"Content-Disposition": 'attachment; filename="recovery-codes.txt"'}
        return HttpResponse(lines, content_type="text/plain; charset=utf-8", headers=disposition)


def _shown(request: HttpRequest, fresh: FreshCodes) -> HttpResponse:
    code_slips.put(request, fresh)
    return redirect("mfa_view_recovery_codes")


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - whoever is not logged in never comes here
    return request.user
