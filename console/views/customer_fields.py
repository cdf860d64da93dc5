"""The values of one customer's custom fields."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from accounts.roles import StaffPermission
from console.forms.customer_fields import CustomerFieldsForm
from console.views.base import CustomerPage
from console.views.editing import EditPage
from customers import custom_values
from customers.custom_values import Values
from customers.flows import custom_values as flows
from customers.flows.filling import CannotFillError
from customers.models import CustomField


@dataclass(frozen=True)
class Fact:
    """One field with what is known, as the page shows it."""

    field: CustomField
    text: str

    @property
    def is_missing(self) -> bool:
        return self.field.required and not self.text


def facts(fields: list[CustomField], values: Values) -> list[Fact]:
    return [Fact(each, custom_values.display(each, values.get(each.key))) for each in fields]


class CustomerFields(CustomerPage, TemplateView):
    """What is known, and below it what was known in fields that were retired."""

    template_name = "console/customer_fields/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        told = facts(
            list(CustomField.objects.of_target(CustomField.Target.CUSTOMER)),
            self.customer.custom_values,
        )
        return super().get_context_data(
            live=[fact for fact in told if not fact.field.is_retired],
            retired=[fact for fact in told if fact.field.is_retired and fact.text],
            **kwargs,
        )


class EditCustomerFields(EditPage):
    template_name = "console/customer_fields/edit.html"
    permission = StaffPermission.EDIT_CUSTOMERS
    form_class = CustomerFieldsForm
    refusal = CannotFillError
    saved_sentence = gettext_lazy("The customer fields were saved.")

    @property
    def record(self) -> Any:
        return self.customer

    def get_form_kwargs(self) -> dict[str, Any]:
        definitions = list(CustomField.objects.of_target(CustomField.Target.CUSTOMER))
        return {**super().get_form_kwargs(), "definitions": definitions}

    def get_success_url(self) -> str:
        return reverse("console:customer_fields:detail", args=[self.customer.pk])

    def save(self, form: CustomerFieldsForm) -> None:
        version = form.cleaned_data["version"]
        flows.edit(self.customer, form.told, version=version, by=self.user)
