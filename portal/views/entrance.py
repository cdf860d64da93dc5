"""How invited people come in: the page behind the link in the invitation."""

from typing import Any

from allauth.account.utils import perform_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from accounts import homes, links
from accounts.flows import invitations
from accounts.flows.invitations import CannotAcceptError
from accounts.models import OneTimeLink
from portal.forms.entrance import InvitationForm

GONE = 410


@method_decorator(never_cache, name="dispatch")
@method_decorator(sensitive_post_parameters("password1", "password2"), name="dispatch")
class AcceptInvitation(FormView[InvitationForm]):
    """Opening the link shows what it is for; only the form spends it."""

    template_name = "portal/entrance/invitation.html"
    form_class = InvitationForm
    link: OneTimeLink

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            self.link = links.find(kwargs["token"], OneTimeLink.Purpose.INVITATION)
            invitations.check_acceptable(self.link.user)
        except (links.LinkNotUsableError, CannotAcceptError) as error:
            return self.over(error)
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.link.user}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(link=self.link, **kwargs)

    def form_valid(self, form: InvitationForm) -> HttpResponse:
        given = form.cleaned_data
        try:
            user = invitations.accept(
                self.kwargs["token"],
                password=given["password1"],
                full_name=given.get("full_name", ""),
            )
        except CannotAcceptError as error:
            return self.over(error)
        response: HttpResponse = perform_login(self.request, user, redirect_url=homes.home_of(user))
        return response

    def over(self, error: Exception) -> HttpResponse:
        """The page for links that were used, replaced or came too late."""
        template = "portal/entrance/invitation_over.html"
        return render(self.request, template, {"why": str(error)}, status=GONE)
