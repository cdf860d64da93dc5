"""What staff do with one cloud account: give it up, suspend it, move it to another customer."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from accounts.roles import StaffPermission
from cloudaccounts.flows import accounts as flows
from cloudaccounts.flows import moving
from cloudaccounts.flows.statuses import CannotChangeAccountError
from cloudaccounts.standing import Status
from console.forms.cloud_accounts import MoveAccountForm, SuspendAccountForm
from console.views.cloud_accounts import AccountPage
from customers.staleness import StaleError


class AccountAct(AccountPage):
    """Something done to the account; afterwards its page shows what came of it."""

    permission = StaffPermission.MANAGE_ACCOUNTS

    def back(self, sentence: str) -> HttpResponse:
        messages.success(self.request, sentence % {"account": self.account})
        return redirect(self.account_url)

    def refused(self, error: Exception) -> HttpResponse:
        messages.error(self.request, str(error))
        return redirect(self.account_url)


class DiscardAccount(AccountAct, TemplateView):
    template_name = "console/cloud_accounts/discard.html"

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        try:
            flows.discard(self.account, by=self.user)
        except CannotChangeAccountError as error:
            return self.refused(error)
        return self.back(_("%(account)s was discarded."))


class SuspendAccount(AccountAct, FormView[SuspendAccountForm]):
    template_name = "console/cloud_accounts/suspend.html"
    form_class = SuspendAccountForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "cancel_url": self.account_url}

    def form_valid(self, form: SuspendAccountForm) -> HttpResponse:
        try:
            flows.suspend(self.account, reason=form.cleaned_data["reason"], by=self.user)
        except CannotChangeAccountError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        return self.back(_("%(account)s is suspended."))


class ReactivateAccount(AccountAct):
    http_method_names = ["post"]

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        try:
            flows.reactivate(self.account, by=self.user)
        except CannotChangeAccountError as error:
            return self.refused(error)
        return self.back(_("%(account)s is no longer suspended."))


class MoveAccount(AccountAct, FormView[MoveAccountForm]):
    """Asks for the other customer; what belongs to the old one is told on the page."""

    template_name = "console/cloud_accounts/move.html"
    form_class = MoveAccountForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "cancel_url": self.account_url}

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.account.version}

    def form_valid(self, form: MoveAccountForm) -> HttpResponse:
        other, version = form.cleaned_data["customer"], form.cleaned_data["version"]
        try:
            moving.move(self.account, other, version=version, by=self.user)
        except (CannotChangeAccountError, StaleError) as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        sentence = _("%(account)s belongs to %(customer)s now.")
        messages.success(self.request, sentence % {"account": self.account, "customer": other})
        return redirect("console:cloud_accounts:detail", other.pk, self.account.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_linked = self.account.status in {Status.LINKED, Status.SUSPENDED}
        return super().get_context_data(is_linked=is_linked, **kwargs)
