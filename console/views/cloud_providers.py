"""Which clouds a customer buys."""

from typing import Any

from django.db.models import Count
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from accounts.roles import StaffPermission
from cloudaccounts.flows import providers as flows
from cloudaccounts.models import CloudAccount, CustomerProvider
from console.forms.cloud_providers import ProviderForm
from console.views.base import CustomerPage
from console.views.editing import EditPage
from customers.models import Customer
from resellers.current import current_reseller


def held_by(customer: Customer) -> dict[str, int]:
    """How many accounts the customer has through us, by provider."""
    held = CloudAccount.objects.of_customer(customer).held().order_by()
    counted = held.values_list("provider").annotate(number=Count("pk"))
    return dict(counted)


class ProviderList(CustomerPage, TemplateView):
    template_name = "console/cloud_providers/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        held = held_by(self.customer)
        return super().get_context_data(
            rows=[(each, held.get(each.provider, 0)) for each in flows.of_customer(self.customer)],
            may_manage=self.may_change(StaffPermission.MANAGE_ACCOUNTS),
            **kwargs,
        )


class EditProvider(EditPage):
    """One provider, switched on and off."""

    template_name = "console/cloud_providers/edit.html"
    permission = StaffPermission.MANAGE_ACCOUNTS
    form_class = ProviderForm
    refusal = flows.CannotSaveProviderError
    saved_sentence = gettext_lazy("The provider was saved.")
    provider: CustomerProvider

    def load(self) -> None:
        super().load()
        known = {each.provider: each for each in flows.of_customer(self.customer)}
        if self.kwargs["provider"] not in known:
            raise Http404
        self.provider = known[self.kwargs["provider"]]

    @property
    def record(self) -> CustomerProvider:
        return self.provider

    def get_success_url(self) -> str:
        return reverse("console:cloud_providers:list", args=[self.customer.pk])

    def save(self, form: ProviderForm) -> None:
        version = form.cleaned_data["version"]
        name = self.provider.provider
        flows.set_provider(self.customer, name, form.details, version=version, by=self.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            provider=self.provider,
            held=held_by(self.customer).get(self.provider.provider, 0),
            may_resell=self.provider.provider in current_reseller().providers,
            **kwargs,
        )
