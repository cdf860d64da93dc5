"""Customers: the list, one customer, making and changing them."""

import copy
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from accounts.roles import StaffPermission
from console.forms.customers import CountryFilter, CreateCustomerForm, EditCustomerForm
from console.lists.customers import CustomerListing
from console.timeline import timeline_of
from console.views.base import ConsolePage, CustomerPage
from customers import codes
from customers.flows import customers as flows
from customers.models import Customer, CustomField, Membership


class CustomerList(ConsolePage, TemplateView):
    template_name = "console/customers/list.html"
    permission = StaffPermission.VIEW_CUSTOMERS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        create = reverse("console:customers:create")
        may_create = self.may(StaffPermission.EDIT_CUSTOMERS)
        listing = CustomerListing(
            self.request.GET,
            Customer.objects.with_people_count(),
            empty_url=create if may_create else "",
            empty_label=_("Add your first customer"),
        )
        country_filter = CountryFilter(initial={"country": listing.country})
        return super().get_context_data(listing=listing, country_filter=country_filter, **kwargs)


class ProposeCode(ConsolePage):
    """The code that a name would get, as plain text, for the form to show while one types."""

    permission = StaffPermission.EDIT_CUSTOMERS
    http_method_names = ["get"]

    def get(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        name = self.request.GET.get("name", "").replace("\0", "")[:200].strip()
        return HttpResponse(codes.propose(name) if name else "", content_type="text/plain")


class CreateCustomer(ConsolePage, FormView[CreateCustomerForm]):
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

    def form_valid(self, form: CreateCustomerForm) -> HttpResponse:
        key = form.cleaned_data["key"]
        try:
            customer = flows.create(form.details, by=self.user, key=key, custom=form.told)
        except flows.CannotSaveCustomerError as error:
            # A custom field that came to be this moment has no box in this form yet.
            form.add_error(error.field if error.field in form.fields else None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("%(customer)s was created.") % {"customer": customer})
        if self.may(StaffPermission.MANAGE_PEOPLE):
            return redirect("console:people:add", customer.pk)
        return redirect("console:customers:detail", customer.pk)


class CustomerDetail(CustomerPage, TemplateView):
    template_name = "console/customers/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        has_people = Membership.objects.filter(customer=self.customer).exists()
        return super().get_context_data(has_people=has_people, **kwargs)


class CustomerTimeline(CustomerPage, TemplateView):
    template_name = "console/customers/timeline.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_resend = self.may(StaffPermission.MANAGE_PEOPLE)
        entries = timeline_of(self.customer.pk, may_resend=may_resend)
        return super().get_context_data(entries=entries, **kwargs)


class EditCustomer(CustomerPage, FormView[EditCustomerForm]):
    template_name = "console/customers/edit.html"
    permission = StaffPermission.EDIT_CUSTOMERS
    form_class = EditCustomerForm

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        # A copy: checking writes what was typed into the instance, the page shows what is stored.
        kwargs["instance"] = copy.copy(self.customer)
        kwargs["initial"] = {"version": self.customer.version}
        kwargs["cancel_url"] = reverse("console:customers:detail", args=[self.customer.pk])
        return kwargs

    def form_valid(self, form: EditCustomerForm) -> HttpResponse:
        version = form.cleaned_data["version"]
        try:
            flows.edit(self.customer, form.details, version=version, by=self.user)
        except flows.CannotEditError as error:
            return self.show_what_changed(form, error)
        except flows.CannotSaveCustomerError as error:
            form.add_error(error.field, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("The changes were saved."))
        return redirect("console:customers:detail", self.customer.pk)

    def show_what_changed(
        self, form: EditCustomerForm, error: flows.CannotEditError
    ) -> HttpResponse:
        """Both versions side by side, and the form ready to put the person's own on top."""
        again = EditCustomerForm(**{**self.get_form_kwargs(), **form.on_top_of(error)})
        again.submit_label = _("Save mine on top")
        context = self.get_context_data(
            form=again, error=error, conflicts=form.conflicts_with(error)
        )
        return self.render_to_response(context, status=HTTPStatus.CONFLICT)
