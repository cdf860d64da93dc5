"""Credentials of one cloud account: sent, withdrawn, and what became of them. Never shown here."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, TemplateView

from accounts.roles import StaffPermission
from cloudaccounts.flows import secrets as flows
from cloudaccounts.flows.statuses import CannotChangeAccountError
from cloudaccounts.models import SecretLink
from console.forms.credentials import SendCredentialsForm
from console.views.cloud_accounts import AccountPage
from notifications.recipients import Recipient

SHOWN = 50  # the newest


class CredentialsPage(AccountPage):
    """A page about the account's credentials. Whoever decides on requests sends them, too."""

    permission = StaffPermission.DECIDE_REQUESTS

    def back(self) -> HttpResponse:
        return redirect("console:credentials:list", self.customer.pk, self.account.pk)


class CredentialsList(CredentialsPage, TemplateView):
    template_name = "console/credentials/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        links = self.account.secret_links.select_related("opened_by").defer("ciphertext")
        return super().get_context_data(sent=list(links[:SHOWN]), **kwargs)


@method_decorator(sensitive_post_parameters("text"), name="dispatch")
class SendCredentials(CredentialsPage, FormView[SendCredentialsForm]):
    template_name = "console/credentials/send.html"
    form_class = SendCredentialsForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "cancel_url": self.account_url}

    def form_valid(self, form: SendCredentialsForm) -> HttpResponse:
        given = form.cleaned_data
        to = Recipient(given["email"], given["name"])
        try:
            flows.send_credentials(self.account, text=given["text"], to=to, by=self.user)
        except CannotChangeAccountError as error:
            form.add_error(error.field, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("The link to the credentials is on its way."))
        return self.back()


class RevokeCredentials(CredentialsPage):
    http_method_names = ["post"]
    link: SecretLink

    def load(self) -> None:
        super().load()
        links = self.account.secret_links.select_related("account")
        self.link = get_object_or_404(links, pk=self.kwargs["link_id"])

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        try:
            flows.revoke(self.link, by=self.user)
        except CannotChangeAccountError as error:
            messages.error(self.request, str(error))
        else:
            messages.success(self.request, _("The credentials were withdrawn and erased."))
        return self.back()
