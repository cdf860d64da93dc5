"""Customers: the list, one customer, making and changing them."""

from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from accounts.roles import StaffPermission
from components.views import RefreshablePage
from console.forms.customers import (
    SECTIONS,
    CreateCustomerForm,
    SectionForm,
    TagsForm,
)
from console.lists.bulk import bulk_of
from console.lists.customer_looks import Look
from console.timeline import timeline_of
from console.views.base import ConsolePage, CustomerPage
from console.views.editing import EditPage
from console.views.lifecycle import LookAlikePage
from customers import codes, tags
from customers.flows import customers as flows
from customers.flows import lifecycle
from customers.models import Customer, CustomField, Group, Membership


class CustomerList(ConsolePage, TemplateView):
    template_name = "console/customers/list.html"
    permission = StaffPermission.VIEW_CUSTOMERS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        create = reverse("console:customers:create")
        may_create = self.may(StaffPermission.EDIT_CUSTOMERS)
        listing = Look(self.request.GET, self.user).listing(
            empty_url=create if may_create else "",
            empty_label=_("Add your first customer"),
        )
        if may_create:
            export_url = self.export_url(listing.saved_query)
            listing.bulk = bulk_of(listing.view.key if listing.view else "", export_url=export_url)
        is_shared = listing.saved is not None and listing.saved.is_shared
        may_replace = not is_shared or self.may(StaffPermission.MANAGE_SETTINGS)
        return super().get_context_data(listing=listing, may_replace=may_replace, **kwargs)

    def export_url(self, query: str) -> str:
        may_export = self.may(StaffPermission.EXPORT_CUSTOMERS)
        return f"{reverse('console:exports:new')}?{query}" if may_export else ""


class ProposeCode(ConsolePage):
    """The code that a name would get, as plain text, for the form to show while one types."""

    permission = StaffPermission.EDIT_CUSTOMERS
    http_method_names = ["get"]

    def get(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        name = self.request.GET.get("name", "").replace("\0", "")[:200].strip()
        code = codes.propose(name) if name else ""
        return HttpResponse(code, content_type="text/plain; charset=utf-8")


class CreateCustomer(RefreshablePage, LookAlikePage, ConsolePage, FormView[CreateCustomerForm]):
    template_name = "console/customers/create.html"
    permission = StaffPermission.EDIT_CUSTOMERS
    form_class = CreateCustomerForm

    def get_form_kwargs(self) -> dict[str, Any]:
        definitions = list(CustomField.objects.of_target(CustomField.Target.CUSTOMER))
        cancel = reverse("console:customers:list")
        return {**super().get_form_kwargs(), "definitions": definitions, "cancel_url": cancel}

    def get_form(self, form_class: type[CreateCustomerForm] | None = None) -> CreateCustomerForm:
        form = super().get_form(form_class)
        form.propose_code_from(reverse("console:customers:propose_code"))
        return form


class CustomerDetail(CustomerPage, TemplateView):
    template_name = "console/customers/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        has_people = Membership.objects.filter(customer=self.customer).exists()
        return super().get_context_data(
            has_people=has_people,
            refusal_to_restore=lifecycle.refusal_to_restore(self.customer),
            restorable_until=lifecycle.restorable_until(self.customer),
            **kwargs,
        )


class CustomerTimeline(CustomerPage, TemplateView):
    template_name = "console/customers/timeline.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_resend = self.may(StaffPermission.MANAGE_PEOPLE)
        entries = timeline_of(self.customer.pk, may_resend=may_resend)
        return super().get_context_data(entries=entries, **kwargs)


class EditCustomer(RefreshablePage, EditPage):
    """One section of the customer's information."""

    template_name = "console/customers/edit.html"
    permission = StaffPermission.EDIT_CUSTOMERS
    refusal = flows.CannotSaveCustomerError

    def load(self) -> None:
        super().load()
        if self.kwargs["section"] not in SECTIONS:
            raise Http404

    def get_form_class(self) -> type[SectionForm]:
        return SECTIONS[self.kwargs["section"]]

    def get_form(self, form_class: type[SectionForm] | None = None) -> SectionForm:
        form: SectionForm = super().get_form(form_class)
        if isinstance(form, TagsForm):
            form.suggest(tags.in_use(Customer.objects.all(), Group.objects.all()))
        return form

    @property
    def record(self) -> Customer:
        return self.customer

    def get_success_url(self) -> str:
        return reverse("console:customers:detail", args=[self.customer.pk])

    def save(self, form: SectionForm) -> None:
        version = form.cleaned_data["version"]
        flows.edit(self.customer, form.details, version=version, by=self.user)
