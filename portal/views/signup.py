"""Signing up: the form, the validation of the e-mail, a new link."""

from typing import Any

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import FormView, TemplateView

from accounts import links
from accounts.models import OneTimeLink
from approvals.flows import signup
from components.views import RefreshablePage
from portal.forms.signup import ResendForm, SignUpForm

MAILED_TO = "signup_mailed_to"


def too_often(request: HttpRequest) -> HttpResponse:
    response: HttpResponse = ratelimit.respond_429(request)
    return response


@method_decorator(never_cache, name="dispatch")
class SignUp(RefreshablePage, FormView[SignUpForm]):
    """The sign-up form. Its answer is the same for known and unknown e-mails."""

    template_name = "portal/signup/form.html"
    form_class = SignUpForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return redirect(settings.LOGIN_REDIRECT_URL)
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: SignUpForm) -> HttpResponse:
        email = form.cleaned_data["email"]
        if not ratelimit.consume(self.request, action="signup", key=email):
            return too_often(self.request)
        signup.sign_up(form.details, password=form.cleaned_data["password1"])
        self.request.session[MAILED_TO] = email
        return redirect("portal:signup:done")


@method_decorator(never_cache, name="dispatch")
class SignUpDone(TemplateView):
    """Check your mail."""

    template_name = "portal/signup/done.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mailed_to = self.request.session.get(MAILED_TO, "")
        return super().get_context_data(mailed_to=mailed_to, **kwargs)


class Licence(TemplateView):
    template_name = "portal/signup/licence.html"


@method_decorator(never_cache, name="dispatch")
class ValidateEmail(TemplateView):
    """The page of the mailed link. Scanners follow links, so only the button spends it."""

    template_name = "portal/signup/validate.html"

    def get(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        try:
            link = links.find(self.kwargs["token"], OneTimeLink.Purpose.EMAIL_VALIDATION)
        except links.LinkNotUsableError as error:
            return self.refuse(str(error))
        return self.render_to_response(self.get_context_data(email=link.user.email))

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        if not ratelimit.consume(request, action="validate_email"):
            return too_often(request)
        try:
            signup.validate_email(self.kwargs["token"])
        except signup.CannotValidateError as error:
            return self.refuse(str(error))
        return redirect("portal:signup:validated")

    def refuse(self, reason: str) -> HttpResponse:
        return self.render_to_response(self.get_context_data(refusal=reason), status=410)


class Validated(TemplateView):
    """The e-mail is confirmed; now the reseller decides."""

    template_name = "portal/signup/validated.html"


@method_decorator(never_cache, name="dispatch")
class ResendValidation(FormView[ResendForm]):
    """A new link for who lost the mail. Its answer does not tell whether one was sent."""

    template_name = "portal/signup/resend.html"
    form_class = ResendForm

    def form_valid(self, form: ResendForm) -> HttpResponse:
        email = form.cleaned_data["email"]
        if not ratelimit.consume(self.request, action="resend_validation", key=email):
            return too_often(self.request)
        signup.resend_validation(email)
        messages.success(
            self.request,
            _("If %(email)s waits for its confirmation, a new mail is on its way.")
            % {"email": email},
        )
        return redirect("portal:signup:resend")
