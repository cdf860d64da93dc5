"""Cloud accounts: the lists, one account, adding and editing."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView

from accounts.roles import StaffPermission
from cloudaccounts.access_words import access_words
from cloudaccounts.flows import accounts as flows
from cloudaccounts.flows.accounts import AccountDetails, AccountTakenError
from cloudaccounts.flows.statuses import CannotChangeAccountError
from cloudaccounts.granting import has_role
from cloudaccounts.models import CloudAccount, CustomerProvider
from cloudaccounts.providers import registry
from console.forms.cloud_accounts import AccountFieldsForm, AddAccountForm, EditAccountForm
from console.lists.cloud_accounts import AllAccountsListing, CloudAccountListing, definitions
from console.timeline import timeline_of
from console.views.base import ConsolePage, CustomerPage
from console.views.customer_fields import facts
from console.views.editing import EditPage
from customers.models import CustomField, Group

SHOWN = 20  # errands and holdings: the newest of each


class AllAccounts(ConsolePage, TemplateView):
    template_name = "console/accounts/list.html"
    permission = StaffPermission.VIEW_CUSTOMERS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        accounts = CloudAccount.objects.all()
        listing = AllAccountsListing(self.request.GET, accounts, fields=definitions())
        return super().get_context_data(listing=listing, **kwargs)


class AccountList(CustomerPage, TemplateView):
    template_name = "console/cloud_accounts/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_manage = self.may_change(StaffPermission.MANAGE_ACCOUNTS)
        add = reverse("console:cloud_accounts:choose", args=[self.customer.pk])
        listing = CloudAccountListing(
            self.request.GET,
            CloudAccount.objects.of_customer(self.customer),
            fields=definitions(),
            owner=self.customer,
            empty_url=add if may_manage else "",
            empty_label=_("Add the first cloud account"),
        )
        return super().get_context_data(listing=listing, may_manage=may_manage, **kwargs)


class ChooseProvider(CustomerPage, TemplateView):
    """The first step of adding an account."""

    template_name = "console/cloud_accounts/choose.html"
    permission = StaffPermission.MANAGE_ACCOUNTS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        enabled = CustomerProvider.objects.of_customer(self.customer).enabled()
        return super().get_context_data(providers=list(enabled), **kwargs)


class AddAccount(CustomerPage, FormView[AddAccountForm]):
    """The second step: which account it is. Only of a provider that the customer buys."""

    template_name = "console/cloud_accounts/add.html"
    permission = StaffPermission.MANAGE_ACCOUNTS
    form_class = AddAccountForm
    provider: CustomerProvider

    def load(self) -> None:
        super().load()
        enabled = CustomerProvider.objects.of_customer(self.customer).enabled()
        self.provider = get_object_or_404(enabled, provider=self.kwargs["provider"])

    def get_form_kwargs(self) -> dict[str, Any]:
        fields = CustomField.objects.of_target(CustomField.Target.CLOUD_ACCOUNT)
        return {
            **super().get_form_kwargs(),
            "provider": registry.provider(self.provider.provider),
            "groups": groups_of(Group.objects.of_customer(self.customer).current()),
            "definitions": list(fields),
            "cancel_url": reverse("console:cloud_accounts:list", args=[self.customer.pk]),
        }

    def form_valid(self, form: AddAccountForm) -> HttpResponse:
        told = AccountDetails(provider=self.provider.provider, **form.details)
        key = form.cleaned_data["key"]
        try:
            account = flows.add(self.customer, told, by=self.user, key=key, custom=form.told)
        except CannotChangeAccountError as error:
            add_refusal(form, error)
            return self.form_invalid(form)
        messages.success(self.request, _("%(account)s was added.") % {"account": account})
        return redirect("console:cloud_accounts:access", self.customer.pk, account.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(provider=self.provider, **kwargs)


class AccountPage(CustomerPage):
    """A staff page about one account of the customer, named by `account_id` in the URL."""

    account: CloudAccount

    def load(self) -> None:
        super().load()
        accounts = CloudAccount.objects.of_customer(self.customer).select_related("group")
        self.account = get_object_or_404(accounts, pk=self.kwargs["account_id"])
        self.account.customer = self.customer

    @property
    def account_url(self) -> str:
        return self.url_of("detail")

    def url_of(self, page: str) -> str:
        """Another page about the account."""
        return reverse(f"console:cloud_accounts:{page}", args=[self.customer.pk, self.account.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            account=self.account,
            may_manage=self.may_change(StaffPermission.MANAGE_ACCOUNTS),
            **kwargs,
        )


class AccountDetail(AccountPage, TemplateView):
    template_name = "console/cloud_accounts/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        fields = list(CustomField.objects.of_target(CustomField.Target.CLOUD_ACCOUNT))
        told = facts(fields, self.account.custom_values)
        holdings = self.account.holdings.select_related("customer").order_by("-since", "-pk")
        return super().get_context_data(
            entries=timeline_of(self.account.pk),
            has_role=has_role(self.account),
            may_send=self.may_change(StaffPermission.DECIDE_REQUESTS),
            words=access_words(self.account),
            facts=[fact for fact in told if fact.text or not fact.field.is_retired],
            holdings=list(holdings[:SHOWN]),
            invitations=list(self.account.invitations.all()[:SHOWN]),
            creations=list(self.account.creations.all()[:SHOWN]),
            **kwargs,
        )


class EditAccount(AccountPage, EditPage):
    template_name = "console/cloud_accounts/edit.html"
    permission = StaffPermission.MANAGE_ACCOUNTS
    form_class: Any = EditAccountForm
    refusal = CannotChangeAccountError

    @property
    def record(self) -> CloudAccount:
        return self.account

    def get_form_kwargs(self) -> dict[str, Any]:
        current = Group.objects.of_customer(self.customer).current()
        kept = [self.account.group] if self.account.group else []  # an archived one may stay
        return {
            **super().get_form_kwargs(),
            "provider": registry.provider(self.account.provider),
            "groups": groups_of([*current, *kept]),
        }

    def get_success_url(self) -> str:
        return self.account_url

    def save(self, form: EditAccountForm) -> None:
        version = form.cleaned_data["version"]
        try:
            flows.edit(self.account, form.details, version=version, by=self.user)
        except AccountTakenError as error:
            raise CannotChangeAccountError(words_of(error), field=error.field) from error


class EditAccountFields(AccountPage, EditPage):
    """The custom fields of one account."""

    template_name = "console/cloud_accounts/edit.html"
    permission = StaffPermission.MANAGE_ACCOUNTS
    form_class = AccountFieldsForm
    refusal = CannotChangeAccountError
    saved_sentence = gettext_lazy("The fields were saved.")

    def load(self) -> None:
        super().load()
        fields = CustomField.objects.of_target(CustomField.Target.CLOUD_ACCOUNT)
        self.definitions = list(fields)
        if not self.definitions:
            raise Http404

    @property
    def record(self) -> CloudAccount:
        return self.account

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "definitions": self.definitions}

    def get_success_url(self) -> str:
        return self.account_url

    def save(self, form: AccountFieldsForm) -> None:
        version, told = form.cleaned_data["version"], form.told
        flows.edit(self.account, AccountDetails(), version=version, by=self.user, custom=told)


def groups_of(groups: Iterable[Group]) -> dict[str, Group]:
    """Groups by their keys, as forms offer them."""
    return {str(each.pk): each for each in groups}


def add_refusal(form: Any, error: CannotChangeAccountError) -> None:
    """Say it beside the field that it is about, if the form has that."""
    form.add_error(error.field if error.field in form.fields else None, words_of(error))


def words_of(error: CannotChangeAccountError) -> str:
    """The sentence; staff are told whose account it is."""
    holder = error.holder if isinstance(error, AccountTakenError) else None
    if holder is None:
        return str(error)
    words = {"account": holder, "customer": holder.customer, "code": holder.customer.code}
    return _("This is “%(account)s” of %(customer)s (%(code)s) already.") % words
