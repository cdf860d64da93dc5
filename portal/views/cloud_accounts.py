"""What the people of a customer see of their cloud accounts; its administrators add some."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from cloudaccounts.access_words import access_words
from cloudaccounts.flows import access as access_flows
from cloudaccounts.flows import accounts as flows
from cloudaccounts.flows.statuses import CannotChangeAccountError
from cloudaccounts.granting import access_of, has_role
from cloudaccounts.models import CloudAccount, CustomerProvider
from cloudaccounts.providers import registry
from customers.roles import CustomerPermission
from customers.staleness import StaleError
from portal.forms.cloud_accounts import AddAccountForm, RoleForm
from portal.lists.cloud_accounts import CompanyAccountListing
from portal.views.base import CompanyPage


class AccountList(CompanyPage, TemplateView):
    template_name = "portal/cloud_accounts/list.html"
    permission = CustomerPermission.VIEW_ACCOUNTS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        accounts = CloudAccount.objects.shown_to(self.customer).select_related("group")
        listing = CompanyAccountListing(self.request.GET, accounts)
        return super().get_context_data(listing=listing, **kwargs)


class ChooseProvider(CompanyPage, TemplateView):
    template_name = "portal/cloud_accounts/choose.html"
    permission = CustomerPermission.REQUEST_ACCOUNTS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = CustomerProvider.objects.of_customer(self.customer).shown()
        return super().get_context_data(providers=list(shown), **kwargs)


class AddAccount(CompanyPage, FormView[AddAccountForm]):
    """The answer is the same whoever has the account already."""

    template_name = "portal/cloud_accounts/add.html"
    permission = CustomerPermission.REQUEST_ACCOUNTS
    form_class = AddAccountForm
    provider: CustomerProvider

    def load(self) -> None:
        shown = CustomerProvider.objects.of_customer(self.customer).shown()
        self.provider = get_object_or_404(shown, provider=self.kwargs["provider"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return {
            **super().get_form_kwargs(),
            "provider": registry.provider(self.provider.provider),
            "cancel_url": reverse("portal:cloud_accounts:list", args=[self.customer.pk]),
        }

    def form_valid(self, form: AddAccountForm) -> HttpResponse:
        key = form.cleaned_data["key"]
        try:
            account = flows.add(self.customer, form.details, by=self.user, key=key)
        except CannotChangeAccountError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            return self.form_invalid(form)
        return redirect("portal:cloud_accounts:access", self.customer.pk, account.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(provider=self.provider, **kwargs)


class AccountPage(CompanyPage):
    """A page about one account of the company, named by `account_id` in the URL."""

    permission = CustomerPermission.REQUEST_ACCOUNTS
    account: CloudAccount

    def load(self) -> None:
        accounts = CloudAccount.objects.shown_to(self.customer).select_related("group")
        self.account = get_object_or_404(accounts, pk=self.kwargs["account_id"])
        self.account.customer = self.customer

    @property
    def access_url(self) -> str:
        return reverse("portal:cloud_accounts:access", args=[self.customer.pk, self.account.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            account=self.account,
            has_role=has_role(self.account),
            words=access_words(self.account),
            **kwargs,
        )


class AccountDetail(AccountPage, TemplateView):
    template_name = "portal/cloud_accounts/detail.html"
    permission = CustomerPermission.VIEW_ACCOUNTS


class SetUpAccess(AccountPage, FormView[RoleForm]):
    """What is to be created, and the box for the role's ARN."""

    template_name = "portal/cloud_accounts/access.html"
    form_class = RoleForm

    def get_initial(self) -> dict[str, Any]:
        return {"role_arn": self.account.role_arn, "version": self.account.version}

    def form_valid(self, form: RoleForm) -> HttpResponse:
        arn, version = form.cleaned_data["role_arn"], form.cleaned_data["version"]
        try:
            access_flows.name_and_check(self.account, arn, version=version, by=self.user)
        except (CannotChangeAccountError, StaleError) as error:
            field = getattr(error, "field", None)
            form.add_error(field if field in form.fields else None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("The role is being checked."))
        return redirect(self.access_url)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            access=access_of(self.account), is_possible=bool(settings.AWS_PRINCIPAL), **kwargs
        )


class CheckAccess(AccountPage):
    http_method_names = ["post"]

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        try:
            access_flows.order_check(self.account, by=self.user)
        except CannotChangeAccountError as error:
            messages.error(self.request, str(error))
        return redirect(self.access_url)
