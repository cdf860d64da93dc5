"""Staff ask for something about a cloud account."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import FormView

from accounts.roles import StaffPermission
from approvals.flows import asking
from approvals.flows.asking import Asked, details_in
from approvals.kinds import AccountKind, kind_for, kind_of
from approvals.models import AccountRequest, ApprovalRequest
from cloudaccounts.models import CloudAccount, CustomerProvider
from components.request_forms import AskForm, NewAccountForm
from console.request_addresses import address_of
from console.views.base import ConsolePage, CustomerPage


class AskAboutAccount(ConsolePage, FormView[AskForm]):
    """To link, make or unlink one account: whatever can be asked about it as it is now."""

    template_name = "console/requests/ask.html"
    permission = StaffPermission.MANAGE_ACCOUNTS
    form_class = AskForm
    account: CloudAccount
    kind: AccountKind

    def load(self) -> None:
        accounts = CloudAccount.objects.select_related("customer")
        self.account = get_object_or_404(accounts, pk=self.kwargs["account_id"])
        kind = kind_for(self.account)
        if kind is None and (waiting := self.open_request()):
            kind = kind_of(waiting)  # the form may have been sent twice: the flow tells
        if kind is None:
            raise Http404
        self.kind = kind

    def get(self, *args: Any, **kwargs: Any) -> HttpResponse:
        waiting = self.open_request()
        return redirect(address_of(waiting)) if waiting else super().get(*args, **kwargs)

    def open_request(self) -> ApprovalRequest | None:
        """What was asked about the account already, and has not ended."""
        about = {"account_request__account": self.account, "account_request__is_open": True}
        return ApprovalRequest.objects.filter(**about).first()

    def get_form_kwargs(self) -> dict[str, Any]:
        kind = self.kind
        supports = AccountRequest.Support.choices if kind.moves else ()
        return {**super().get_form_kwargs(), "label": kind.button, "supports": supports}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        customer = self.account.customer
        return super().get_context_data(
            account=self.account, customer=customer, kind=self.kind, **kwargs
        )

    def form_valid(self, form: AskForm) -> HttpResponse:
        try:
            request = asking.ask(
                self.kind.name,
                self.account,
                Asked.typed(form.cleaned_data, in_portal=False),
                by=self.user,
                submission=form.cleaned_data["submission"],
            )
        except asking.CannotAskError as error:
            form.add_error(error.field, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("The request waits for a decision."))
        return redirect(address_of(request))


class RequestNewAccount(CustomerPage, FormView[NewAccountForm]):
    """Ask for an account that the provider is to make."""

    template_name = "console/requests/new_account.html"
    permission = StaffPermission.MANAGE_ACCOUNTS
    form_class = NewAccountForm

    def get_form_kwargs(self) -> dict[str, Any]:
        providers = CustomerProvider.objects.of_customer(self.customer).enabled()
        offered = [(each.provider, str(each.get_provider_display())) for each in providers]
        back = reverse("console:customers:detail", args=[self.customer.pk])
        more = {"providers": offered, "supports": AccountRequest.Support.choices}
        return {**super().get_form_kwargs(), **more, "cancel_url": back}

    def form_valid(self, form: NewAccountForm) -> HttpResponse:
        try:
            request = asking.order_new(
                self.customer,
                details_in(form.cleaned_data),
                Asked.typed(form.cleaned_data, in_portal=False),
                by=self.user,
                submission=form.cleaned_data["submission"],
            )
        except asking.CannotAskError as error:
            form.add_error(error.field, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("The request waits for a decision."))
        return redirect(address_of(request))
